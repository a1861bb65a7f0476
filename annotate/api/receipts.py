"""What reward models made of the preferences they learned from."""

from typing import Literal

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read_ordered
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import answer, query_parameters, query_read
from annotate.models import ModelVersion
from annotate.selectors.receipts import EffectOut, ReceiptsOut, effects_listed, effects_read, receipts_of
from annotate.types import Page


class EffectsQuery(PageQuery):
    sort: Literal["pull", "contradicted"] = Field(
        "pull", description="Those that moved the model most, or those that it believes least, first."
    )


class ReceiptsView(APIView):
    @extend_schema(operation_id="receipts_read", responses=ReceiptsOut)
    def get(self, request: Request, project_id: int) -> Response:
        """What the newest reward model made of one's own verdicts."""
        return answer(receipts_of(project=project_of(request), annotator=person_of(request)))


class ModelEffectsView(APIView):
    @extend_schema(operation_id="model_effects", parameters=query_parameters(EffectsQuery), responses=Page[EffectOut])
    def get(self, request: Request, model_id: int) -> Response:
        """What a reward model made of each preference it learned from; empty for a policy."""
        query = query_read(EffectsQuery, request)
        rows = effects_listed(version=ModelVersion.objects.get(pk=model_id), sort=query.sort)
        return answer(page_read_ordered(rows, query=query, encode=effects_read))
