"""Cards of reward models, and the statement that a project's cards begin with."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, Query, answer, body_read, query_parameters, query_read
from annotate.errors import invalid, not_found
from annotate.models import ModelKind, ModelVersion
from annotate.models.card_statement import CardStatement
from annotate.selectors.cards import (
    CardComparisonOut,
    CardOut,
    CardVersionOut,
    StatementOut,
    card_markdown,
    card_read,
    card_versions,
    card_versions_read,
    cards_compare,
    statement_read,
)
from annotate.selectors.rounds import round_active
from annotate.services.cards import card_publish
from annotate.services.rounds import round_advance
from annotate.types import Page, RowId, Text


class CardPublishIn(Body):
    statement: CardStatement = Field(description="All fields; what is left out is empty.")
    note: Text = Field("", max_length=2000, description="What changed and why.")


class ModelCardPublishIn(CardPublishIn):
    for_project: bool = Field(False, description="Let the project's next reward models begin with it too.")


class CardComparisonQuery(Query):
    other: RowId = Field(description="The reward model before.")


class ProjectCardView(APIView):
    @extend_schema(operation_id="project_card_read", responses=StatementOut)
    def get(self, request: Request, project_id: int) -> Response:
        """What the project says of its reward models; a new one's card begins with it."""
        return answer(statement_read(project=project_of(request)))

    @extend_schema(operation_id="project_card_publish", request=CardPublishIn, responses={201: StatementOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Publish the next version of the project's statement."""
        body, project = body_read(CardPublishIn, request), project_of(request)
        card_publish(project=project, version=None, actor=person_of(request), statement=body.statement, note=body.note)
        return answer(statement_read(project=project), status=201)


class ModelCardView(APIView):
    @extend_schema(operation_id="model_card_read", responses=CardOut)
    def get(self, request: Request, model_id: int) -> Response:
        """A reward model's card: what people say of it, and what was measured."""
        return answer(card_read(version=_reward_model(model_id)))

    @extend_schema(operation_id="model_card_publish", request=ModelCardPublishIn, responses={201: CardOut})
    def post(self, request: Request, model_id: int) -> Response:
        """Publish the card's next version; a round that waits for it alone goes on."""
        body, version, actor = body_read(ModelCardPublishIn, request), _reward_model(model_id), person_of(request)
        for speaks_for in [version, None] if body.for_project else [version]:
            card_publish(
                project=version.project, version=speaks_for, actor=actor, statement=body.statement, note=body.note
            )
        active = round_active(project=version.project)
        if active is not None:
            round_advance(round_id=active.pk)
        return answer(card_read(version=version), status=201)


class ModelCardVersionsView(APIView):
    @extend_schema(
        operation_id="model_card_versions", parameters=query_parameters(PageQuery), responses=Page[CardVersionOut]
    )
    def get(self, request: Request, model_id: int) -> Response:
        """The versions of a reward model's card, newest first, with what each changed."""
        rows = card_versions(version=_reward_model(model_id))
        return answer(page_read(rows, query=query_read(PageQuery, request), encode=card_versions_read))


class ModelCardComparisonView(APIView):
    @extend_schema(
        operation_id="model_card_comparison",
        parameters=query_parameters(CardComparisonQuery),
        responses=CardComparisonOut,
    )
    def get(self, request: Request, model_id: int) -> Response:
        """In what this reward model's card differs from that of another one of the project."""
        query, after = query_read(CardComparisonQuery, request), _reward_model(model_id)
        before = ModelVersion.objects.filter(pk=query.other, project=after.project_id, kind=after.kind).first()
        if before is None:
            raise invalid("other", f"the project has no reward model with the id {query.other}.")
        return answer(cards_compare(before=before, after=after))


class ModelCardDocumentView(APIView):
    @extend_schema(
        operation_id="model_card_document",
        responses={(200, "text/markdown"): OpenApiResponse(OpenApiTypes.STR, description="The card as Markdown.")},
    )
    def get(self, request: Request, model_id: int) -> HttpResponse:
        """The card as a document."""
        version = _reward_model(model_id)
        response = HttpResponse(card_markdown(version=version), content_type="text/markdown; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="reward-model-{version.number}-card.md"'
        return response


def _reward_model(model_id: int) -> ModelVersion:
    """Raises: AnnotateError 404 for a policy: only reward models have such a card."""
    found = ModelVersion.objects.select_related("project", "parent").filter(pk=model_id, kind=ModelKind.REWARD_MODEL)
    version = found.first()
    if version is None:
        raise not_found("reward model")
    return version
