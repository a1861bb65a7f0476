"""Real human preferences: HH-RLHF's harmless-base test split goes in, bad rows are named, a round finishes."""

import json
import os
from pathlib import Path

import pytest

from tests.live.client import CARD, Client
from tests.live.site import ROOT, live_site

pytestmark = pytest.mark.loop

DATA = Path(os.environ.get("PREFLOOP_TEST_DATA", ROOT.parent / "shared" / "data")) / "hh-rlhf"
FILE = DATA / "harmless-base.test.jsonl.gz"


@pytest.mark.skipif(not FILE.exists(), reason=f"no {FILE}: name the folder of data sets in PREFLOOP_TEST_DATA")
def test_a_round_on_human_preferences_beats_the_naive_baselines() -> None:
    with live_site() as site:
        admin = Client.sign_in(site.address, "ada", site.admin_password)
        settings = admin.get("projects/defaults/")["settings"]
        settings["policy"] |= {"steps": 4, "prompts_per_step": 8}
        settings["evaluation"] |= {"samples_per_prompt": 1, "max_new_tokens": 32}
        settings["queue"] |= {"pairs_per_round": 12, "panel_pairs": 2}
        # Four steps change little; what the monitor sees and the policy gate decides on them is not the subject.
        settings["monitor"] |= {"prompts": 4, "preflight": False}
        settings["gates"] |= {"win_rate_above": 0.0, "ended_share_drop_below": 1.0, "length_ratio_below": 1e6}
        project = admin.post(
            "projects/", {"name": "HH-RLHF", "base_policy": "starter", "card": CARD, "settings": settings}
        )
        path = f"projects/{project['id']}"
        report = admin.upload(f"{path}/imports/", FILE.name, FILE.read_bytes(), format="hh-rlhf")
        assert report["rows"] == 2312
        reasons = [row["message"] for row in report["rejected"]]
        assert sum("empty" in reason for reason in reasons) == 4
        assert sum("differ" in reason for reason in reasons) == 5
        assert report["imported"] == 2312 - 9

        found = admin.wait_for_round(admin.post(f"{path}/rounds/")["id"], seconds=500)
        assert found["status"] == "done", (found["failure_detail"], found["gates"])
        reward_model = found["reports"]["reward_model"]
        print(json.dumps({name: reward_model[name] for name in ("accuracy", "baseline_longer", "baseline_always_a")}))
        accuracy = reward_model["accuracy"]
        assert accuracy["low"] > reward_model["baseline_longer"]["high"]
        assert accuracy["low"] > reward_model["baseline_always_a"]["value"]
        # More than this on so few rows would be a leak between the folds.
        assert accuracy["value"] < 0.7
