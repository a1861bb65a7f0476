"""Runs: what they do, their curves and log, and stopping them."""

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.errors import invalid
from annotate.models import PolicyCheckpoint, Run, RunEvent
from annotate.selectors.runs import LogLineOut, MetricsOut, RunOut, run_log_lines, run_metrics, run_read
from annotate.services.rounds import round_advance
from annotate.services.run_acts import run_finish, run_repeat, run_resume
from annotate.services.run_seeds import SEED_LIMIT
from annotate.services.runs import run_cancel
from annotate.types import Page, Reason, RowId


class RunResumeIn(Body):
    reason: Reason = Field(description="Why tuning may go on; it is kept with the run.")


class RunFinishIn(Body):
    checkpoint: RowId = Field(description="The checkpoint of this run whose policy is its result.")
    reason: Reason = Field(description="Why this checkpoint; it is kept with the run.")


class RunRepeatIn(Body):
    seed: int | None = Field(None, ge=0, lt=SEED_LIMIT, description="Empty draws one.")


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


class RunResumeView(APIView):
    @extend_schema(operation_id="run_resume", request=RunResumeIn, responses=RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Let a paused run go on; the rules that paused it only warn from then on."""
        body = body_read(RunResumeIn, request)
        run_resume(run=Run.objects.get(pk=run_id), actor=person_of(request), reason=body.reason)
        return answer(run_read(run_id=run_id))


class RunFinishView(APIView):
    @extend_schema(operation_id="run_finish", request=RunFinishIn, responses=RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """End a paused run with the policy of one of its checkpoints."""
        body = body_read(RunFinishIn, request)
        checkpoint = PolicyCheckpoint.objects.filter(pk=body.checkpoint, run=run_id).first()
        if checkpoint is None:
            raise invalid("checkpoint", f"run {run_id} has no checkpoint {body.checkpoint}")
        run_finish(checkpoint=checkpoint, actor=person_of(request), reason=body.reason)
        return answer(run_read(run_id=run_id))


class RunRepeatView(APIView):
    @extend_schema(operation_id="run_repeat", request=RunRepeatIn, responses={201: RunOut})
    def post(self, request: Request, run_id: int) -> Response:
        """Do a finished tuning run again with another seed, beside its round."""
        body = body_read(RunRepeatIn, request)
        repeat = run_repeat(run=Run.objects.get(pk=run_id), actor=person_of(request), seed=body.seed)
        return answer(run_read(run_id=repeat.pk), status=201)
