"""The project's preferences out of it."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Protocol

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
from annotate.selectors.exports import (
    ExportBlock,
    ExportFormat,
    ExportManifest,
    Ties,
    export_block,
    export_manifest,
)
from annotate.selectors.full_export import full_block, pseudonyms


class ExportQuery(Query):
    layout: ExportFormat = Field(
        "trl",
        alias="format",
        description="`trl` is TRL's conversational preference format; `full` has everything that is known.",
    )
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
        block = _block_reader(project, query_read(ExportQuery, request))
        response = StreamingHttpResponse(_blocks(block), content_type="application/x-ndjson")
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
        query = query_read(ExportQuery, request)
        return answer(export_manifest(project=project_of(request), layout=query.layout, ties=query.ties))


class ReadBlock(Protocol):
    def __call__(self, *, after: int) -> ExportBlock: ...


def _block_reader(project: Project, query: ExportQuery) -> ReadBlock:
    if query.layout == "full":
        return partial(full_block, project=project, names=pseudonyms(project=project))
    return partial(export_block, project=project, ties=query.ties)


async def _blocks(block: ReadBlock) -> AsyncIterator[bytes]:
    read = sync_to_async(_block)
    after: int | None = 0
    while after is not None:
        found = await read(block, after)
        after = found.after
        yield found.lines


def _block(block: ReadBlock, after: int) -> ExportBlock:
    """The next block; the database connection goes back to the pool before a slow reader takes it."""
    try:
        return block(after=after)
    finally:
        if not connection.in_atomic_block:  # within a caller's transaction the connection is the caller's
            close_old_connections()
