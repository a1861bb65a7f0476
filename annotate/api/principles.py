"""Principles: read, publish, foresee."""

from typing import Annotated

from drf_spectacular.utils import extend_schema
from pydantic import AfterValidator, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models.project_settings import Tag
from annotate.models.question_form import Key
from annotate.selectors.principle_preview import PrinciplesPreviewOut, principles_preview
from annotate.selectors.principles import (
    PrinciplesOut,
    PrinciplesVersionOut,
    principles_overview,
    principles_read,
    principles_versions,
)
from annotate.services.principles import principles_check, principles_publish
from annotate.types import Line, Page
from rlhf_backend.config import Principle

PRINCIPLES_MOST = 24
WEIGHT_MOST = 3.0


def _once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


class PrincipleIn(Body):
    key: Key = Field(description="That of the aspect that labelers judge it by.")
    name: Line = Field(max_length=80)
    positive: Line = Field(max_length=500, description="What is wanted.")
    negative: Line = Field(max_length=500, description="Its negation, as a prohibition is worded.")
    weight: float = Field(
        1.0,
        ge=-WEIGHT_MOST,
        le=WEIGHT_MOST,
        allow_inf_nan=False,
        description="Against the general reward's 1; below 0 the negation is in force, 0 is out of force.",
    )
    tags: Annotated[list[Tag], AfterValidator(_once)] = Field(
        default_factory=list, max_length=20, description="Only prompts with one of these tags; empty: all."
    )


class PrinciplesIn(Body):
    principles: list[PrincipleIn] = Field(max_length=PRINCIPLES_MOST)

    def typed(self) -> list[Principle]:
        return [Principle.model_validate(principle.model_dump()) for principle in self.principles]


class PrinciplesPublishIn(PrinciplesIn):
    note: Line = Field(max_length=2000, description="What changed and why.")


class PrinciplesView(APIView):
    @extend_schema(operation_id="principles_read", responses=PrinciplesOut)
    def get(self, request: Request, project_id: int) -> Response:
        """The principles in force, with their labels and how the reward model in use obeys them."""
        return answer(principles_overview(project=project_of(request)))

    @extend_schema(
        operation_id="principles_publish", request=PrinciplesPublishIn, responses={201: PrinciplesVersionOut}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Publish the next version; rounds that begin from now on obey it."""
        body = body_read(PrinciplesPublishIn, request)
        version = principles_publish(
            project=project_of(request), actor=person_of(request), principles=body.typed(), note=body.note
        )
        return answer(principles_read([version])[0], status=201)


class PrinciplesVersionsView(APIView):
    @extend_schema(
        operation_id="principles_versions",
        parameters=query_parameters(PageQuery),
        responses=Page[PrinciplesVersionOut],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Every published version, newest first, with what changed."""
        versions = principles_versions(project=project_of(request))
        return answer(page_read(versions, query=query_read(PageQuery, request), encode=principles_read))


class PrinciplesPreviewView(APIView):
    @extend_schema(operation_id="principles_preview", request=PrinciplesIn, responses=PrinciplesPreviewOut)
    def post(self, request: Request, project_id: int) -> Response:
        """Which stored pairs a draft would decide otherwise, and what best-of-n would choose; nothing is changed."""
        draft = body_read(PrinciplesIn, request).typed()
        principles_check(principles=draft)
        return answer(principles_preview(project=project_of(request), draft=draft))
