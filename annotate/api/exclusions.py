"""Exclusions: foresee, make, list, lift."""

from drf_spectacular.utils import extend_schema
from pydantic import AwareDatetime, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models import Exclusion
from annotate.selectors.exclusions import ExclusionOut, ExclusionPreviewOut, exclusion_preview, exclusions_read
from annotate.selectors.training_exclusions import Scope
from annotate.services.exclusions import exclusion_create, exclusion_lift
from annotate.types import Page, Reason, RowId


class ExclusionPreviewIn(Body):
    """At least one; what is named must all hold."""

    annotator_id: RowId | None = Field(None, description="Preferences of this labeler.")
    given_from: AwareDatetime | None = Field(None, description="Given at this time or later.")
    given_until: AwareDatetime | None = Field(None, description="Given before this time.")
    guidelines_number: int | None = Field(None, ge=0, lt=2**31, description="Given under these guidelines.")

    def scope(self) -> Scope:
        return Scope(self.annotator_id, self.given_from, self.given_until, self.guidelines_number)


class ExclusionCreateIn(ExclusionPreviewIn):
    reason: Reason = Field(description="Why these preferences cannot be trusted.")


class ExclusionsView(APIView):
    @extend_schema(operation_id="exclusions_list", parameters=query_parameters(PageQuery), responses=Page[ExclusionOut])
    def get(self, request: Request, project_id: int) -> Response:
        """The project's exclusions, lifted ones as well, newest first."""
        rows = Exclusion.objects.filter(project=project_of(request))
        return answer(page_read(rows, query=query_read(PageQuery, request), encode=exclusions_read))

    @extend_schema(operation_id="exclusions_create", request=ExclusionCreateIn, responses={201: ExclusionOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Keep preferences out of every snapshot from now on; models already made stay."""
        body = body_read(ExclusionCreateIn, request)
        made = exclusion_create(
            project=project_of(request), scope=body.scope(), reason=body.reason, actor=person_of(request)
        )
        return answer(exclusions_read([made])[0], status=201)


class ExclusionPreviewView(APIView):
    @extend_schema(operation_id="exclusions_preview", request=ExclusionPreviewIn, responses=ExclusionPreviewOut)
    def post(self, request: Request, project_id: int) -> Response:
        """Which preferences, snapshots and models an exclusion would touch; nothing is changed."""
        scope = body_read(ExclusionPreviewIn, request).scope()
        return answer(exclusion_preview(project=project_of(request), scope=scope))


class ExclusionLiftView(APIView):
    @extend_schema(operation_id="exclusions_lift", request=None, responses=ExclusionOut)
    def post(self, request: Request, project_id: int, exclusion_id: int) -> Response:
        """Let the preferences into snapshots again."""
        lifted = exclusion_lift(project=project_of(request), exclusion_id=exclusion_id, actor=person_of(request))
        return answer(exclusions_read([lifted])[0])
