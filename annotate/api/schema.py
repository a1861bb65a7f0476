"""How pydantic models appear in the OpenAPI schema: requests as what is accepted, answers as what is sent."""

from typing import Any

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.drainage import set_override
from drf_spectacular.plumbing import ResolvedComponent
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import JsonSchemaMode

from annotate.errors import ErrorCode


class ModelSchema(PydanticExtension):  # type: ignore[no-untyped-call]
    """In a request a field with a default may be left out; in an answer it is always there."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1
    target: type[BaseModel]

    def get_name(self, auto_schema: Any, direction: str) -> str:
        set_override(self.target, "suppress_collision_warning", True)
        return _name(self.target)

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        mode: JsonSchemaMode = "validation" if direction == "request" else "serialization"
        suffix = "Request" if direction == "request" else ""
        schema = self.target.model_json_schema(ref_template="#/components/schemas/{model}" + suffix, mode=mode)
        for name, part in schema.pop("$defs", {}).items():
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                name=name + suffix, type=ResolvedComponent.SCHEMA, object=name + suffix, schema=_untitled(part)
            )
            auto_schema.registry.register_on_missing(component)
        return _untitled(schema)


class Problem(BaseModel):
    """What went wrong (RFC 9457); some codes add facts of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: ErrorCode
    detail: str
    fields: dict[str, list[str]] | None = Field(None, description="Field of the request → what is wrong with it.")


def problems_described(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The schema with the problem that any operation may answer with."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = {**schema.pop("$defs"), "Problem": schema}
    result["components"]["schemas"].update({name: _untitled(part) for name, part in parts.items()})
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"content": content, "description": "A problem."}
    return result


def _name(model: type[BaseModel]) -> str:
    """`Page[PromptOut]` → `PromptOutPage`."""
    generic = model.__pydantic_generic_metadata__
    if generic["origin"] is not None:
        return "".join(_name(argument) for argument in generic["args"]) + generic["origin"].__name__
    return model.__name__


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles that only repeat a field's name; the name is the key."""
    properties = {
        name: {key: value for key, value in field.items() if key != "title"}
        for name, field in schema.get("properties", {}).items()
    }
    kept = {key: value for key, value in schema.items() if key != "title"}
    return {**kept, "properties": properties} if properties else kept
