"""The committed schema is what the site serves; the front end's types are generated from it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "frontend" / "openapi.json"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Made afresh; a warning of the generator fails."""
    file = tmp_path_factory.mktemp("schema") / "openapi.json"
    call_command(
        "spectacular", format="openapi-json", file=str(file), validate=True, fail_on_warn=True, skip_checks=True
    )
    made: dict[str, Any] = json.loads(file.read_text())
    return made


def test_the_committed_schema_is_the_one_that_is_served(schema: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text()) == schema, (
        "The API changed. Run: python manage.py spectacular --format openapi-json --file frontend/openapi.json"
        " and then `npm run types` in frontend/."
    )


def test_the_schema_is_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.0"


def test_every_answer_has_a_known_shape(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                for media, content in response.get("content", {}).items():
                    shape = content["schema"]
                    assert "$ref" in shape or shape.get("type") == "string", f"{method} {path} {status} {media}"


def test_every_operation_is_named_and_described(schema: dict[str, Any]) -> None:
    names = []
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            assert operation.get("description"), f"{method} {path}"
    assert len(names) == len(set(names))
