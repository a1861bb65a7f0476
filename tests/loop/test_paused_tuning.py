"""A rule pauses tuning, people judge the checkpoint, an admin ends it or lets it go on, and the loop closes."""

import pytest

from tests.faults.stage import Stage
from tests.live.client import Client, Json, wait_for

pytestmark = pytest.mark.loop

REASON = "I have read the samples of this checkpoint."
TIGHT: Json = {
    "pause": True,
    "preflight": False,
    "every": 2,
    "check_pairs": 2,
    "kl_above": 1e-6,
    # Only the KL is to fire.
    "length_ratio": 1e6,
    "perplexity_ratio": 1e-6,
    "diversity_drop": 1.0,
    "refusal_rise": 1.0,
    "outside_above": 1.0,
}
POLICY: Json = {"steps": 4, "prompts_per_step": 2, "samples_per_prompt": 2, "max_new_tokens": 16, "learning_rate": 1e-2}


def paused(stage: Stage, run_id: int) -> Json:
    def probe() -> Json | None:
        run: Json = stage.admin.get(f"runs/{run_id}/")
        assert run["status"] in ("queued", "running", "paused"), run["failure_detail"]
        return run if run["status"] == "paused" else None

    return wait_for(probe, what=f"the pause of run {run_id}", seconds=240)


def done(stage: Stage, run_id: int) -> Json:
    def probe() -> Json | None:
        run: Json = stage.admin.get(f"runs/{run_id}/")
        assert run["status"] in ("queued", "running", "done"), run["failure_detail"]
        return run if run["status"] == "done" else None

    return wait_for(probe, what=f"the end of run {run_id}", seconds=240)


def checkpoints(stage: Stage, run_id: int) -> list[Json]:
    found: list[Json] = stage.admin.get(f"runs/{run_id}/checkpoints/")["checkpoints"]
    return found


def judge_for_the_longer(labeler: Client, project_id: int, count: int) -> list[str]:
    """Verdicts on the next `count` comparisons; their prompts."""
    prompts = []
    for slot in labeler.post(f"projects/{project_id}/claim/", {"count": count})["assignments"]:
        longer = len(slot["left"]["text"]) > len(slot["right"]["text"])
        side = "left" if longer else "right"
        body = {"client_id": slot_id(slot["id"]), "assignment_id": slot["id"], "kind": "prefer", "strength": 2}
        labeler.post(f"projects/{project_id}/verdicts/", {**body, "side": side, "active_ms": 900})
        prompts.append(slot["prompt"][-1]["content"])
    return prompts


def slot_id(assignment_id: int) -> str:
    return f"00000000-0000-4000-8000-{assignment_id:012d}"


def test_a_pause_is_checked_by_people_and_ended_by_an_admin(stage: Stage) -> None:
    project_id = stage.labelled_project(policy=POLICY, monitor=TIGHT)
    labeler = stage.admin.invite_labeler(project_id, "checker")
    round_id = stage.start_round(project_id)
    run = paused(stage, stage.run_of(round_id, "policy")["id"])
    assert [rule["rule"] for rule in run["paused_by"]] == ["kl"]
    round_ = stage.admin.get(f"rounds/{round_id}/")
    step = next(step for step in round_["steps"] if step["name"] == "policy")
    assert (round_["status"], step["paused_by"]) == ("policy", run["paused_by"])

    before, *_, after = checkpoints(stage, run["id"])
    assert (before["step"], after["queued"]) == (0, 2)
    assert [rule["rule"] for rule in after["figures"]["fired"]] == ["kl"]
    assert after["figures"]["kl"]["value"] > 0
    panel = {"Tell me a tiny story about a fox.", "Plan a rainy evening for my roommate."}
    assert set(judge_for_the_longer(labeler, project_id, 2)) == panel
    judged = checkpoints(stage, run["id"])[-1]
    assert (judged["verdicts"], judged["rank"]) == (2, 1)
    assert judged["win_rate"]["low"] < judged["win_rate"]["high"]

    stage.admin.post(f"runs/{run['id']}/finish/", {"checkpoint": judged["id"], "reason": REASON})
    finished = done(stage, run["id"])
    assert finished["report"]["finished_at"] == judged["step"]
    made = stage.directory(run["id"])
    kept = made / "policies" / f"step-{judged['step']:08d}"
    weights = [made / "model" / "model.safetensors", kept / "model.safetensors"]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert stage.admin.wait_for_round(round_id)["status"] == "done"

    repeat_resumed_and_used(stage, project_id, run["id"])


def repeat_resumed_and_used(stage: Stage, project_id: int, run_id: int) -> None:
    """Another seed is paused as well, resumed to its end, compared, and its last checkpoint becomes a candidate."""
    repeat = paused(stage, stage.admin.post(f"runs/{run_id}/repeat/")["id"])
    stage.admin.post(f"runs/{repeat['id']}/resume/", {"reason": REASON})
    assert done(stage, repeat["id"])["accepted_rules"] == ["kl"]
    *_, last = checkpoints(stage, repeat["id"])
    assert (last["step"], last["has_weights"]) == (4, True)
    first = checkpoints(stage, run_id)[1]
    ids = f"{first['id']},{last['id']}"
    beside = stage.admin.get(f"projects/{project_id}/checkpoints/compare/", checkpoints=ids)
    assert [row["run_id"] for row in beside["checkpoints"]] == [run_id, repeat["id"]]
    assert len(beside["prompts"]) == 2
    policy = stage.admin.post(f"checkpoints/{last['id']}/use/")
    assert (policy["kind"], policy["status"], policy["checkpoint"]["step"]) == ("policy", "candidate", 4)
    active = stage.admin.post(f"models/{policy['id']}/activate/", {"confirm": True})
    assert active["status"] == "active"
