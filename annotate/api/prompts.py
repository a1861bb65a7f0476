"""Prompts of a project: list and add."""

from dataclasses import dataclass
from typing import Annotated

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.uploads import UploadedFile, is_multipart, upload_fields, upload_schema, uploaded_file
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.errors import AnnotateError, ErrorCode, not_found
from annotate.formats.prompt_files import PromptFormat
from annotate.models import Prompt, Split
from annotate.selectors.prompts import PromptOut, prompts_read
from annotate.services.prompts import PromptsAdded, prompts_add
from annotate.services.qualifications import prompt_tag
from annotate.types import Line, Page, Text


class PromptsQuery(PageQuery):
    split: Split | None = None


class PromptsAddIn(Body):
    """Pasted text; for a file send multipart with `file`, and `format` unless its name ends in .jsonl, .csv or .txt."""

    format: PromptFormat = "lines"
    text: Text
    split: Split | None = Field(None, description="Where all of them belong that do not say so themselves.")


class PromptsFileIn(Body):
    format: PromptFormat | None = None
    split: Split | None = None


class PromptChangeIn(Body):
    tags: list[Annotated[Line, Field(max_length=60)]] = Field(max_length=50)


@dataclass(frozen=True, slots=True)
class PromptsFileText:
    """A file's text; NUL and the like are reported row by row."""

    text: str
    format: PromptFormat
    split: Split | None


class PromptsView(APIView):
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(operation_id="prompts_list", parameters=query_parameters(PromptsQuery), responses=Page[PromptOut])
    def get(self, request: Request, project_id: int) -> Response:
        """The project's prompts, newest first."""
        query = query_read(PromptsQuery, request)
        prompts = Prompt.objects.filter(project=project_of(request))
        if query.split is not None:
            prompts = prompts.filter(split=query.split)
        return answer(page_read(prompts, query=query, encode=prompts_read))

    @extend_schema(
        operation_id="prompts_add",
        request={"application/json": PromptsAddIn, "multipart/form-data": upload_schema(PromptsFileIn)},
        responses=PromptsAdded,
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Add prompts; rows that cannot be used are reported by number."""
        file = uploaded_file(request) if is_multipart(request) else None
        body = body_read(PromptsAddIn, request) if file is None else _from_file(request, file)
        added = prompts_add(
            project=project_of(request), actor=person_of(request), text=body.text, format=body.format, split=body.split
        )
        return answer(added)


class PromptView(APIView):
    @extend_schema(operation_id="prompts_change", request=PromptChangeIn, responses=PromptOut)
    def patch(self, request: Request, project_id: int, prompt_id: int) -> Response:
        """Give a prompt other tags; with them changes who may label it."""
        project = project_of(request)
        prompt = Prompt.objects.filter(project=project, pk=prompt_id).first()
        if prompt is None:
            raise not_found("prompt")
        tags = body_read(PromptChangeIn, request).tags
        return answer(
            prompts_read([prompt_tag(project=project, prompt=prompt, tags=tags, actor=person_of(request))])[0]
        )


def _from_file(request: Request, file: UploadedFile) -> PromptsFileText:
    fields = upload_fields(PromptsFileIn, request)
    suffix = (file.name or "").rpartition(".")[2].lower()
    by_name: dict[str, PromptFormat] = {"jsonl": "jsonl", "csv": "csv"}
    try:
        text = file.read().decode()
    except UnicodeDecodeError as error:
        raise AnnotateError(
            ErrorCode.IMPORT_UNREADABLE,
            f"The file is not UTF-8: {error.reason} at byte {error.start + 1}. Save it as UTF-8 and send it again.",
            status=400,
        ) from error
    return PromptsFileText(text, fields.format or by_name.get(suffix, "lines"), fields.split)
