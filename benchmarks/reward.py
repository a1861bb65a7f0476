"""Speed of reward-model training, against TRL's RewardTrainer on the same pairs and the same model.

    python -m benchmarks.reward [--quick] [--steps 40] [--passes 3]

TRL trains at its defaults, and at the best settings found for a processor (bf16, no gradient checkpointing, batches of
similar length) with either attention; the faster one counts. Ours is the product's own training code. Each is a process
of its own, and all take one step each in turn. Prints a table and one JSON line; a full run is kept in
benchmarks/results/reward.json. `grad_rel_err` is how far the gradient of pairs that share their prompt is from that of
two rows, in float32.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.lockstep import Figures, Lockstep
from benchmarks.reward_arms import ARMS, network_of, read_pairs, training_of
from benchmarks.reward_pairs import CONTEXT, SMALL, TINY, Shape, comparisons, texts_of, write_model
from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.jsonl import to_lines
from rlhf_backend.ops.preference_losses import bradley_terry_loss

RESULTS = Path(__file__).parent / "results" / "reward.json"
GRADIENT_PAIRS = 16


def prepare(directory: Path, *, steps: int, passes: int, batch_size: int, shape: Shape = SMALL) -> str:
    """Write model, pairs and plan; where the pairs come from. As many pairs as fill the steps, none of them cut."""
    source, rows = comparisons(steps * batch_size)
    (directory / "model").mkdir(parents=True)
    write_model(directory / "model", texts_of(rows), shape=shape)
    config = RewardModelConfig(trainable="full", epochs=1, batch_size=batch_size, max_tokens=CONTEXT)
    plan = {"config": config.model_dump(), "passes": passes, "threads": len(os.sched_getaffinity(0))}
    (directory / "plan.json").write_text(json.dumps(plan))
    (directory / "comparisons.jsonl").write_text(to_lines(rows))
    _, _, preferences, dialogues = read_pairs(directory)
    whole = [
        row for i, row in enumerate(preferences.rows) if max(len(dialogues[2 * i]), len(dialogues[2 * i + 1])) < CONTEXT
    ]
    if len(whole) < steps * batch_size:
        raise SystemExit(
            f"{len(whole)} pairs fit in {CONTEXT} tokens; {steps * batch_size} are needed: take fewer steps"
        )
    (directory / "comparisons.jsonl").write_text(to_lines(whole[: steps * batch_size]))
    return source


def gradient_error(directory: Path, *, pairs: int = GRADIENT_PAIRS) -> float:
    """|g − h| / |h| over all weights: g with the prompt encoded once for both completions, h with two rows; float32."""
    gradients = []
    with patch("rlhf_backend.models.device.bf16_pays", lambda: False):
        for share_prompts in (True, False):
            reader, config, preferences, dialogues = read_pairs(directory)
            training = training_of(reader, config, preferences, dialogues)
            network = network_of(reader, config, training, share_prompts=share_prompts)
            rewards = network.features(training.groups[:pairs]) @ network.weight.T
            differences = (rewards[0::2] - rewards[1::2]).T
            targets = torch.tensor(preferences.targets[: differences.shape[1]], dtype=torch.float32)
            bradley_terry_loss(differences, targets).mean().backward()  # type: ignore[no-untyped-call]
            gradients.append(torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None]).double())
    shared, apart = gradients
    return float((shared - apart).norm() / apart.norm())


def measure(directory: Path, *, steps: int, passes: int, batch_size: int) -> dict[str, Any]:
    """All figures of the prepared directory."""
    commands = {arm: [sys.executable, "-m", "benchmarks.reward_arms", arm, str(directory)] for arm in ARMS}
    lockstep = Lockstep(commands)
    try:
        found = lockstep.run(steps=steps, passes=passes)
    finally:
        lockstep.close()
    pairs = steps * batch_size
    print(f"{'':12} {'pairs/s':>9} {'pairs/CPU-s':>12} {'peak MB':>8}")
    for arm, figures in found.items():
        rate, busy = pairs / figures.seconds, pairs / figures.cpu_seconds
        print(f"{arm:12} {rate:9.1f} {busy:12.1f} {figures.facts['peak_rss_mb']:8.0f}")
    return summary(found, pairs=pairs) | {"grad_rel_err": float(f"{gradient_error(directory):.2g}")}


def summary(found: dict[str, Figures], *, pairs: int) -> dict[str, float]:
    """The figures that are compared."""
    ours, default = found["ours"], found["trl_default"]
    trl = min(found["trl"], found["trl_eager"], key=lambda figures: figures.seconds)
    return {
        "pairs_per_s": round(pairs / ours.seconds, 1),
        "trl_pairs_per_s": round(pairs / trl.seconds, 1),
        "trl_default_pairs_per_s": round(pairs / default.seconds, 1),
        "ratio": round(trl.seconds / ours.seconds, 2),
        "ratio_default": round(default.seconds / ours.seconds, 2),
        "cpu_ratio": round(trl.cpu_seconds / ours.cpu_seconds, 2),
        "peak_rss_ratio": round(ours.facts["peak_rss_mb"] / trl.facts["peak_rss_mb"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of reward-model training against TRL.")
    parser.add_argument("--steps", type=int, default=40, help="optimiser steps of 16 pairs in a pass")
    parser.add_argument("--passes", type=int, default=3, help="how often each step is measured; the best counts")
    parser.add_argument("--quick", action="store_true", help="a small model and few steps: does it run?")
    arguments = parser.parse_args()
    plan = {"steps": arguments.steps, "passes": arguments.passes, "batch_size": 16}
    if arguments.quick:
        plan = {"steps": 3, "passes": 1, "batch_size": 4}
    with tempfile.TemporaryDirectory() as root:
        source = prepare(Path(root) / "work", shape=TINY if arguments.quick else SMALL, **plan)
        print(f"{source}: {plan['steps'] * plan['batch_size']} pairs, batches of {plan['batch_size']}")
        figures = measure(Path(root) / "work", **plan)
    if not arguments.quick:
        facts = {"pairs": source, "machine": platform.machine(), "cores": len(os.sched_getaffinity(0))} | plan
        RESULTS.write_text(json.dumps(figures | facts, indent=1) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
