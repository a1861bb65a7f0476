"""Between HTTP and typed models: bodies and queries are read into pydantic models, answers are written from them."""

from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter
from pydantic import BaseModel, ConfigDict, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from annotate.errors import AnnotateError, ErrorCode

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
    return validated(model, request.data)


def query_read(model: type[Model], request: Request) -> Model:
    """The request's query parameters as `model`; the last of a repeated one counts.

    Raises: AnnotateError 400 with the messages of each parameter.
    """
    return validated(model, request.query_params.dict())


def answer(content: BaseModel, *, status: int = 200) -> Response:
    """`content` as JSON."""
    return Response(content.model_dump(mode="json", by_alias=True), status=status)


def query_parameters(model: type[BaseModel]) -> list[OpenApiParameter]:
    """The parameters that `model` reads, for the schema."""
    required = set(model.model_json_schema().get("required", []))
    return [
        OpenApiParameter(name, type=field, required=name in required, description=field.pop("description", ""))
        for name, field in plain_fields(model).items()
    ]


def plain_fields(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """The schema of each field of a flat model without references, titles, or the null that stands for absence."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    fields = {}
    for name, field in schema.get("properties", {}).items():
        kept = next(choice for choice in field.get("anyOf", [field]) if choice != {"type": "null"})
        if "$ref" in kept:
            kept = definitions[kept["$ref"].rpartition("/")[2]]
        described = {key: field[key] for key in ("description", "default") if field.get(key) is not None}
        fields[name] = {key: value for key, value in kept.items() if key not in ("title", "description")} | described
    return fields


def fields_of(error: ValidationError, *, prefix: str = "") -> dict[str, list[str]]:
    """Pydantic's findings as dotted field → messages."""
    fields: dict[str, list[str]] = {}
    for finding in error.errors(include_url=False, include_input=False, include_context=False):
        name = ".".join(str(part) for part in (prefix, *finding["loc"]) if part != "")
        fields.setdefault(name or "request", []).append(finding["msg"].removeprefix("Value error, "))
    return fields


def validated(model: type[Model], data: Any) -> Model:
    """`data` as `model`.

    Raises: AnnotateError 400 with the messages of each field.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fields = fields_of(error)
        name, messages = next(iter(fields.items()))
        raise AnnotateError(ErrorCode.INVALID, f"{name}: {messages[0]}", status=400, fields=fields) from error
