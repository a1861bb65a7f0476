"""Between HTTP and typed models: bodies and queries are read into pydantic models, answers are written from them."""

from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter
from pydantic import BaseModel, ConfigDict, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotate.errors import AnnotateError, ErrorCode
from annotate.types import ReadModel

Model = TypeVar("Model", bound=BaseModel)


class Body(BaseModel):
    """A request's JSON object; unknown names are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Query(BaseModel):
    """A request's query parameters; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def body_read(model: type[Model], request: Request) -> Model:
    """The request's body as `model`.

    Raises: AnnotateError 400 with the messages of each field.
    """
    return _validated(model, request.data)


def query_read(model: type[Model], request: Request) -> Model:
    """The request's query parameters as `model`; the last of a repeated one counts.

    Raises: AnnotateError 400 with the messages of each parameter.
    """
    return _validated(model, request.query_params.dict())


def answer(content: ReadModel, *, status: int = 200) -> Response:
    """`content` as JSON."""
    return Response(content.model_dump(mode="json"), status=status)


def query_parameters(model: type[BaseModel]) -> list[OpenApiParameter]:
    """The parameters that `model` reads, for the schema."""
    schema = model.model_json_schema()
    required = set(schema.get("required", []))
    return [
        OpenApiParameter(name, type=_inline(field), required=name in required, description=field.pop("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def fields_of(error: ValidationError, *, prefix: str = "") -> dict[str, list[str]]:
    """Pydantic's findings as dotted field → messages."""
    fields: dict[str, list[str]] = {}
    for finding in error.errors(include_url=False, include_input=False, include_context=False):
        name = ".".join(str(part) for part in (prefix, *finding["loc"]) if part != "")
        fields.setdefault(name or "request", []).append(finding["msg"].removeprefix("Value error, "))
    return fields


def _validated(model: type[Model], data: Any) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fields = fields_of(error)
        name, messages = next(iter(fields.items()))
        raise AnnotateError(ErrorCode.INVALID, f"{name}: {messages[0]}", status=400, fields=fields) from error


def _inline(field: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without the null that stands for absence and without pydantic's title."""
    choices = [choice for choice in field.get("anyOf", []) if choice != {"type": "null"}]
    kept = choices[0] if len(choices) == 1 else {key: value for key, value in field.items() if key != "title"}
    return {key: value for key, value in kept.items() if key not in ("title", "description") and value is not None}
