"""Checkpoints of tuning runs: list, compare, let people check, put to use."""

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Query, answer, query_parameters, query_read
from annotate.jobs.publish import checkpoint_publish
from annotate.models import PolicyCheckpoint
from annotate.selectors.checkpoint_comparison import CheckpointComparisonOut, checkpoints_compare
from annotate.selectors.checkpoints import CheckpointOut, CheckpointsOut, checkpoint_read, checkpoints_read
from annotate.selectors.versions import ModelDetailOut, version_read
from annotate.services.checkpoint_checks import checkpoint_check


class CompareQuery(Query):
    checkpoints: str = Field(
        pattern=r"^\d{1,18}(,\d{1,18})*$", description="Ids of checkpoints of the project, separated by commas."
    )


class RunCheckpointsView(APIView):
    @extend_schema(operation_id="run_checkpoints", responses=CheckpointsOut)
    def get(self, request: Request, run_id: int) -> Response:
        """What the monitor saw of a tuning run, and what people say of it."""
        return answer(checkpoints_read(run_id=run_id))


class CheckpointsCompareView(APIView):
    @extend_schema(
        operation_id="checkpoints_compare",
        parameters=query_parameters(CompareQuery),
        responses=CheckpointComparisonOut,
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Checkpoints of any runs side by side, with their samples for the same prompts."""
        query = query_read(CompareQuery, request)
        ids = [int(pk) for pk in query.checkpoints.split(",")]
        return answer(checkpoints_compare(project=project_of(request), ids=ids))


class CheckpointCheckView(APIView):
    @extend_schema(operation_id="checkpoint_check", request=None, responses=CheckpointOut)
    def post(self, request: Request, checkpoint_id: int) -> Response:
        """Queue its samples against those of step 0 for people, before other work; a second time changes nothing."""
        checkpoint = PolicyCheckpoint.objects.get(pk=checkpoint_id)
        checkpoint_check(checkpoint=checkpoint, actor=person_of(request))
        return answer(checkpoint_read(checkpoint=checkpoint))


class CheckpointUseView(APIView):
    @extend_schema(operation_id="checkpoint_use", request=None, responses=ModelDetailOut)
    def post(self, request: Request, checkpoint_id: int) -> Response:
        """Make a candidate policy of a checkpoint of a finished run; a second time gives the same one."""
        checkpoint = PolicyCheckpoint.objects.get(pk=checkpoint_id)
        return answer(version_read(checkpoint_publish(checkpoint=checkpoint, actor=person_of(request))))
