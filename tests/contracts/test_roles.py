"""Every address and method against every kind of caller, found by walking the URL resolver."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from annotate.api.permissions import ACCESS, Access
from annotate.models import Membership, ModelVersion, PolicyCheckpoint, Project, Role, Round, Run, User
from annotate.services.invites import invite_create
from rlhf_backend.config import PolicyJob, SamplingConfig, SamplingJob
from rlhf_backend.policy_config import PolicyConfig
from tests.annotate.reports import checkpoint_figures
from tests.conftest import Api
from tests.factories import project_make, queue_make, user_make

CALLERS = ("anonymous", "outsider", "labeler", "reviewer", "project admin", "site admin")
METHODS = ("get", "post", "put", "patch", "delete")
ALLOWED: dict[Access, tuple[bool, bool, bool, bool, bool, bool]] = {
    Access.PUBLIC: (True, True, True, True, True, True),
    Access.PERSON: (False, True, True, True, True, True),
    Access.LABELER: (False, False, True, True, True, True),
    Access.REVIEWER: (False, False, False, True, True, True),
    Access.ADMIN: (False, False, False, False, True, True),
    Access.SITE_ADMIN: (False, False, False, False, False, True),
}
"""May each caller, in the order of CALLERS?"""

WITHIN_PROJECT = (Access.LABELER, Access.REVIEWER, Access.ADMIN)
SITE_PAGES = {"no_such_address", "no_such_file", "single_page"}


@dataclass(frozen=True)
class Endpoint:
    route: str
    name: str
    view: Any


def _endpoints(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[Endpoint]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _endpoints(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield Endpoint(prefix + str(pattern.pattern), pattern.name or "", pattern.callback)


ENDPOINTS = [
    endpoint
    for endpoint in _endpoints(get_resolver("annotate.config.urls").url_patterns)
    if getattr(endpoint.view, "__name__", "") not in SITE_PAGES
]


def _methods(endpoint: Endpoint) -> set[str]:
    """The methods that have a handler; a plain function answers what its row in the table says."""
    view = getattr(endpoint.view, "view_class", None)
    if view is None:
        return {method.lower() for method in ACCESS[endpoint.name]}
    return {method for method in METHODS if hasattr(view, method)}


CASES = [
    (endpoint, method, caller)
    for endpoint in ENDPOINTS
    if endpoint.name in ACCESS
    for method in sorted(_methods(endpoint))
    if method.upper() in ACCESS[endpoint.name]
    for caller in range(len(CALLERS))
]


def test_every_address_below_api_has_a_row_in_the_table() -> None:
    assert {endpoint.name for endpoint in ENDPOINTS} == set(ACCESS)
    assert all(endpoint.route.startswith("api/") for endpoint in ENDPOINTS)


def test_every_handler_has_a_row_for_its_method() -> None:
    for endpoint in ENDPOINTS:
        assert _methods(endpoint) == {method.lower() for method in ACCESS[endpoint.name]}, endpoint.route


@pytest.fixture
def callers(project: Project, ada: User, ann: User, eve: User) -> tuple[User | None, ...]:
    kim, rae = user_make("kim"), user_make("rae")
    Membership.objects.create(project=project, user=kim, role=Role.ADMIN)
    Membership.objects.create(project=project, user=rae, role=Role.REVIEWER)
    # The site admin must be let in without being a member.
    Membership.objects.filter(project=project, user=ada).delete()
    return (None, eve, ann, rae, kim, ada)


@pytest.fixture
def address(project: Project, ada: User) -> dict[str, object]:
    policy = ModelVersion.objects.get(project=project)
    round_ = Round.objects.create(project=project, number=0, status="done", trigger="bootstrap", start_policy=policy)
    job = SamplingJob(config=SamplingConfig(), policy="starter").model_dump(mode="json")
    run = Run.objects.create(project=project, round=round_, kind="sampling", status="done", job=job)
    tuning = PolicyJob(config=PolicyConfig(), policy="starter", reference="starter").model_dump(mode="json")
    tuned = Run.objects.create(project=project, round=round_, kind="policy", status="done", job=tuning)
    checkpoint = PolicyCheckpoint.objects.create(run=tuned, step=5, figures=checkpoint_figures(step=5))
    invite = invite_create(project=project, actor=ada, role=Role.LABELER, max_uses=5, days=1)
    return {
        "<int:project_id>": project.pk,
        "<int:round_id>": round_.pk,
        "<int:run_id>": run.pk,
        "<int:model_id>": policy.pk,
        "<int:checkpoint_id>": checkpoint.pk,
        "<str:secret>": invite.secret,
    }


@pytest.mark.parametrize(
    ("endpoint", "method", "caller"),
    [
        pytest.param(
            *case,
            id=f"{case[1]} {case[0].route} as {CALLERS[case[2]]}",
            # An asynchronous view reads in threads of its own, which see only what is committed.
            marks=[] if hasattr(case[0].view, "view_class") else [pytest.mark.django_db(transaction=True)],
        )
        for case in CASES
    ],
)
def test_an_endpoint_lets_in_who_may_and_nobody_else(
    endpoint: Endpoint,
    method: str,
    caller: int,
    callers: tuple[User | None, ...],
    address: dict[str, object],
    api: Api,
) -> None:
    path = "/" + endpoint.route
    for place, value in address.items():
        path = path.replace(place, str(value))
    path = re.sub(r"<int:\w+>", "0", path)  # rows within a project: that none has this id is no matter of roles
    response = getattr(api(callers[caller]), method)(path)
    status = response.status_code
    within_project = ACCESS[endpoint.name][method.upper()] in WITHIN_PROJECT
    refused = status in (401, 403) or (status == 404 and within_project and _no_such_project(response, endpoint))
    allowed = ALLOWED[ACCESS[endpoint.name][method.upper()]][caller]
    assert refused is not allowed, f"{status} {getattr(response, 'data', '')}"
    if not allowed:
        expected = 401 if caller == 0 else 404 if caller == 1 and "_id>" in endpoint.route else 403
        assert status == expected
    assert status < 500


def _no_such_project(response: Any, endpoint: Endpoint) -> bool:
    """An outsider hears that the project, run, model, … does not exist, not that it is closed to them."""
    detail = response.json()["detail"]
    return detail in {f"No such {what}." for what in ("project", endpoint.name.split("-")[0])}


def test_an_address_without_a_row_is_shut(
    project: Project, ada: User, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ACCESS, "project-queue")
    assert api(ada).get(f"/api/projects/{project.pk}/queue/").status_code == 403


def test_a_method_without_a_row_is_shut(project: Project, ada: User, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACCESS, "project", {"GET": Access.LABELER})
    assert api(ada).patch(f"/api/projects/{project.pk}/", {"name": "Mine"}).status_code == 403
    project.refresh_from_db()
    assert project.name == "Tone"


def test_a_method_that_no_handler_has_is_named_as_such(project: Project, ada: User, api: Api) -> None:
    response = api(ada).put(f"/api/projects/{project.pk}/", {})
    assert (response.status_code, response.data["code"]) == (405, "request/method-not-allowed")


def test_members_of_one_project_see_nothing_of_another(project: Project, ada: User, ann: User, api: Api) -> None:
    other = Project.objects.create(name="Other", base_policy="starter", reward_backbone="starter-judge", created_by=ada)
    assert api(ann).get(f"/api/projects/{other.pk}/").status_code == 404
    assert api(ann).post(f"/api/projects/{other.pk}/claim/", {"count": 1}).status_code == 404
    listed = api(ann).get("/api/projects/").data["results"]
    assert [row["id"] for row in listed] == [project.pk]


def test_an_assignment_of_another_project_does_not_exist(project: Project, ada: User, ann: User, api: Api) -> None:
    other = project_make(created_by=ada, name="Other")
    slot = queue_make(project=other, comparisons=1)[0].assignments.get()
    body = {"client_id": str(uuid.uuid4()), "assignment_id": slot.pk}
    base = f"/api/projects/{project.pk}"
    assert api(ann).post(f"{base}/verdicts/", {**body, "kind": "tie"}).status_code == 404
    assert api(ann).post(f"{base}/skips/", body).status_code == 404
    assert api(ann).post(f"{base}/undo/", {"assignment_id": slot.pk}).status_code == 404
