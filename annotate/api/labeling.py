"""Labeling: claim comparisons, judge, skip, undo, see one's own work."""

from typing import Annotated
from uuid import UUID

from drf_spectacular.utils import extend_schema
from pydantic import Field, model_validator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models import PreferenceKind
from annotate.selectors.history import HistoryOut, history_listed, history_read
from annotate.selectors.progress import ProgressOfMine, progress_of
from annotate.selectors.queue import AssignmentOut, ClaimOut
from annotate.services.assignments import assignments_heartbeat, assignments_release
from annotate.services.claims import queue_claim
from annotate.services.preferences import VerdictOut, preference_submit
from annotate.services.projects import guidelines_mark_seen
from annotate.services.skips import comparison_skip
from annotate.services.undo import judgement_undo
from annotate.services.verdicts import Verdict
from annotate.sides import Side, Slot
from annotate.types import Page, ReadModel, RowId, Text
from annotate.verdict_details import Details, Strength

MAX_ACTIVE_MS = 24 * 3600 * 1000
MAX_EDIT = 50_000


class ClaimIn(Body):
    count: int = Field(1, ge=1, le=20)


class VerdictIn(Details):
    client_id: UUID = Field(description="Made by the client for this verdict; sending it again changes nothing.")
    assignment_id: RowId
    kind: PreferenceKind
    side: Side | None = None
    strength: Strength | None = Field(None, description="1 slightly, 2 better, 3 much better, 4 far better.")
    active_ms: int = Field(0, ge=0, le=MAX_ACTIVE_MS)
    edits: dict[Slot, Annotated[Text, Field(max_length=MAX_EDIT)]] = Field(
        default_factory=dict, description="Corrected completions; each becomes a preference of its own."
    )
    rationale: Text = Field("", max_length=10_000)

    @model_validator(mode="after")
    def _each_part_belongs_to_its_kind(self) -> "VerdictIn":
        if self.kind == PreferenceKind.PREFER and self.side is None:
            raise ValueError("a preference names the side that is better")
        if self.kind != PreferenceKind.PREFER and (self.side is not None or self.strength is not None):
            raise ValueError(f"'{self.kind.value}' has neither side nor strength")
        if (self.kind == PreferenceKind.RANK) is not (self.ranking is not None):
            raise ValueError("a ranking comes with kind 'rank', and only with it")
        return self

    def verdict(self) -> Verdict:
        details = Details(**{name: getattr(self, name) for name in Details.model_fields})
        strength = self.strength or 1 if self.kind == PreferenceKind.PREFER else None
        said = {name: value for name, value in self if name not in Details.model_fields}
        return Verdict(**{**said, "strength": strength, "details": details})


class SkipIn(Body):
    client_id: UUID
    assignment_id: RowId
    reason: Text = Field("", max_length=200)


class SkipOut(ReadModel):
    assignment_id: int


class UndoIn(Body):
    assignment_id: RowId
    client_id: UUID | None = Field(None, description="Of the verdict; given, no other verdict is undone.")


class UndoOut(ReadModel):
    """The comparison again, leased to who undid."""

    assignment: AssignmentOut


class AssignmentsIn(Body):
    assignment_ids: list[RowId] = Field(max_length=100)


class HeartbeatOut(ReadModel):
    held: list[int]
    lost: list[int]


class ClaimView(APIView):
    @extend_schema(operation_id="queue_claim", request=ClaimIn, responses=ClaimOut)
    def post(self, request: Request, project_id: int) -> Response:
        """Comparisons to judge, those already held first."""
        body = body_read(ClaimIn, request)
        return answer(queue_claim(project=project_of(request), annotator=person_of(request), count=body.count))


class VerdictsView(APIView):
    @extend_schema(operation_id="verdicts_create", request=VerdictIn, responses={200: VerdictOut, 201: VerdictOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Judge a comparison; 200 when this verdict was taken before."""
        verdict = body_read(VerdictIn, request).verdict()
        taken = preference_submit(project=project_of(request), annotator=person_of(request), verdict=verdict)
        return answer(taken, status=200 if taken.replayed else 201)


class SkipsView(APIView):
    @extend_schema(operation_id="skips_create", request=SkipIn, responses=SkipOut)
    def post(self, request: Request, project_id: int) -> Response:
        """Pass a comparison on to others; it does not come back."""
        body = body_read(SkipIn, request)
        comparison_skip(
            project=project_of(request),
            annotator=person_of(request),
            assignment_id=body.assignment_id,
            client_id=body.client_id,
            reason=body.reason,
        )
        return answer(SkipOut(assignment_id=body.assignment_id))


class UndoView(APIView):
    @extend_schema(operation_id="judgements_undo", request=UndoIn, responses=UndoOut)
    def post(self, request: Request, project_id: int) -> Response:
        """Take back one's verdict or skip and have the comparison again."""
        body = body_read(UndoIn, request)
        again = judgement_undo(
            project=project_of(request),
            annotator=person_of(request),
            assignment_id=body.assignment_id,
            client_id=body.client_id,
        )
        return answer(UndoOut(assignment=again))


class HeartbeatView(APIView):
    @extend_schema(operation_id="assignments_heartbeat", request=AssignmentsIn, responses=HeartbeatOut)
    def post(self, request: Request, project_id: int) -> Response:
        """Renew the leases of what is still being looked at."""
        ids = body_read(AssignmentsIn, request).assignment_ids
        held = assignments_heartbeat(project=project_of(request), annotator=person_of(request), assignment_ids=ids)
        return answer(HeartbeatOut(held=held, lost=sorted(set(ids) - set(held))))


class ReleaseView(APIView):
    @extend_schema(operation_id="assignments_release", request=AssignmentsIn, responses={204: None})
    def post(self, request: Request, project_id: int) -> Response:
        """Give back what is not going to be judged."""
        ids = body_read(AssignmentsIn, request).assignment_ids
        assignments_release(project=project_of(request), annotator=person_of(request), assignment_ids=ids)
        return Response(status=204)


class GuidelinesSeenIn(Body):
    number: int = Field(ge=1, lt=2**31, description="Of the guidelines that were shown.")


class GuidelinesSeenView(APIView):
    @extend_schema(operation_id="guidelines_seen", request=GuidelinesSeenIn, responses={204: None})
    def post(self, request: Request, project_id: int) -> Response:
        """Say that one was shown these guidelines; what changes later is told."""
        number = body_read(GuidelinesSeenIn, request).number
        guidelines_mark_seen(project=project_of(request), user=person_of(request), number=number)
        return Response(status=204)


class MeView(APIView):
    @extend_schema(operation_id="progress_read", responses=ProgressOfMine)
    def get(self, request: Request, project_id: int) -> Response:
        """How far one is, and the project."""
        return answer(progress_of(project=project_of(request), annotator=person_of(request)))


class HistoryView(APIView):
    @extend_schema(operation_id="history_list", parameters=query_parameters(PageQuery), responses=Page[HistoryOut])
    def get(self, request: Request, project_id: int) -> Response:
        """One's own verdicts, newest first."""
        rows = history_listed(project=project_of(request), annotator=person_of(request))
        return answer(page_read(rows, query=query_read(PageQuery, request), encode=history_read))
