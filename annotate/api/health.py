"""Whether the site works, for load balancers and people."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.wire import answer
from annotate.selectors.health import HealthOut, health_read


class HealthView(APIView):
    authentication_classes = ()

    @extend_schema(operation_id="health_read", responses={200: HealthOut, 503: HealthOut}, auth=[])
    def get(self, request: Request) -> Response:
        """503 when the database or the broker does not answer."""
        health = health_read()
        return answer(health, status=200 if health.status == "ok" else 503)
