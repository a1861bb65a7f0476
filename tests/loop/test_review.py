"""From a disagreement to training and back: decisions reach the reward model, and labelers hear what theirs did.

Real web server, real workers, real training; two labelers of opposite taste.
"""

import numpy as np
import pytest

from benchmarks.loop_offline import STARTER
from rlhf_backend.simulation.annotators import PRESETS
from rlhf_backend.simulation.gold import TASTES, gold_reward
from tests.live.client import CARD, Client, Json, wait_for
from tests.live.labelers import Labeler
from tests.live.site import LiveSite

pytestmark = pytest.mark.loop

PAIRS = 40
REASON = "Judges by the opposite of the guidelines."


def project_create(admin: Client) -> int:
    """A project whose pairs are each judged twice, and whose rounds are short."""
    rows = (STARTER / "demo_prompts.jsonl").read_text("utf-8").splitlines()
    prompts = [r for r in rows if '"train"' in r][: PAIRS + 4] + [r for r in rows if '"panel"' in r][:4]
    settings = admin.get("projects/defaults/")["settings"]
    settings["queue"] |= {"pairs_per_round": PAIRS, "panel_pairs": 0, "overlap": 2}
    settings["sampling"] |= {"samples_per_prompt": 2}
    settings["policy"] |= {"steps": 1, "prompts_per_step": 4, "samples_per_prompt": 2}
    settings["gates"] |= {"reward_accuracy_above": 0, "win_rate_above": 0}
    made = admin.post(
        "projects/",
        {
            "name": "Review",
            "description": "",
            "guidelines": "Warm and specific.",
            "base_policy": "starter",
            "card": CARD,
            "prompts": {"format": "jsonl", "text": "\n".join(prompts)},
            "settings": settings,
        },
    )
    first = admin.get(f"projects/{made['id']}/rounds/")["results"][0]
    assert admin.wait_for_round(first["id"])["status"] == "done"
    return int(made["id"])


def person_join(admin: Client, project_id: int, name: str, role: str) -> Client:
    url = admin.post(f"projects/{project_id}/invites/", {"role": role, "max_uses": 1, "days": 1})["url"]
    return Client.join(admin.address, url.rstrip("/").rsplit("/", 1)[-1], name, "a phrase of nobody else")


def label(client: Client, project_id: int, *, sign: float, seed: int) -> int:
    taste = TASTES["warm_and_specific"]
    rng = np.random.default_rng(seed)
    labeler = Labeler(client, lambda prompt, text: sign * gold_reward(taste, prompt, text), PRESETS["ideal"][0], rng)
    return labeler.label(project_id, PAIRS)


def play(admin: Client, project_id: int) -> Json:
    """A round by the button, once none is under way: an empty queue is refilled by a round of its own."""

    def is_idle() -> bool | None:
        return admin.get(f"projects/{project_id}/")["active_round"] is None or None

    wait_for(is_idle, what="the round under way", seconds=300)
    found: Json = admin.wait_for_round(admin.post(f"projects/{project_id}/rounds/")["id"])
    if found["status"] in ("blocked", "waiting"):
        admin.post(f"rounds/{found['id']}/dismiss/")
    assert found["reward_model"] is not None, found
    return found


def test_decisions_reach_the_reward_model_and_labelers_hear_what_theirs_did(site: LiveSite, admin: Client) -> None:
    project_id = project_create(admin)
    base = f"projects/{project_id}"
    ann, ben = (person_join(admin, project_id, name, "labeler") for name in ("ann", "ben"))
    rae = person_join(admin, project_id, "rae", "reviewer")
    given = label(ann, project_id, sign=1, seed=0)
    assert label(ben, project_id, sign=-1, seed=1) == given == PAIRS

    disagreements = rae.get(f"{base}/review/", kind="disagreement", limit=100)["results"]
    assert len(disagreements) > PAIRS / 2
    softened, unclear = disagreements[:2]
    rae.post(f"{base}/review/{softened['comparison_id']}/", {"outcome": "value_difference", "share_a": 0.8})
    rae.post(f"{base}/review/{unclear['comparison_id']}/", {"outcome": "unclear"})

    members = {row["username"]: row["user_id"] for row in admin.get(f"{base}/members/")["results"]}
    scope = {"annotator_id": members["ben"]}
    foreseen = admin.post(f"{base}/exclusions/preview/", scope)
    assert (foreseen["preferences"], foreseen["snapshots"]) == (PAIRS, [])
    exclusion = admin.post(f"{base}/exclusions/", {**scope, "reason": REASON})

    first = play(admin, project_id)
    told = ann.get(f"{base}/receipts/")
    assert (told["reward_model_number"], told["round"]["number"]) == (1, first["number"])
    assert 0 < told["labels"] <= PAIRS - 1
    assert {row["before"] for row in told["moved"]} == {None}
    assert ben.get(f"{base}/receipts/")["labels"] == 0
    effects = admin.get(f"models/{first['reward_model']['id']}/effects/")
    assert effects["total"] == told["labels"]
    mine = admin.post(f"{base}/exclusions/preview/", {"annotator_id": members["ann"]})
    assert [row["touched_share"] for row in mine["reward_models"]] == [1.0]
    assert admin.post(f"{base}/exclusions/preview/", scope)["reward_models"] == []

    admin.post(f"{base}/exclusions/{exclusion['id']}/lift/")
    play(admin, project_id)
    later, other = ann.get(f"{base}/receipts/"), ben.get(f"{base}/receipts/")
    assert later["reward_model_number"] == 2
    assert other["labels"] > 0
    assert all(0 <= row["before"] <= 1 for row in [*later["moved"], *other["moved"]])
