"""Pairs that a reward model labeled itself, and what people say of them."""

from functools import partial

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import project_of
from annotate.api.wire import answer, query_parameters, query_read
from annotate.models import ModelVersion
from annotate.selectors.self_labels import (
    SelfLabelFigures,
    SelfLabelItem,
    self_label_figures,
    self_labels_listed,
    self_labels_read,
    self_labels_stopped,
)
from annotate.types import Page


class SelfLabelsOut(SelfLabelFigures):
    stopped: str | None = Field(description="Why the next reward model may label nothing itself; null where it may.")
    items: Page[SelfLabelItem]


class ModelSelfLabelsView(APIView):
    @extend_schema(operation_id="model_self_labels", parameters=query_parameters(PageQuery), responses=SelfLabelsOut)
    def get(self, request: Request, model_id: int) -> Response:
        """What a reward model labeled itself, newest first, and how often people confirm the audited ones."""
        query, version = query_read(PageQuery, request), ModelVersion.objects.get(pk=model_id)
        project = project_of(request)
        encode = partial(self_labels_read, project=project)
        return answer(
            SelfLabelsOut(
                **dict(self_label_figures(version=version)),
                stopped=self_labels_stopped(project=project, config=project.typed_settings().reward_model),
                items=page_read(self_labels_listed(version=version), query=query, encode=encode),
            )
        )
