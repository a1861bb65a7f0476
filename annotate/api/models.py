"""Model versions: list, read, put to use, download."""

from typing import Literal

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.archives import tar_stream
from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.errors import AnnotateError, ErrorCode
from annotate.models import ModelKind, ModelVersion
from annotate.selectors.model_sources import model_directory
from annotate.selectors.versions import ModelDetailOut, ModelOut, version_read, version_report, versions_read
from annotate.services.versions import version_activate
from annotate.types import Page
from rlhf_backend.types import RewardModelReport


class ModelsQuery(PageQuery):
    kind: ModelKind | None = Field(None, description="Only policies, or only reward models.")


class ModelActivateIn(Body):
    confirm: Literal[True] = Field(description="Must be true: pairs of other policies are withdrawn.")


class ModelsView(APIView):
    @extend_schema(operation_id="models_list", parameters=query_parameters(ModelsQuery), responses=Page[ModelOut])
    def get(self, request: Request, project_id: int) -> Response:
        """The project's policies and reward models, newest first."""
        query = query_read(ModelsQuery, request)
        versions = ModelVersion.objects.filter(project=project_of(request))
        if query.kind is not None:
            versions = versions.filter(kind=query.kind)
        return answer(page_read(versions, query=query, encode=versions_read))


class ModelView(APIView):
    @extend_schema(operation_id="model_read", responses=ModelDetailOut)
    def get(self, request: Request, model_id: int) -> Response:
        """One version with its card and lineage."""
        return answer(version_read(ModelVersion.objects.get(pk=model_id)))


class ModelReportView(APIView):
    @extend_schema(operation_id="model_report", responses=RewardModelReport)
    def get(self, request: Request, model_id: int) -> Response:
        """How far a reward model can be trusted, measured on preferences that it was not trained on."""
        return answer(version_report(ModelVersion.objects.select_related("run").get(pk=model_id)))


class ModelActivateView(APIView):
    @extend_schema(operation_id="model_activate", request=ModelActivateIn, responses=ModelDetailOut)
    def post(self, request: Request, model_id: int) -> Response:
        """Promote a candidate, or roll back to an earlier version."""
        body_read(ModelActivateIn, request)
        version = version_activate(version=ModelVersion.objects.get(pk=model_id), actor=person_of(request))
        return answer(version_read(version))


class ModelDownloadView(APIView):
    @extend_schema(
        operation_id="model_download",
        responses={(200, "application/x-tar"): OpenApiResponse(OpenApiTypes.BINARY, description="A tar archive.")},
    )
    def get(self, request: Request, model_id: int) -> StreamingHttpResponse:
        """The version's directory as a tar archive, in Hugging Face layout."""
        version = ModelVersion.objects.get(pk=model_id)
        directory = model_directory(source=version.source)
        if directory is None or not directory.is_dir():
            raise AnnotateError(
                ErrorCode.MODEL_NOT_ON_DISK,
                f"'{version.source}' is not kept on this machine; a hub model is downloaded from the hub.",
            )
        name = f"{version.kind}-{version.number}"
        response = StreamingHttpResponse(tar_stream(directory, name), content_type="application/x-tar")
        response["Content-Disposition"] = f'attachment; filename="{name}.tar"'
        return response
