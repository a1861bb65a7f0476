"""Runs: what they do, their curves and log, and stopping them."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of
from annotate.api.wire import answer, query_parameters, query_read
from annotate.models import Run, RunEvent
from annotate.selectors.runs import LogLineOut, MetricsOut, RunOut, run_log_lines, run_metrics, run_read
from annotate.services.rounds import round_advance
from annotate.services.runs import run_cancel
from annotate.types import Page


class RunView(APIView):
    @extend_schema(operation_id="run_read", responses=RunOut)
    def get(self, request: Request, run_id: int) -> Response:
        """One run with its job, seed, hashes and report."""
        return answer(run_read(run_id=run_id))


class RunMetricsView(APIView):
    @extend_schema(operation_id="run_metrics", responses=MetricsOut)
    def get(self, request: Request, run_id: int) -> Response:
        """The run's curves."""
        return answer(run_metrics(run_id=run_id))


class RunLogView(APIView):
    @extend_schema(operation_id="run_log", parameters=query_parameters(PageQuery), responses=Page[LogLineOut])
    def get(self, request: Request, run_id: int) -> Response:
        """The run's log, oldest line first; pass the last line's id as cursor for what followed."""
        lines = RunEvent.objects.filter(run=run_id, type="log")
        return answer(page_read(lines, query=query_read(PageQuery, request), encode=run_log_lines, ascending=True))


class RunCancelView(APIView):
    @extend_schema(operation_id="run_cancel", request=None, responses=RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Ask the run to stop; it writes a checkpoint first."""
        run = Run.objects.get(pk=run_id)
        run_cancel(run=run, actor=person_of(request))
        if run.round_id is not None:
            round_advance(round_id=run.round_id)
        return answer(run_read(run_id=run_id))
