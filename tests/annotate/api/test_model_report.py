"""The report of a reward model over HTTP."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotate.models import ModelVersion, Project, Round, Run, User
from tests.annotate.reports import interval, reward_model_report
from tests.annotate.review_cast import reviewer_make, reward_model_make
from tests.conftest import Api


def measured(project: Project, report: dict[str, Any] | None) -> str:
    """Where the report of a reward model stands whose run left `report`."""
    policy = ModelVersion.objects.get(project=project, kind="policy")
    round_ = Round.objects.create(project=project, number=1, status="done", trigger="button", start_policy=policy)
    model = reward_model_make(project)
    model.run = Run.objects.create(project=project, round=round_, kind="reward_model", status="done", report=report)
    model.save()
    return f"/api/models/{model.pk}/report/"


def test_a_report_is_what_the_run_measured(api: Api, project: Project, ada: User) -> None:
    report = reward_model_report(accuracy=0.8).model_copy(update={"ceiling": interval(0.9)}).model_dump(mode="json")
    answer = api(ada).get(measured(project, report))
    assert answer.status_code == 200
    assert answer.json() == report
    assert answer.json()["ceiling"]["value"] == 0.9


def test_a_report_of_an_earlier_release_has_empty_sections(api: Api, project: Project, ada: User) -> None:
    report = reward_model_report().model_dump(mode="json")
    sections = ("ceiling", "slices", "probes", "learning_curve", "temperature", "self_labels")
    old = {name: value for name, value in report.items() if name not in sections}
    found = api(ada).get(measured(project, old)).json()
    assert [found[name] for name in sections] == [None, [], [], None, 1.0, None]


@pytest.mark.parametrize(
    ("kind", "says"), [("policy", "Policy 1 is a policy"), ("reward_model", "was not made by a run of this site")]
)
def test_a_version_without_a_report_says_why(api: Api, project: Project, ada: User, kind: str, says: str) -> None:
    version = ModelVersion.objects.create(project=project, kind=kind, number=1, source="starter")
    answer = api(ada).get(f"/api/models/{version.pk}/report/")
    assert (answer.status_code, answer.json()["code"]) == (404, "request/not-found")
    assert says in answer.json()["detail"]


def test_a_run_that_left_no_report_has_none(api: Api, project: Project, ada: User) -> None:
    assert api(ada).get(measured(project, None)).status_code == 404


def test_only_admins_of_the_project_read_it(api: Api, project: Project, ann: User, eve: User) -> None:
    path = measured(project, reward_model_report().model_dump(mode="json"))
    callers = (None, eve, ann, reviewer_make(project))
    assert [api(caller).get(path).status_code for caller in callers] == [401, 404, 403, 403]
    assert api(ann).post(path).status_code in (403, 405)


def test_a_report_takes_one_statement_beside_session_person_and_role(api: Api, project: Project, ada: User) -> None:
    path = measured(project, reward_model_report().model_dump(mode="json"))
    client = api(ada)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    assert len(queries) == 4
