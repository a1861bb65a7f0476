"""Existing preference pairs into the project."""

from typing import BinaryIO, Literal, cast

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.permissions import person_of, project_of
from annotate.api.uploads import upload_fields, upload_schema, uploaded_file
from annotate.api.wire import Body, answer
from annotate.formats.preference_files import PreferenceFormat
from annotate.services.imports import ImportOut, preferences_import


class ImportIn(Body):
    format: Literal["auto"] | PreferenceFormat = Field("auto", description="auto tells it from the first row.")


class ImportsView(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="preferences_import",
        request={"multipart/form-data": upload_schema(ImportIn)},
        responses=ImportOut,
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Import a file of preference pairs: JSON lines or one array, plain or gzip, in one of the formats named."""
        file = uploaded_file(request)
        fields = upload_fields(ImportIn, request)
        result = preferences_import(
            project=project_of(request),
            actor=person_of(request),
            file=cast("BinaryIO", file.file),
            name=file.name or "",
            format=None if fields.format == "auto" else fields.format,
        )
        return answer(result)
