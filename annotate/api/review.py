"""The review room: what needs settling, and the decisions."""

from typing import Literal

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of, role_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models import ReviewOutcome, Role
from annotate.selectors.review import ReviewItem, review_read
from annotate.selectors.review_candidates import review_listed, reviewable
from annotate.services.review import Decision, review_settle, review_take_back
from annotate.types import Page, RowId, Text


class ReviewQuery(PageQuery):
    kind: Literal["disagreement", "contradiction", "all"] = Field("all", description="Why it would be settled.")
    state: Literal["open", "settled"] = "open"


class ReviewSettleIn(Body):
    """`mistaken` belongs to a mistake, `share_a` to a difference of values."""

    outcome: ReviewOutcome
    mistaken: list[RowId] = Field(default_factory=list, max_length=100, description="The wrong verdicts.")
    share_a: float | None = Field(None, ge=0, le=1, description="Share of reasonable people who prefer a.")
    note: Text = Field("", max_length=2000)


class ReviewsView(APIView):
    @extend_schema(operation_id="review_list", parameters=query_parameters(ReviewQuery), responses=Page[ReviewItem])
    def get(self, request: Request, project_id: int) -> Response:
        """Comparisons whose verdicts disagree or are contradicted, newest first; nobody is named."""
        query = query_read(ReviewQuery, request)
        reader, is_admin = person_of(request), role_of(request) == Role.ADMIN
        rows = review_listed(project=project_of(request), kind=query.kind, settled=query.state == "settled")
        return answer(
            page_read(rows, query=query, encode=lambda found: review_read(found, reader=reader, is_admin=is_admin))
        )


class ReviewView(APIView):
    @extend_schema(operation_id="review_settle", request=ReviewSettleIn, responses=ReviewItem)
    def post(self, request: Request, project_id: int, comparison_id: int) -> Response:
        """Decide how the comparison's verdicts are trained on; they stay as they are."""
        body, project = body_read(ReviewSettleIn, request), project_of(request)
        reader, is_admin = person_of(request), role_of(request) == Role.ADMIN
        decision = Decision(body.outcome, frozenset(body.mistaken), body.share_a, body.note)
        review_settle(
            project=project, comparison_id=comparison_id, decision=decision, reviewer=reader, is_admin=is_admin
        )
        settled = reviewable(project=project).filter(pk=comparison_id)
        return answer(review_read(settled, reader=reader, is_admin=is_admin)[0])

    @extend_schema(operation_id="review_take_back", responses={204: None})
    def delete(self, request: Request, project_id: int, comparison_id: int) -> Response:
        """Take a decision back: the comparison is open again."""
        is_admin = role_of(request) == Role.ADMIN
        review_take_back(
            project=project_of(request), comparison_id=comparison_id, reviewer=person_of(request), is_admin=is_admin
        )
        return Response(status=204)
