"""The queue, for a project's admins."""

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read
from annotate.selectors.novelty import NoveltyOut, novelty_read
from annotate.selectors.queue_choice import QueueChoiceOut, queue_choice_read
from annotate.selectors.queue_state import QueueOut, queue_read
from annotate.services.priorities import comparisons_prioritise
from annotate.types import ReadModel, RowId


class PriorityIn(Body):
    comparison_ids: list[RowId] = Field(min_length=1, max_length=1000)
    priority: int = Field(ge=-100, le=100, description="Higher comes first; pairs of a round have 0, its panel 10.")


class PriorityOut(ReadModel):
    """How many comparisons have this priority now that had another."""

    changed: int


class QueueView(APIView):
    @extend_schema(operation_id="queue_read", responses=QueueOut)
    def get(self, request: Request, project_id: int) -> Response:
        """What waits, why, and how fast it moves."""
        return answer(queue_read(project=project_of(request)))


class QueueChoiceView(APIView):
    @extend_schema(operation_id="queue_choice", responses=QueueChoiceOut)
    def get(self, request: Request, project_id: int) -> Response:
        """How the newest pairs were chosen, how far labels reach, and how well the reward model foresees verdicts."""
        return answer(queue_choice_read(project=project_of(request)))


class NoveltyView(APIView):
    @extend_schema(operation_id="novelty_read", responses=NoveltyOut)
    def get(self, request: Request, project_id: int) -> Response:
        """Round by round: how new the policy's completions are to the base policy, and whether people prefer that."""
        return answer(novelty_read(project=project_of(request)))


class QueuePriorityView(APIView):
    @extend_schema(operation_id="queue_priority", request=PriorityIn, responses=PriorityOut)
    def post(self, request: Request, project_id: int) -> Response:
        """Move comparisons forward or back in the queue."""
        body = body_read(PriorityIn, request)
        changed = comparisons_prioritise(
            project=project_of(request),
            comparison_ids=body.comparison_ids,
            priority=body.priority,
            actor=person_of(request),
        )
        return answer(PriorityOut(changed=changed))
