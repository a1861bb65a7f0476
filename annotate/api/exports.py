"""The project's preferences out of it."""

from collections.abc import AsyncIterator
from typing import Literal

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.permissions import project_of
from annotate.api.wire import Query, answer, query_parameters, query_read
from annotate.models import Project
from annotate.selectors.exports import ExportBlock, ExportManifest, Ties, export_block, export_manifest


class ExportQuery(Query):
    layout: Literal["trl"] = Field("trl", alias="format", description="TRL's conversational preference format.")
    ties: Ties = Field("drop", description="`both` writes a tie both ways with margin 0.")


class ExportView(APIView):
    @extend_schema(
        operation_id="preferences_export",
        parameters=query_parameters(ExportQuery),
        responses={
            (200, "application/x-ndjson"): OpenApiResponse(OpenApiTypes.STR, description="One JSON object a line.")
        },
    )
    def get(self, request: Request, project_id: int) -> StreamingHttpResponse:
        """All live preferences, one line each, streamed."""
        project = project_of(request)
        ties = query_read(ExportQuery, request).ties
        response = StreamingHttpResponse(_blocks(project, ties), content_type="application/x-ndjson")
        response["Content-Disposition"] = f'attachment; filename="preferences-{project.pk}.jsonl"'
        return response


class ExportManifestView(APIView):
    @extend_schema(
        operation_id="preferences_export_manifest",
        parameters=query_parameters(ExportQuery),
        responses=ExportManifest,
    )
    def get(self, request: Request, project_id: int) -> Response:
        """How many rows the export has and what the format cannot carry."""
        return answer(export_manifest(project=project_of(request), ties=query_read(ExportQuery, request).ties))


async def _blocks(project: Project, ties: Ties) -> AsyncIterator[bytes]:
    read = sync_to_async(_block)
    after: int | None = 0
    while after is not None:
        block = await read(project, ties, after)
        after = block.after
        yield block.lines


def _block(project: Project, ties: Ties, after: int) -> ExportBlock:
    """The next block; the database connection goes back to the pool before a slow reader takes it."""
    try:
        return export_block(project=project, ties=ties, after=after)
    finally:
        if not connection.in_atomic_block:  # within a caller's transaction the connection is the caller's
            close_old_connections()
