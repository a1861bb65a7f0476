"""The queue, for a project's admins."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.permissions import project_of
from annotate.api.wire import answer
from annotate.selectors.queue_state import QueueOut, queue_read


class QueueView(APIView):
    @extend_schema(operation_id="queue_read", responses=QueueOut)
    def get(self, request: Request, project_id: int) -> Response:
        """What waits, why, and how fast it moves."""
        return answer(queue_read(project=project_of(request)))
