"""Cards over HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from annotate.models import ModelCard, ModelVersion, Project, User
from tests.conftest import Api
from tests.factories import CARD


@pytest.fixture
def admin(api: Api, ada: User) -> APIClient:
    return api(ada)


@pytest.fixture
def model(project: Project) -> ModelVersion:
    ModelCard.objects.all().delete()
    return ModelVersion.objects.create(project=project, kind="reward_model", number=1, source="models/x")


def publish(client: APIClient, model: ModelVersion, **body: Any) -> Any:
    return client.post(f"/api/models/{model.pk}/card/", {"statement": CARD.model_dump(), **body}, format="json")


def test_a_card_is_read_with_its_gaps_and_published(admin: APIClient, model: ModelVersion) -> None:
    empty = admin.get(f"/api/models/{model.pk}/card/").json()
    assert (empty["number"], empty["created_by"], len(empty["missing"])) == (0, None, 8)
    assert [f["name"] for f in empty["fields"] if f["mandatory"]] == empty["missing"]
    answer = publish(admin, model, note="First.")
    assert answer.status_code == 201
    assert (answer.json()["number"], answer.json()["created_by"], answer.json()["missing"]) == (1, "ada", [])
    assert not answer.json()["of_project"]
    versions = admin.get(f"/api/models/{model.pk}/card/versions/").json()["results"]
    assert [(v["number"], v["note"]) for v in versions] == [(1, "First.")]


def test_a_card_can_speak_for_the_project_too(admin: APIClient, model: ModelVersion, project: Project) -> None:
    publish(admin, model, for_project=True)
    said = admin.get(f"/api/projects/{project.pk}/card/").json()
    assert (said["statement"]["purpose"], said["of_project"]) == (CARD.purpose, True)
    preview = admin.get(f"/api/projects/{project.pk}/rounds/preview/").json()
    assert preview["card_missing"] == []


def test_the_preview_of_a_round_names_what_no_card_says(admin: APIClient, model: ModelVersion) -> None:
    preview = admin.get(f"/api/projects/{model.project_id}/rounds/preview/").json()
    assert preview["card_missing"][:3] == ["Purpose", "Declared values", "Who labeled"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"statement": {"purpos": "x"}}, "statement.purpos"),
        ({"statement": {"pay": 3}}, "statement.pay"),
        ({"statement": {"pay": "x" * 4001}}, "statement.pay"),
        ({"statement": None}, "statement"),
    ],
)
def test_a_wrong_statement_is_refused_by_field(
    admin: APIClient, model: ModelVersion, body: dict[str, Any], field: str
) -> None:
    answer = publish(admin, model, **body)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not ModelCard.objects.exists()


def test_a_policy_has_no_card(admin: APIClient, project: Project) -> None:
    policy = ModelVersion.objects.get(project=project, kind="policy")
    assert admin.get(f"/api/models/{policy.pk}/card/").status_code == 404


def test_two_cards_of_one_project_are_compared(admin: APIClient, model: ModelVersion, project: Project) -> None:
    other = ModelVersion.objects.create(project=project, kind="reward_model", number=2, source="models/y")
    publish(admin, model)
    found = admin.get(f"/api/models/{model.pk}/card/comparison/", {"other": other.pk}).json()
    assert (found["before_number"], found["after_number"]) == (2, 1)
    assert {"section": "Statement", "label": "Pay", "before": "", "after": CARD.pay} in found["differences"]
    assert admin.get(f"/api/models/{model.pk}/card/comparison/", {"other": 10**6}).status_code == 400


def test_the_card_is_downloaded_as_a_document(admin: APIClient, model: ModelVersion) -> None:
    answer = admin.get(f"/api/models/{model.pk}/card/document/")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert "reward-model-1-card.md" in answer["Content-Disposition"]
    assert "*missing*" in answer.content.decode()


def test_labelers_read_the_projects_statement_and_cannot_write_it(api: Api, ann: User, project: Project) -> None:
    address = f"/api/projects/{project.pk}/card/"
    assert api(ann).get(address).json()["statement"]["appeal"] == CARD.appeal
    assert api(ann).post(address, {"statement": CARD.model_dump()}, format="json").status_code == 403
