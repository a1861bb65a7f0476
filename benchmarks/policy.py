"""Speed of policy tuning, against TRL's RLOOTrainer and DPOTrainer on the same work and the same model.

    python -m benchmarks.policy [--quick] [--only online|dpo] [--steps 3] [--pair-steps 4] [--passes 2]

A step of RLOO samples 8 prompts × 4 completions × 64 tokens and takes one update, with a reward that costs nothing; one
of DPO takes 16 pairs. TRL trains at its defaults, and at the best settings found for a processor (bf16, no gradient
checkpointing), and the faster counts; ours is the product's own recipes. Each is a process of its own, and all take one
step each in turn.
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
from rlhf_backend.policy_config import PolicyConfig

RESULTS = Path(__file__).parent / "results" / "policy.json"
UNIT = {"online": "samples", "dpo": "pairs"}


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


def measure(directory: Path, work: str, config: PolicyConfig, *, passes: int) -> dict[str, float]:
    """All figures of one kind of work in the prepared directory."""
    lockstep = Lockstep(
        {arm: [sys.executable, "-m", "benchmarks.policy_arms", arm, str(directory)] for arm in ARMS[work]}
    )
    try:
        found = lockstep.run(steps=config.steps, passes=passes)
    finally:
        lockstep.close()
    count = config.steps * config.prompts_per_step * (config.samples_per_prompt if work == "online" else 1)
    print(f"{'':12} {UNIT[work] + '/s':>9} {'per CPU-s':>9} {'peak MB':>8} {'tokens':>8}")
    for arm, took in found.items():
        peak, tokens = took.facts["peak_rss_mb"], took.facts["tokens"]
        print(
            f"{arm:12} {count / took.seconds:9.1f} {count / took.cpu_seconds:9.1f} {peak:8.0f} {tokens:8.0f}",
            flush=True,
        )
    return summary(found, work, count=count)


def summary(found: dict[str, Figures], work: str, *, count: int) -> dict[str, float]:
    """The figures that are compared; of DPO they are called so."""
    ours, prefix = found[ARMS[work][0]], "" if work == "online" else "dpo_"
    trl = min((found[arm] for arm in ARMS[work][1:]), key=lambda took: took.seconds)
    figures = {
        f"{prefix}{UNIT[work]}_per_s": round(count / ours.seconds, 1),
        f"trl_{prefix}{UNIT[work]}_per_s": round(count / trl.seconds, 1),
        f"{prefix}ratio": round(trl.seconds / ours.seconds, 2),
        f"{prefix}cpu_ratio": round(trl.cpu_seconds / ours.cpu_seconds, 2),
        f"{prefix}peak_rss_ratio": round(ours.facts["peak_rss_mb"] / trl.facts["peak_rss_mb"], 2),
        f"{prefix}token_ratio": round(ours.facts["tokens"] / trl.facts["tokens"], 3),
    }
    if "trl_default" in found:
        figures["ratio_default"] = round(found["trl_default"].seconds / ours.seconds, 2)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of policy tuning against TRL.")
    parser.add_argument("--only", choices=sorted(ARMS), help="one kind of work; the figures of the other are kept")
    parser.add_argument("--steps", type=int, default=3, help="steps of RLOO in a pass")
    parser.add_argument("--pair-steps", type=int, default=4, help="steps of DPO in a pass")
    parser.add_argument("--passes", type=int, default=2, help="how often each step is measured; the best counts")
    parser.add_argument("--quick", action="store_true", help="a small model and few steps: does it run?")
    arguments = parser.parse_args()
    works = {"online": online_config(steps=arguments.steps), "dpo": dpo_config(steps=arguments.pair_steps)}
    passes, shape = arguments.passes, SMALL
    if arguments.quick:
        works = {
            "online": online_config(steps=1, prompts=2, samples=3, new_tokens=6),
            "dpo": dpo_config(steps=1, pairs=2),
        }
        passes, shape = 1, TINY
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as root:
        directory = Path(root) / "work"
        facts = prepare(directory, works["online"], works["dpo"], passes=passes, shape=shape)
        print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items()), flush=True)
        if arguments.only != "dpo":
            figures["grad_rel_err"] = float(f"{gradient_error(directory):.2g}")
        for work in works if arguments.only is None else [arguments.only]:
            figures |= measure(directory, work, works[work], passes=passes)
    if not arguments.quick:
        facts |= {"machine": platform.machine(), "cores": len(os.sched_getaffinity(0)), "passes": passes}
        facts |= {"steps": arguments.steps, "pair_steps": arguments.pair_steps}
        kept = json.loads(RESULTS.read_text()) if arguments.only and RESULTS.is_file() else {}
        RESULTS.write_text(json.dumps(kept | figures | facts, indent=1) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
