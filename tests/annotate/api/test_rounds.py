"""Rounds, runs and models over HTTP."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotate.models import Comparison, ModelVersion, Project, Run, User
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import label, project_prepare, script, work
from tests.conftest import Api

pytestmark = [pytest.mark.usefixtures("fake_engine"), pytest.mark.timeout(90)]


@pytest.fixture
def admin(api: Api, ada: User) -> APIClient:
    return api(ada)


def started(admin: APIClient, project: Project, **settings: Any) -> dict[str, Any]:
    project_prepare(project=project, **settings)
    answer = admin.post(f"/api/projects/{project.pk}/rounds/", {}, format="json")
    assert answer.status_code == 201, answer.json()
    return answer.json()


def finished(admin: APIClient, project: Project, **settings: Any) -> dict[str, Any]:
    round_id = started(admin, project, **settings)["id"]
    work()
    return admin.get(f"/api/rounds/{round_id}/").json()


def test_a_round_is_started_and_shown_step_by_step(admin: APIClient, project: Project) -> None:
    round_ = started(admin, project)
    assert (round_["number"], round_["status"], round_["preferences"]) == (1, "reward_model", 12)
    assert [step["state"] for step in round_["steps"]] == ["done", "active"] + ["pending"] * 6
    assert round_["steps"][1]["run_id"] == Run.objects.get().pk


def test_a_finished_round_shows_gates_and_reports(admin: APIClient, project: Project) -> None:
    round_ = finished(admin, project)
    assert round_["status"] == "done"
    assert round_["gates"]["reward_gate"]["passed"]
    names = [check["name"] for check in round_["gates"]["policy_gate"]["checks"]]
    assert names == ["win_rate", "kl", "length_ratio", "ended_share_drop"]
    assert round_["reports"]["reward_model"]["accuracy"]["value"] == 0.75
    assert len(round_["reports"]["evaluation"]["samples"]) == 3
    assert sorted(round_["reports"]["prompts"].values()) == ["Panel 0?", "Panel 1?", "Panel 2?"]
    assert round_["queued_comparisons"] == 21
    assert all(step["seconds"] is not None for step in round_["steps"] if step["run_id"])


def test_the_list_leaves_the_texts_out_and_labelers_see_only_progress(
    admin: APIClient, project: Project, api: Api, ann: User
) -> None:
    finished(admin, project)
    (full,) = admin.get(f"/api/projects/{project.pk}/rounds/").json()["results"]
    assert full["reports"]["evaluation"]["samples"] == []
    (brief,) = api(ann).get(f"/api/projects/{project.pk}/rounds/").json()["results"]
    assert (brief["number"], brief["status"]) == (1, "done")
    assert (brief["steps"], brief["policy"], brief["preferences"]) == ([], None, None)
    assert brief["reports"] == {"reward_model": None, "evaluation": None, "panel": None, "prompts": {}}


def test_a_list_of_rounds_costs_the_same_whatever_its_length(admin: APIClient, project: Project) -> None:
    first = finished(admin, project)
    with CaptureQueriesContext(connection) as one:
        admin.get(f"/api/projects/{project.pk}/rounds/")
    for comparison in Comparison.objects.filter(round=first["id"], kind="normal"):
        label(comparison=comparison)
    admin.post(f"/api/projects/{project.pk}/rounds/", {}, format="json")
    work()
    with CaptureQueriesContext(connection) as two:
        assert len(admin.get(f"/api/projects/{project.pk}/rounds/").json()["results"]) == 2
    assert len(two) == len(one)


@pytest.mark.parametrize("preferences", [0, 9])
def test_too_few_preferences_are_a_conflict_with_numbers(admin: APIClient, project: Project, preferences: int) -> None:
    project_prepare(project=project, preferences=preferences)
    answer = admin.post(f"/api/projects/{project.pk}/rounds/", {}, format="json")
    assert answer.status_code == 409
    body = answer.json()
    assert (body["code"], body["have"], body["need"]) == ("round/too-few-preferences", preferences, 10)


def test_a_second_start_is_a_conflict_that_names_the_round(admin: APIClient, project: Project) -> None:
    round_ = started(admin, project)
    answer = admin.post(f"/api/projects/{project.pk}/rounds/", {}, format="json")
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["round_id"]) == ("round/already-active", round_["id"])


def test_unknown_fields_in_a_start_are_refused(admin: APIClient, project: Project) -> None:
    answer = admin.post(f"/api/projects/{project.pk}/rounds/", {"trigger": "button"}, format="json")
    assert answer.status_code == 400
    assert "trigger" in answer.json()["fields"]


def test_the_preview_says_what_is_missing_and_what_is_new(admin: APIClient, project: Project) -> None:
    project_prepare(project=project, preferences=4)
    preview = admin.get(f"/api/projects/{project.pk}/rounds/preview/").json()
    assert preview == {
        "can_start": False,
        "reason": "6 more preferences are needed.",
        "preferences": 4,
        "new_since_last": 4,
        "need": 10,
        "card_missing": [],
        "self_labels_stopped": None,
        "estimated_seconds": None,
    }


def test_the_preview_counts_from_the_last_round_and_knows_its_time(admin: APIClient, project: Project) -> None:
    round_ = finished(admin, project)
    label(comparison=Comparison.objects.filter(round=round_["id"], kind="normal")[0])
    preview = admin.get(f"/api/projects/{project.pk}/rounds/preview/").json()
    assert (preview["can_start"], preview["preferences"], preview["new_since_last"]) == (True, 13, 1)
    assert preview["estimated_seconds"] > 0


def test_a_blocked_round_is_let_through_with_a_reason(admin: APIClient, project: Project) -> None:
    blocked = finished(admin, project, gates={"reward_accuracy_above": 0.99})
    assert (blocked["status"], blocked["blocked_at"]) == ("blocked", "reward_gate")
    address = f"/api/rounds/{blocked['id']}/override/"
    short = admin.post(address, {"reason": "please"}, format="json")
    assert short.status_code == 400
    assert "reason" in short.json()["fields"]
    assert admin.post(address, {"reason": "It is only a rehearsal."}, format="json").json()["status"] == "policy"
    again = admin.post(address, {"reason": "It is only a rehearsal."}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "round/wrong-state")


def test_cancel_retry_and_dismiss_answer_with_the_round(admin: APIClient, project: Project) -> None:
    round_ = started(admin, project)
    assert admin.post(f"/api/rounds/{round_['id']}/dismiss/").status_code == 409
    assert admin.post(f"/api/rounds/{round_['id']}/cancel/").json()["status"] == "cancelled"
    assert admin.post(f"/api/rounds/{round_['id']}/retry/").json()["status"] == "reward_model"


def test_a_run_shows_its_job_report_curves_and_log(admin: APIClient, project: Project) -> None:
    round_ = finished(admin, project)
    run_id = round_["steps"][1]["run_id"]
    run = admin.get(f"/api/runs/{run_id}/").json()
    assert (run["kind"], run["status"], run["attempt"], run["round_id"]) == ("reward_model", "done", 1, round_["id"])
    assert run["job"]["backbone"] == "starter-judge"
    assert run["report"]["accuracy"]["n"] == 100
    assert run["snapshot"]["size"] == 12
    assert len(run["input_sha256"]) == 64
    metrics = admin.get(f"/api/runs/{run_id}/metrics/").json()
    assert metrics == {"names": ["train/loss"], "series": {"train/loss": [[1, 1.0]]}}
    log = admin.get(f"/api/runs/{run_id}/log/").json()
    assert [line["message"] for line in log["results"]] == ["attempt 1"]
    after = admin.get(f"/api/runs/{run_id}/log/", {"cursor": log["results"][-1]["id"]}).json()
    assert after["results"] == []


def test_cancelling_a_run_ends_its_round_and_a_final_run_cannot_be(admin: APIClient, project: Project) -> None:
    round_ = started(admin, project)
    run_id = round_["steps"][1]["run_id"]
    assert admin.post(f"/api/runs/{run_id}/cancel/").json()["status"] == "cancelled"
    assert admin.get(f"/api/rounds/{round_['id']}/").json()["status"] == "cancelled"
    again = admin.post(f"/api/runs/{run_id}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "run/not-cancellable")


def test_a_failed_round_says_why(admin: APIClient, project: Project) -> None:
    script(fail={"code": "data", "message": "Found 3 decided preferences, expected 10: label more."})
    round_ = finished(admin, project)
    assert (round_["status"], round_["failure_code"]) == ("failed", "data")
    assert round_["failure_detail"].startswith("Found 3 decided preferences")


def test_models_are_listed_with_their_origin(admin: APIClient, project: Project) -> None:
    round_ = finished(admin, project)
    listed = admin.get(f"/api/projects/{project.pk}/models/", {"kind": "policy"}).json()
    assert [(each["number"], each["status"]) for each in listed["results"]] == [(1, "active"), (0, "retired")]
    new = listed["results"][0]
    assert new["round"] == {"id": round_["id"], "number": 1}
    assert new["parent"]["number"] == 0
    assert new["metrics"]["win_rate"] == 0.8
    assert new["comparisons_open"] == 21
    assert admin.get(f"/api/projects/{project.pk}/models/", {"kind": "hamster"}).status_code == 400


def test_a_models_lineage_goes_from_labels_to_labels(admin: APIClient, project: Project) -> None:
    round_ = finished(admin, project)
    label(comparison=Comparison.objects.filter(round=round_["id"], kind="normal")[0])
    model = admin.get(f"/api/models/{round_['policy']['id']}/").json()
    assert model["card"] == "# A policy\n"
    lineage = model["lineage"]
    assert lineage["snapshot"]["size"] == lineage["labels"] == 12
    assert lineage["reward_model"] == round_["reward_model"]
    assert lineage["policy"] == round_["start_policy"]
    assert (lineage["completions"], lineage["comparisons"], lineage["preferences"]) == (27, 21, 1)
    judge = admin.get(f"/api/models/{round_['reward_model']['id']}/").json()["lineage"]
    assert (judge["policy"], judge["completions"]) == (round_["policy"], 27)


def test_a_rollback_withdraws_unlabelled_pairs_and_a_return_restores_them(admin: APIClient, project: Project) -> None:
    round_ = finished(admin, project)
    labelled = Comparison.objects.filter(round=round_["id"], kind="normal")[0]
    labelled.assignments.update(status="done")
    label(comparison=labelled)
    address = "/api/models/{}/activate/"
    base = admin.post(address.format(round_["start_policy"]["id"]), {"confirm": True}, format="json").json()
    assert base["status"] == "active"
    slots = list(Comparison.objects.filter(round=round_["id"]).values_list("assignments__status", flat=True))
    assert (slots.count("withdrawn"), slots.count("done"), slots.count("open")) == (20, 1, 0)
    again = admin.post(address.format(round_["policy"]["id"]), {"confirm": True}, format="json")
    assert again.status_code == 200
    slots = list(Comparison.objects.filter(round=round_["id"]).values_list("assignments__status", flat=True))
    assert (slots.count("withdrawn"), slots.count("done"), slots.count("open")) == (0, 1, 20)
    assert not Comparison.objects.filter(round=round_["id"]).exclude(withdrawn_at=None).exists()
    twice = admin.post(address.format(round_["policy"]["id"]), {"confirm": True}, format="json")
    assert (twice.status_code, twice.json()["code"]) == (409, "model/not-activatable")


def test_activation_must_be_confirmed(admin: APIClient, project: Project) -> None:
    version = ModelVersion.objects.create(project=project, kind="policy", number=1, source="starter")
    answer = admin.post(f"/api/models/{version.pk}/activate/", {"confirm": False}, format="json")
    assert answer.status_code == 400
    version.refresh_from_db()
    assert version.status == "candidate"


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_a_model_is_downloaded_as_a_tar(admin: APIClient, project: Project, data_dir: Path) -> None:
    round_ = finished(admin, project)
    answer = admin.get(f"/api/models/{round_['policy']['id']}/download/")
    assert answer["Content-Disposition"] == 'attachment; filename="policy-1.tar"'
    with tarfile.open(fileobj=io.BytesIO(b"".join(answer))) as archive:
        assert "policy-1/model.safetensors" in archive.getnames()
        weights = archive.extractfile("policy-1/model.safetensors")
        assert weights is not None
        assert weights.read() == (data_dir / "models" / str(project.pk) / "policy-1/model.safetensors").read_bytes()


def test_a_hub_model_cannot_be_downloaded_here(admin: APIClient, project: Project) -> None:
    version = ModelVersion.objects.create(project=project, kind="policy", number=1, source="someone/model")
    answer = admin.get(f"/api/models/{version.pk}/download/")
    assert (answer.status_code, answer.json()["code"]) == (409, "model/not-on-disk")
