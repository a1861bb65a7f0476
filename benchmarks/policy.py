"""Speed of policy tuning, against TRL's RLOOTrainer and DPOTrainer on the same work and the same model.

    python -m benchmarks.policy [--quick] [--steps 3] [--pair-steps 4] [--passes 2]

A step of RLOO samples 8 prompts × 4 completions × 64 tokens and takes one update, with a reward that costs nothing; one
of DPO takes 16 pairs. TRL trains at its defaults, and at the best settings found for a processor (bf16, no gradient
checkpointing); ours is the product's own recipes. Each is a process of its own, and all take one step each in turn.
Prints a table and one JSON line; a full run is kept in benchmarks/results/policy.json. `grad_rel_err` is how far our
gradient is from TRL's on a batch that TRL sampled, in float32; `token_ratio` is our tokens over TRL's.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.lockstep import Figures, Lockstep
from benchmarks.policy_arms import ARMS
from benchmarks.policy_gradients import gradient_error
from benchmarks.policy_work import NEVER, prepare
from benchmarks.reward_pairs import SMALL, TINY
from rlhf_backend.config import PolicyConfig

RESULTS = Path(__file__).parent / "results" / "policy.json"


def online_config(*, steps: int, prompts: int = 8, samples: int = 4, new_tokens: int = 64) -> PolicyConfig:
    return PolicyConfig(
        method="rloo",
        steps=steps,
        prompts_per_step=prompts,
        samples_per_prompt=samples,
        max_new_tokens=new_tokens,
        kl_coef=0.05,
        learning_rate=1e-5,
        checkpoint_every=NEVER,
    )


def dpo_config(*, steps: int, pairs: int = 16) -> PolicyConfig:
    return PolicyConfig(
        method="dpo",
        steps=steps,
        prompts_per_step=pairs,
        learning_rate=1e-5,
        max_new_tokens=8,
        checkpoint_every=NEVER,
    )


def measure(directory: Path, online: PolicyConfig, dpo: PolicyConfig, *, passes: int) -> dict[str, Any]:
    """All figures of the prepared directory."""
    found: dict[str, Figures] = {}
    for work, config in (("online", online), ("dpo", dpo)):
        commands = {arm: [sys.executable, "-m", "benchmarks.policy_arms", arm, str(directory)] for arm in ARMS[work]}
        lockstep = Lockstep(commands)
        try:
            found |= lockstep.run(steps=config.steps, passes=passes)
        finally:
            lockstep.close()
    counts = {"online": online.steps * online.prompts_per_step * online.samples_per_prompt}
    counts["dpo"] = dpo.steps * dpo.prompts_per_step
    print(f"{'':12} {'samples/s':>9} {'per CPU-s':>9} {'peak MB':>8} {'tokens':>8}")
    for arm, took in found.items():
        count = counts["dpo" if "dpo" in arm else "online"]
        peak, tokens = took.facts["peak_rss_mb"], took.facts["tokens"]
        print(f"{arm:12} {count / took.seconds:9.1f} {count / took.cpu_seconds:9.1f} {peak:8.0f} {tokens:8.0f}")
    return summary(found, samples=counts["online"], pairs=counts["dpo"])


def summary(found: dict[str, Figures], *, samples: int, pairs: int) -> dict[str, float]:
    """The figures that are compared."""
    ours, trl, default = found["ours"], found["trl"], found["trl_default"]
    dpo, trl_dpo = found["ours_dpo"], found["trl_dpo"]

    def peaks(mine: Figures, theirs: Figures) -> float:
        return round(float(mine.facts["peak_rss_mb"]) / float(theirs.facts["peak_rss_mb"]), 2)

    def tokens(mine: Figures, theirs: Figures) -> float:
        return round(float(mine.facts["tokens"]) / float(theirs.facts["tokens"]), 3)

    return {
        "samples_per_s": round(samples / ours.seconds, 1),
        "trl_samples_per_s": round(samples / trl.seconds, 1),
        "trl_default_samples_per_s": round(samples / default.seconds, 1),
        "ratio": round(trl.seconds / ours.seconds, 2),
        "ratio_default": round(default.seconds / ours.seconds, 2),
        "cpu_ratio": round(trl.cpu_seconds / ours.cpu_seconds, 2),
        "peak_rss_ratio": peaks(ours, trl),
        "token_ratio": tokens(ours, trl),
        "dpo_pairs_per_s": round(pairs / dpo.seconds, 1),
        "trl_dpo_pairs_per_s": round(pairs / trl_dpo.seconds, 1),
        "dpo_ratio": round(trl_dpo.seconds / dpo.seconds, 2),
        "dpo_cpu_ratio": round(trl_dpo.cpu_seconds / dpo.cpu_seconds, 2),
        "dpo_peak_rss_ratio": peaks(dpo, trl_dpo),
        "dpo_token_ratio": tokens(dpo, trl_dpo),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of policy tuning against TRL.")
    parser.add_argument("--steps", type=int, default=3, help="steps of RLOO in a pass")
    parser.add_argument("--pair-steps", type=int, default=4, help="steps of DPO in a pass")
    parser.add_argument("--passes", type=int, default=2, help="how often each step is measured; the best counts")
    parser.add_argument("--quick", action="store_true", help="a small model and few steps: does it run?")
    arguments = parser.parse_args()
    online, dpo = online_config(steps=arguments.steps), dpo_config(steps=arguments.pair_steps)
    passes, shape = arguments.passes, SMALL
    if arguments.quick:
        online = online_config(steps=1, prompts=2, samples=3, new_tokens=6)
        dpo, passes, shape = dpo_config(steps=1, pairs=2), 1, TINY
    with tempfile.TemporaryDirectory() as root:
        directory = Path(root) / "work"
        facts = prepare(directory, online, dpo, passes=passes, shape=shape)
        print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items()))
        figures = {"grad_rel_err": float(f"{gradient_error(directory):.2g}")}
        figures = measure(directory, online, dpo, passes=passes) | figures
    if not arguments.quick:
        facts |= {"machine": platform.machine(), "cores": len(os.sched_getaffinity(0)), "passes": passes}
        facts |= {"steps": online.steps, "pair_steps": dpo.steps}
        RESULTS.write_text(json.dumps(figures | facts, indent=1) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
