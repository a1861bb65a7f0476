"""All preferences of a project, for its admins."""

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import project_of
from annotate.api.wire import answer, query_parameters, query_read
from annotate.models import PreferenceKind
from annotate.selectors.preferences import PreferenceOut, preferences_listed, preferences_read
from annotate.types import Page, Text


class PreferencesQuery(PageQuery):
    annotator: Text | None = Field(None, max_length=150, description="A labeler's name.")
    kind: PreferenceKind | None = None
    superseded: bool = Field(False, description="Include verdicts that were undone.")


class PreferencesView(APIView):
    @extend_schema(
        operation_id="preferences_list", parameters=query_parameters(PreferencesQuery), responses=Page[PreferenceOut]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The project's preferences in stored order, newest first."""
        query = query_read(PreferencesQuery, request)
        rows = preferences_listed(
            project=project_of(request), annotator=query.annotator, kind=query.kind, superseded=query.superseded
        )
        return answer(page_read(rows, query=query, encode=preferences_read))
