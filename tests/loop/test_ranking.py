"""Rankings with ties go the whole way: asked, stored as shown, trained on pair by pair, and the round finishes."""

import json
import uuid

import pytest

from tests.faults.stage import Stage
from tests.live.client import Json

pytestmark = pytest.mark.loop

RANKED = 3


def dense_ranks(lengths: list[int]) -> list[int]:
    """The shorter, the better; equal lengths tie."""
    return [sorted(set(lengths)).index(length) + 1 for length in lengths]


def test_a_round_trains_on_rankings(stage: Stage) -> None:
    project_id = stage.project(
        form={"mode": "ranking", "ranked": RANKED}, queue={"panel_pairs": 0}, sampling={"samples_per_prompt": 6}
    )
    stage.finish_round(project_id)
    claimed: list[Json] = stage.admin.post(f"projects/{project_id}/claim/", {"count": 10})["assignments"]
    pairs = 0
    for assignment in claimed:
        body = {"client_id": str(uuid.uuid4()), "assignment_id": assignment["id"], "active_ms": 4000}
        lengths = [len(one["text"]) for one in assignment["completions"]]
        if len(lengths) == 2:
            verdict: Json = {"kind": "prefer", "side": "left" if lengths[0] < lengths[1] else "right"}
        else:
            verdict = {"kind": "rank", "ranking": dense_ranks(lengths)}
        stage.admin.post(f"projects/{project_id}/verdicts/", {**body, **verdict})
        pairs += len(lengths) * (len(lengths) - 1) // 2
    assert pairs > len(claimed)  # rankings are among them
    round_id = stage.start_round(project_id)
    assert stage.admin.wait_for_round(round_id, seconds=240)["status"] == "done"
    run = stage.run_of(round_id, "reward_model")
    assert run["report"]["preferences"] == pairs
    exported = stage.admin.get(f"projects/{project_id}/export/", format="trl").splitlines()
    for row in map(json.loads, exported):
        assert len(row["chosen"][-1]["content"]) < len(row["rejected"][-1]["content"])
