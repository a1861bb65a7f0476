"""The loop through the product: simulated labelers over HTTP, real workers, gold reward of the policies' samples.

    make bench-loop          (or: python -m benchmarks.loop --seeds 0 1 2 3 4 --rounds 3 --labels 100)

For each seed: one project gets 50 labels and one round; another gets three rounds of 100 labels.
The gold reward of the panel samples is compared with the starter's, and with what the same tuning attains on the gold
reward itself. Prints one JSON line; the seeds' own figures go to benchmarks/results/loop.json.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.loop_offline import POLICY, STARTER, Settings, attain, measure
from rlhf_backend.config import RewardModelConfig
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.simulation.annotators import PRESETS
from rlhf_backend.simulation.gold import TASTES, gold_reward
from tests.live.client import CARD, Client, Json
from tests.live.labelers import Labeler
from tests.live.site import LiveSite, live_site

RESULTS = Path(__file__).parent / "results" / "loop.json"
FIRST_LABELS = 50
TASTE_NAMES = ("warm_and_specific", "short_and_confident", "careful_lists")


@dataclass
class Chain:
    """One project after its last round."""

    gold_before: float
    gold_after: float
    gain_error: float
    clean_before: float
    clean_after: float
    kl: float
    accuracy: float
    labels: int
    rounds: list[str]
    turnaround_s: list[float]

    @property
    def gain(self) -> float:
        return self.gold_after - self.gold_before


def new_project(admin: Client, name: str, pairs: int) -> int:
    """A project on the starter with the demo's prompts, once its first pairs are in the queue."""
    rows = (STARTER / "demo_prompts.jsonl").read_text("utf-8")
    settings = admin.get("projects/defaults/")["settings"]
    settings["queue"] |= {"pairs_per_round": pairs, "panel_pairs": 0}
    project = admin.post(
        "projects/",
        {
            "name": name,
            "description": "",
            "guidelines": "Prefer what you like.",
            "base_policy": "starter",
            "card": CARD,
            "prompts": {"format": "jsonl", "text": rows},
            "settings": settings,
        },
    )
    first = admin.get(f"projects/{project['id']}/rounds/")["results"][0]
    assert admin.wait_for_round(first["id"])["status"] == "done"
    return int(project["id"])


def play_round(admin: Client, project_id: int) -> tuple[Json, float]:
    """Press *Start round*; the round when it has stopped, and the seconds until new pairs were in the queue."""
    started = time.monotonic()
    found = admin.post(f"projects/{project_id}/rounds/")
    return admin.wait_for_round(found["id"]), time.monotonic() - started


def active_policy(site: LiveSite, admin: Client, project_id: int) -> str:
    models = admin.get(f"projects/{project_id}/models/", kind="policy")["results"]
    active = next(model for model in models if model["status"] == "active")
    return POLICY if active["number"] == 0 else str(site.root / "data" / active["source"])


def play(site: LiveSite, admin: Client, *, seed: int, rounds: int, labels: int, preset: str = "bt") -> Chain:
    taste = TASTES[TASTE_NAMES[seed % len(TASTE_NAMES)]]
    project_id = new_project(admin, f"{taste.name} {seed} {labels}×{rounds}", pairs=labels + 10)
    person = admin.invite_labeler(project_id, f"sim-{seed}-{labels}-{rounds}-{preset}")
    rng = np.random.default_rng([seed, labels])
    labeler = Labeler(person, lambda prompt, text: gold_reward(taste, prompt, text), PRESETS[preset][0], rng)
    given, statuses, seconds, last = 0, [], [], {}
    for _ in range(rounds):
        given += labeler.label(project_id, labels)
        last, took = play_round(admin, project_id)
        statuses.append(last["status"])
        if last["status"] == "done":
            seconds.append(took)
        else:
            admin.post(f"rounds/{last['id']}/dismiss/")
        print(f"  {taste.name} seed {seed}: {last['status']} after {took:.0f} s", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-loop-") as directory:
        before = measure(Path(directory) / "before", POLICY, taste, seed)
        after = measure(Path(directory) / "after", active_policy(site, admin, project_id), taste, seed)
    reports = last.get("reports") or {}
    return Chain(
        gold_before=before.gold,
        gold_after=after.gold,
        gain_error=float(np.hypot(before.gold_error, after.gold_error)),
        clean_before=before.clean_share,
        clean_after=after.clean_share,
        kl=(reports.get("evaluation") or {}).get("after", {}).get("kl", {}).get("value", 0.0),
        accuracy=(reports.get("reward_model") or {}).get("accuracy", {}).get("value", 0.0),
        labels=given,
        rounds=statuses,
        turnaround_s=seconds,
    )


def ceiling(seed: int, rounds: int) -> dict[str, Any]:
    """Gold reward after the same tuning on the gold reward itself."""
    settings = Settings(
        taste=TASTES[TASTE_NAMES[seed % len(TASTE_NAMES)]],
        preset="ideal",
        seed=seed,
        rounds=rounds,
        labels=0,
        reward=RewardModelConfig(),
        policy=PolicyConfig(),
        fresh=False,
    )
    with tempfile.TemporaryDirectory(prefix="bench-ceiling-") as directory:
        return attain(Path(directory), settings)


def summary(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over seeds; how many seeds meet each target."""

    def median(values: list[float], digits: int = 3) -> float:
        return round(statistics.median(values), digits)

    longs, firsts = [Chain(**s["long"]) for s in seeds], [Chain(**s["first"]) for s in seeds]
    fractions = [c.gain / (s["attainable"]["gold"] - c.gold_before) for c, s in zip(longs, seeds, strict=True)]
    return {
        "gold_gain_fraction": median(fractions),
        "seeds_at_half": sum(f >= 0.5 for f in fractions),
        "gain_after_50_labels": median([c.gain for c in firsts]),
        "seeds_above_zero_after_50": sum(c.gain > 1.96 * c.gain_error for c in firsts),
        "labels": max(c.labels for c in longs),
        "rounds": max(len(c.rounds) for c in longs),
        "turnaround_s": median([t for c in longs for t in c.turnaround_s], 1),
        "rm_accuracy": median([c.accuracy for c in longs]),
        "kl": median([c.kl for c in longs], 2),
        "clean_share": median([c.clean_after for c in longs]),
        "clean_share_before": median([c.clean_before for c in longs]),
        "seeds": len(seeds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--labels", type=int, default=100)
    arguments = parser.parse_args()
    done: list[dict[str, Any]] = []
    with live_site() as site:
        admin = Client.sign_in(site.address, "ada", site.admin_password)
        for seed in arguments.seeds:
            done.append(
                {
                    "seed": seed,
                    "taste": TASTE_NAMES[seed % len(TASTE_NAMES)],
                    "first": asdict(play(site, admin, seed=seed, rounds=1, labels=FIRST_LABELS)),
                    "long": asdict(play(site, admin, seed=seed, rounds=arguments.rounds, labels=arguments.labels)),
                    "attainable": ceiling(seed, arguments.rounds),
                }
            )
            print(json.dumps(done[-1]), file=sys.stderr, flush=True)
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps({"summary": summary(done), "seeds": done}, indent=1) + "\n")
    print(json.dumps(summary(done)))


if __name__ == "__main__":
    main()
