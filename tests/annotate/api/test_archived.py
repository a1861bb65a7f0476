"""What an archived project still takes: every write address is tried."""

import re

import pytest
from django.utils import timezone

from annotate.api.permissions import ACCESS
from annotate.models import Project, Run, User
from tests.conftest import Api
from tests.contracts.test_roles import ENDPOINTS, WITHIN_PROJECT, Endpoint
from tests.contracts.test_roles import address as address

WRITES = [
    (endpoint, method)
    for endpoint in ENDPOINTS
    for method, access in ACCESS[endpoint.name].items()
    if method != "GET" and access in WITHIN_PROJECT
]
REFUSED = {
    "project-guidelines", "project-forms", "project-principles", "project-prompts", "project-prompt", "project-imports",
    "project-queue-priority", "project-gold", "project-gold-import", "project-gold-pair", "project-chats",
    "project-chat-turns", "project-chat-turn-retry", "project-rounds", "round-override", "round-retry", "round-promote",
    "run-resume", "run-finish", "run-repeat", "checkpoint-check", "checkpoint-use", "model-activate",
}  # fmt: skip
"""They start work, change the queue, or change what is asked or trained on."""
TAKEN = {
    "project", "project-claim", "project-verdicts", "project-skips", "project-undo", "project-heartbeat",
    "project-release", "project-guidelines-seen", "project-chat-end", "round-cancel", "round-dismiss", "run-cancel",
    "project-member", "project-member-pause", "project-member-resume", "project-flag-close", "project-invites",
    "project-invite", "project-review-comparison", "project-exclusions", "project-exclusion-lift", "project-card",
    "model-card", "project-exclusions-preview", "project-principles-preview",
}  # fmt: skip


@pytest.fixture(autouse=True)
def archived_project(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())


def test_each_address_that_writes_within_a_project_is_decided_upon() -> None:
    assert REFUSED.isdisjoint(TAKEN)
    assert {endpoint.name for endpoint, _ in WRITES} == REFUSED | TAKEN


@pytest.mark.parametrize(
    ("endpoint", "method"), [pytest.param(*write, id=f"{write[1]} {write[0].name}") for write in WRITES]
)
def test_an_archived_project_refuses_what_starts_work_and_nothing_else(
    endpoint: Endpoint, method: str, address: dict[str, object], api: Api, ada: User
) -> None:
    runs = Run.objects.count()
    path = "/" + endpoint.route
    for place, value in address.items():
        path = path.replace(place, str(value))
    answer = getattr(api(ada), method.lower())(re.sub(r"<int:\w+>", "0", path), {}, format="json")
    code = answer.json().get("code") if answer.content else None
    assert (code == "project/archived") is (endpoint.name in REFUSED), answer.content
    if endpoint.name in REFUSED:
        assert (answer.status_code, Run.objects.count()) == (409, runs)
        assert "take it out of the archive first" in answer.json()["detail"]


def test_who_may_not_act_hears_that_and_not_of_the_archive(api: Api, ann: User, project: Project) -> None:
    answer = api(ann).post(f"/api/projects/{project.pk}/rounds/", {}, format="json")
    assert (answer.status_code, answer.data["code"]) == (403, "auth/forbidden")


def test_an_archived_project_is_read_exported_and_taken_out_again(api: Api, ada: User, project: Project) -> None:
    admin, base = api(ada), f"/api/projects/{project.pk}"
    assert admin.get(f"{base}/export/").status_code == 200
    assert admin.get(f"{base}/queue/").status_code == 200
    settings = admin.get(f"{base}/").data["settings"]
    refused = admin.patch(f"{base}/", {"settings": settings}, format="json")
    assert (refused.status_code, refused.data["code"]) == (409, "project/archived")
    assert admin.patch(f"{base}/", {"name": "Kept"}, format="json").data["name"] == "Kept"
    reopened = admin.patch(f"{base}/", {"archived": False, "settings": settings}, format="json")
    assert (reopened.status_code, reopened.data["archived_at"]) == (200, None)
    assert admin.post(f"{base}/rounds/", {}, format="json").data["code"] == "round/too-few-preferences"
