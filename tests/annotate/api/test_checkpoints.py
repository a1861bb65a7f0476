"""Paused runs and checkpoints over HTTP: list, compare, check, use, resume, finish, repeat."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotate.jobs import publish
from annotate.models import AuditEvent, ModelVersion, PolicyCheckpoint, Project, Prompt, Run, User
from annotate.selectors.lineage import version_lineage, versions_learned_from
from annotate.selectors.versions import version_read
from annotate.services.checkpoint_checks import checkpoint_check
from annotate.services.run_acts import run_repeat
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import script, work
from tests.annotate.tuning_cast import checkpoint_of, judge, pairs_of, tuned
from tests.conftest import Api
from tests.factories import project_make, prompt_make

pytestmark = [pytest.mark.usefixtures("fake_engine"), pytest.mark.timeout(90)]
REASON = "I have read the samples of it."


@pytest.fixture
def admin(api: Api, ada: User) -> APIClient:
    return api(ada)


def post(admin: APIClient, path: str, body: dict[str, Any] | None = None, *, status: int = 200) -> dict[str, Any]:
    answer = admin.post(f"/api/{path}", body or {}, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_a_runs_checkpoints_are_listed_by_step(admin: APIClient, project: Project, ada: User, data_dir: Path) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    for pair in pairs_of(checkpoint_of(run, 10)):
        judge(pair, tuned_wins=True)
    shutil.rmtree(data_dir / "runs" / str(run.pk) / "policies" / "step-00000005")
    found = admin.get(f"/api/runs/{run.pk}/checkpoints/").json()
    assert found["people"] is None
    rows = found["checkpoints"]
    assert [(row["step"], row["has_weights"], row["queued"], row["rank"]) for row in rows] == [
        (0, False, 0, None),
        (5, False, 0, None),
        (10, True, 2, 1),
    ]
    assert rows[2]["win_rate"]["value"] == 1.0
    assert (found["frontier"]["best"], found["frontier"]["curve"]) == (0, None)
    assert found["frontier"]["best_sqrt_kl"]["value"] == pytest.approx(5.0**0.5)
    assert rows[2]["figures"]["kl"]["value"] == 5.0
    assert rows[2]["figures"]["fired"][0]["explanation"] == "The limit of kl was passed."


def test_listing_checkpoints_takes_the_same_number_of_queries_however_many_there_are(
    admin: APIClient, project: Project, ada: User
) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            admin.get(f"/api/runs/{run.pk}/checkpoints/")
        return len(asked)

    few = queries()
    figures = checkpoint_of(run, 10).figures
    for step in range(15, 60, 5):
        PolicyCheckpoint.objects.create(run=run, step=step, figures={**figures, "step": step})
    assert queries() == few


def test_checkpoints_of_two_seeds_are_compared_on_the_same_prompts(
    admin: APIClient, project: Project, ada: User
) -> None:
    run = tuned(project, ada)
    script(looks=[0, 5, 10])
    repeat = run_repeat(run=run, actor=ada)
    work()
    one, other = checkpoint_of(run, 10), checkpoint_of(repeat, 5)
    found = admin.get(f"/api/projects/{project.pk}/checkpoints/compare/?checkpoints={other.pk},{one.pk}").json()
    assert [(row["id"], row["run_id"], row["step"], row["method"]) for row in found["checkpoints"]] == [
        (other.pk, repeat.pk, 5, "rloo"),
        (one.pk, run.pk, 10, "rloo"),
    ]
    assert found["checkpoints"][0]["seed"] != found["checkpoints"][1]["seed"]
    assert len(found["prompts"]) == 3
    for row in found["prompts"]:
        prompt = Prompt.objects.get(pk=row["prompt_id"])
        assert row["messages"] == prompt.messages
        steps = [5, 10] if prompt.pk % 3 else [0, 0]
        assert [sample["texts"] for sample in row["samples"]] == [[f"Step {s} to {prompt.pk}.\ufffd"] for s in steps]
        assert [sample["reward"] for sample in row["samples"]] == [0.5, 1.0]


@pytest.mark.parametrize("ids", ["", "x", "1,,2", "99999999", ",".join(str(pk) for pk in range(1, 10))])
def test_a_comparison_names_checkpoints_of_its_project(admin: APIClient, project: Project, ada: User, ids: str) -> None:
    answer = admin.get(f"/api/projects/{project.pk}/checkpoints/compare/?checkpoints={ids}")
    assert answer.status_code == 400
    assert "checkpoints" in answer.json()["fields"]


def test_checkpoints_of_another_project_are_unknown(admin: APIClient, project: Project, ada: User) -> None:
    run = tuned(project, ada)
    other = project_make(created_by=ada, name="Other")
    answer = admin.get(f"/api/projects/{other.pk}/checkpoints/compare/?checkpoints={checkpoint_of(run, 5).pk}")
    assert answer.status_code == 400


def test_a_check_is_queued_once(admin: APIClient, project: Project, ada: User) -> None:
    checkpoint = checkpoint_of(tuned(project, ada), 5)
    first = post(admin, f"checkpoints/{checkpoint.pk}/check/")
    assert (first["queued"], first["checked_at"] is None) == (2, False)
    assert post(admin, f"checkpoints/{checkpoint.pk}/check/") == first
    refused = post(admin, f"checkpoints/{checkpoint_of(checkpoint.run, 0).pk}/check/", status=409)
    assert refused["code"] == "checkpoint/nothing-to-check"


def test_a_paused_run_is_resumed_for_a_reason(admin: APIClient, project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    assert "reason" in post(admin, f"runs/{run.pk}/resume/", {"reason": "ok"}, status=400)["fields"]
    shown = post(admin, f"runs/{run.pk}/resume/", {"reason": REASON})
    assert (shown["status"], shown["accepted_rules"], shown["paused_by"]) == ("queued", ["kl"], [])
    again = post(admin, f"runs/{run.pk}/resume/", {"reason": REASON}, status=409)
    assert (again["code"], again["state"]) == ("run/wrong-state", "queued")


def test_a_paused_run_is_finished_with_one_of_its_own_checkpoints(
    admin: APIClient, project: Project, ada: User
) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    body = {"checkpoint": checkpoint_of(run, 5).pk, "reason": REASON}
    unknown = post(admin, f"runs/{run.pk}/finish/", {**body, "checkpoint": 2**40}, status=400)
    assert "checkpoint" in unknown["fields"]
    assert post(admin, f"runs/{run.pk}/finish/", body)["finish_step"] == 5
    work()
    assert admin.get(f"/api/runs/{run.pk}/").json()["status"] == "done"


def test_a_finished_run_is_repeated_with_another_seed(admin: APIClient, project: Project, ada: User) -> None:
    run = tuned(project, ada)
    repeat = post(admin, f"runs/{run.pk}/repeat/", {"seed": 5}, status=201)
    assert (repeat["seed"], repeat["status"], repeat["repeats"]["id"]) == (5, "queued", run.pk)
    assert "seed" in post(admin, f"runs/{run.pk}/repeat/", {"seed": 5}, status=400)["fields"]
    for unusable in (-1, 2**53):
        assert "seed" in post(admin, f"runs/{run.pk}/repeat/", {"seed": unusable}, status=400)["fields"]
    assert post(admin, f"runs/{run.pk}/repeat/", status=201)["seed"] not in (5, run.seed)


def test_a_checkpoint_of_an_ended_run_becomes_a_candidate_once(
    admin: APIClient, project: Project, ada: User, data_dir: Path
) -> None:
    run = tuned(project, ada)
    checkpoint = checkpoint_of(run, 5)
    checkpoint_check(checkpoint=checkpoint, actor=ada)
    for pair in pairs_of(checkpoint):
        judge(pair, tuned_wins=True)
    made = post(admin, f"checkpoints/{checkpoint.pk}/use/")
    assert post(admin, f"checkpoints/{checkpoint.pk}/use/")["id"] == made["id"]
    version = ModelVersion.objects.get(pk=made["id"])
    assert (version.kind, version.status, version.number, version.run) == ("policy", "candidate", 2, None)
    assert (data_dir / version.source / "model.safetensors").read_bytes() == b"weights at 5"
    assert version.parent == run.round.start_policy
    assert made["checkpoint"] == {"id": checkpoint.pk, "run_id": run.pk, "step": 5}
    assert (made["run_id"], made["round"]["id"]) == (None, run.round_id)
    assert made["metrics"]["people_win_rate"] == 1.0
    assert made["metrics"]["kl"] == 2.5
    assert "| steps | 5 of 30 |" in made["card"]
    assert "100% (34% to 100%) of 2 verdicts" in made["card"]
    assert AuditEvent.objects.get(action="checkpoint.use").data == {"run": run.pk, "step": 5}
    rows = admin.get(f"/api/runs/{run.pk}/checkpoints/").json()["checkpoints"]
    assert rows[1]["model_version"] == {"id": version.pk, "number": 2}


def test_weights_that_nobody_touched_since_the_engine_hashed_them_are_not_read_again_to_use_them(
    admin: APIClient, project: Project, ada: User, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tuned(project, ada)
    read: list[Path] = []
    monkeypatch.setattr(publish, "verify_directory", read.append)
    for step, seconds in ((5, -60), (10, 60)):
        place = data_dir / "runs" / str(run.pk) / "policies" / f"step-{step:08d}"
        hashed_at = (place / "manifest.json").stat().st_mtime
        for name in ("config.json", "model.safetensors"):
            os.utime(place / name, (hashed_at + seconds, hashed_at + seconds))
        post(admin, f"checkpoints/{checkpoint_of(run, step).pk}/use/")
    assert [path.name for path in read] == ["step-00000010"]


def test_a_verdict_on_a_checkpoint_names_it_in_the_list_and_in_the_export(
    admin: APIClient, project: Project, ada: User
) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    checkpoint = checkpoint_of(run, 10)
    for pair in pairs_of(checkpoint):
        judge(pair, tuned_wins=True)
    path = f"/api/projects/{project.pk}/preferences/?limit=1"
    with CaptureQueriesContext(connection) as asked:
        (row,) = admin.get(path).json()["results"]
    assert not any('"samples"' in query["sql"] for query in asked)
    of_tuned, before = (row["completion_a"], row["completion_b"])[:: 1 if row["winner"] == "a" else -1]
    assert of_tuned["checkpoint"] == {"id": checkpoint.pk, "run_id": run.pk, "step": 10}
    assert before["checkpoint"] == {"id": checkpoint_of(run, 0).pk, "run_id": run.pk, "step": 0}
    assert of_tuned["policy_number"] is before["policy_number"] is None
    exported = b"".join(admin.get(f"/api/projects/{project.pk}/export/?format=full")).splitlines()
    given = {each["preference"]: each for each in map(json.loads, exported)}
    written = given[row["id"]]["completions"]
    assert {(each["policy"], each["run"], each["step"]) for each in written} == {(None, run.pk, 0), (None, run.pk, 10)}
    others = [each for line in given.values() if line["comparison_kind"] != "panel" for each in line["completions"]]
    assert {(each["run"], each["step"]) for each in others} == {(None, None)}


def test_a_policy_from_a_checkpoint_has_a_lineage_and_is_put_to_use_like_any_other(
    admin: APIClient, project: Project, ada: User
) -> None:
    run = tuned(project, ada)
    made = post(admin, f"checkpoints/{checkpoint_of(run, 10).pk}/use/")
    version = ModelVersion.objects.get(pk=made["id"])
    lineage = version_lineage(version=version)
    assert (lineage.labels, lineage.snapshot.id if lineage.snapshot else None) == (12, run.snapshot_id)
    assert lineage.reward_model is not None
    assert lineage.policy is not None
    assert lineage.policy.number == 0
    learned = versions_learned_from(project_id=project.pk, snapshot_ids=[run.snapshot_id or 0])
    assert version in learned
    shown = post(admin, f"models/{version.pk}/activate/", {"confirm": True})
    assert shown["status"] == "active"
    prompt_make(project=project, text="One more?")
    listed = admin.get(f"/api/projects/{project.pk}/models/").json()["results"]
    assert listed[0]["checkpoint"]["step"] == 10
    assert version_read(version).status == "active"


def test_a_checkpoint_without_files_or_of_a_run_at_work_cannot_be_used(
    admin: APIClient, project: Project, ada: User, data_dir: Path
) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    checkpoint = checkpoint_of(run, 10)
    assert post(admin, f"checkpoints/{checkpoint.pk}/use/", status=409)["code"] == "run/wrong-state"
    Run.objects.filter(pk=run.pk).update(status="cancelled")
    place = data_dir / "runs" / str(run.pk) / "policies" / "step-00000010"
    (place / "model.safetensors").write_bytes(b"flipped")
    damaged = post(admin, f"checkpoints/{checkpoint.pk}/use/", status=409)
    assert damaged["code"] == "checkpoint/not-on-disk"
    assert "damaged" in damaged["detail"]
    shutil.rmtree(place)
    for step in (0, 10):
        gone = post(admin, f"checkpoints/{checkpoint_of(run, step).pk}/use/", status=409)
        assert gone["code"] == "checkpoint/not-on-disk"
    assert ModelVersion.objects.filter(project=project, kind="policy").count() == 1
