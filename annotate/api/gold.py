"""Known pairs of a project, for its admins."""

from typing import BinaryIO, Literal, cast

from drf_spectacular.utils import extend_schema
from pydantic import Field, model_validator
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.uploads import upload_schema, uploaded_file
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.formats.gold import MAX_EXPLANATION, MAX_TEXT
from annotate.models import Comparison
from annotate.selectors.gold import Expected, GoldOut, gold_listed, gold_read
from annotate.services.gold import (
    GoldImported,
    NewGold,
    gold_from_comparison,
    gold_from_texts,
    gold_import,
    gold_withdraw,
)
from annotate.types import Page, RowId, Text
from rlhf_backend.types import Message


class ExpectedIn(Body):
    """The right verdict, in stored order."""

    kind: Literal["prefer", "tie", "both_bad", "both_good"]
    winner: Literal["a", "b"] | None = None
    strength: int | None = Field(None, ge=1, le=4, description="Told in the warm-up; any strength is right.")

    @model_validator(mode="after")
    def _winner_and_strength_belong_to_prefer(self) -> "ExpectedIn":
        if self.kind == "prefer" and self.winner is None:
            raise ValueError("a preference names the completion that is better")
        if self.kind != "prefer" and (self.winner is not None or self.strength is not None):
            raise ValueError(f"'{self.kind}' has neither winner nor strength")
        return self

    def expected(self) -> Expected:
        return Expected(**dict(self))


class GoldAddIn(Body):
    """Either `comparison_id`, whose two completions are taken, or `prompt` with both completions."""

    comparison_id: RowId | None = None
    prompt: Text | list[Message] | None = None
    completion_a: Text | None = Field(None, max_length=MAX_TEXT)
    completion_b: Text | None = Field(None, max_length=MAX_TEXT)
    expected: ExpectedIn
    explanation: Text = Field("", max_length=MAX_EXPLANATION, description="Why, for the warm-up.")

    @model_validator(mode="after")
    def _one_source(self) -> "GoldAddIn":
        texts = (self.prompt, self.completion_a, self.completion_b)
        if self.comparison_id is not None and any(text is not None for text in texts):
            raise ValueError("name a comparison or write the texts, not both")
        if self.comparison_id is None and any(text is None for text in texts):
            raise ValueError("name a comparison, or write prompt, completion_a and completion_b")
        return self


class NoFields(Body):
    pass


class GoldView(APIView):
    @extend_schema(operation_id="gold_list", parameters=query_parameters(PageQuery), responses=Page[GoldOut])
    def get(self, request: Request, project_id: int) -> Response:
        """The known pairs, newest first, and how labelers did on them."""
        rows = gold_listed(project=project_of(request))
        return answer(page_read(rows, query=query_read(PageQuery, request), encode=gold_read))

    @extend_schema(operation_id="gold_add", request=GoldAddIn, responses={201: GoldOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Add a known pair."""
        body = body_read(GoldAddIn, request)
        added = _added(request, body)
        shown = gold_listed(project=project_of(request)).get(pk=added.pk)
        return answer(gold_read([shown])[0], status=201)


class GoldImportView(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="gold_import",
        request={"multipart/form-data": upload_schema(NoFields)},
        responses=GoldImported,
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Add known pairs from JSON lines; rows that cannot be used are reported with their field."""
        file = cast("BinaryIO", uploaded_file(request).file)
        return answer(gold_import(project=project_of(request), actor=person_of(request), file=file))


class GoldPairView(APIView):
    @extend_schema(operation_id="gold_withdraw", responses={204: None})
    def delete(self, request: Request, project_id: int, comparison_id: int) -> Response:
        """Give a known pair to nobody any more; verdicts on it stay."""
        gold_withdraw(project=project_of(request), actor=person_of(request), comparison_id=comparison_id)
        return Response(status=204)


def _added(request: Request, body: GoldAddIn) -> Comparison:
    project, actor, expected = project_of(request), person_of(request), body.expected.expected()
    if body.comparison_id is not None:
        return gold_from_comparison(
            project=project,
            actor=actor,
            comparison_id=body.comparison_id,
            expected=expected,
            explanation=body.explanation,
        )
    prompt = body.prompt or ""
    new = NewGold(
        prompt=prompt if isinstance(prompt, str) else [message.model_dump() for message in prompt],
        completion_a=body.completion_a or "",
        completion_b=body.completion_b or "",
        expected=expected,
        explanation=body.explanation,
    )
    return gold_from_texts(project=project, actor=actor, new=new)
