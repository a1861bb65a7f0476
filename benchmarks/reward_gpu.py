"""Reward-model training of a larger model, every weight, on an accelerator: tokens a second and share of its peak.

    python -m benchmarks.reward_gpu [--shape 0.5b|1b|tiny] [--steps 20] [--passes 2]

The same pairs, TRL at its best settings and ours, one step each in turn, as in `benchmarks.reward`. The weights are
random: speed does not depend on them. Tokens are those that a trainer without padding would read of two rows, prompt
and completion, so that both are measured on the same work; the share of the peak counts the products that a trainer has
to do (6 for each weight and token, and attention), of its own kind of rows, against the rate of one large bfloat16
product. Prints a table and one JSON line; a run on an accelerator is kept in benchmarks/results/reward_gpu.json.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.lockstep import Figures, Lockstep
from benchmarks.reward import prepare
from benchmarks.reward_arms import read_pairs, training_of
from benchmarks.reward_pairs import TINY, Shape
from rlhf_backend.data.dialogues import Dialogue

RESULTS = Path(__file__).parent / "results" / "reward_gpu.json"
SHAPES = {
    "0.5b": Shape(hidden=896, layers=24, heads=14, key_heads=2, inner=4864),
    "1b": Shape(hidden=2048, layers=16, heads=32, key_heads=8, inner=8192),
    "tiny": TINY,
}
ARMS = ("ours", "trl")


@dataclass(frozen=True)
class Work:
    """What training on all pairs takes once: tokens of two rows each, and products of both kinds of rows."""

    tokens: int
    shared_flops: float
    apart_flops: float


def work_of(shape: Shape, groups: list[list[Dialogue]]) -> Work:
    """Counted from the lengths alone. Source of 6 products a weight and token: Kaplan et al. 2020, arXiv:2001.08361."""
    head = shape.hidden // shape.heads
    weights = shape.layers * (
        2 * shape.hidden * shape.hidden + 2 * shape.hidden * shape.key_heads * head + 3 * shape.hidden * shape.inner
    )
    # Scores and their sum over values: 2 · 2 · width for each visible pair of tokens, thrice with the backward pass.
    attention = 12 * shape.layers * shape.hidden
    tokens, shared, apart = 0, 0.0, 0.0
    for group in groups:
        prompt, lengths = len(group[0].prompt), [len(dialogue.completion) for dialogue in group]
        once, seen = prompt + sum(lengths), _seen(prompt) + sum(_seen(prompt + n) - _seen(prompt) for n in lengths)
        tokens += sum(prompt + n for n in lengths)
        shared += 6 * weights * once + attention * seen
        apart += sum(6 * weights * (prompt + n) + attention * _seen(prompt + n) for n in lengths)
    return Work(tokens, shared, apart)


def _seen(tokens: int) -> float:
    """Pairs of tokens of which one sees the other, in a causal row."""
    return tokens * (tokens + 1) / 2


def peak_flops(side: int) -> float:
    """Products a second of one large bfloat16 matrix product, the best of ten."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    a, b = (torch.randn(side, side, device=device).bfloat16() for _ in range(2))
    best = float("inf")
    for _ in range(10):
        _settle()
        began = time.perf_counter()
        a @ b
        _settle()
        best = min(best, time.perf_counter() - began)
    return 2 * side**3 / best


def _settle() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def measure(directory: Path, shape: Shape, *, steps: int, passes: int, batch_size: int) -> dict[str, Any]:
    """All figures of one shape, in a directory of its own."""
    source = prepare(directory, steps=steps, passes=passes, batch_size=batch_size, shape=shape)
    reader, config, preferences, dialogues = read_pairs(directory)
    work = work_of(shape, training_of(reader, config, preferences, dialogues).groups)
    peak = peak_flops(8192 if torch.cuda.is_available() else 512)
    lockstep = Lockstep({arm: [sys.executable, "-m", "benchmarks.reward_arms", arm, str(directory)] for arm in ARMS})
    try:
        found = lockstep.run(steps=steps, passes=passes)
    finally:
        lockstep.close()
    return {"pairs": source, "peak_tflops": round(peak / 1e12, 2)} | summary(found, work, peak=peak)


def summary(found: dict[str, Figures], work: Work, *, peak: float) -> dict[str, float]:
    """The figures that are compared."""
    ours, trl = found["ours"].seconds, found["trl"].seconds
    return {
        "tokens_per_s": round(work.tokens / ours),
        "trl_tokens_per_s": round(work.tokens / trl),
        "ratio": round(trl / ours, 2),
        "peak_share": round(work.shared_flops / ours / peak, 3),
        "trl_peak_share": round(work.apart_flops / trl / peak, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of training a larger reward model on an accelerator.")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="0.5b")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=16)
    arguments = parser.parse_args()
    has_gpu = torch.cuda.is_available()
    if not has_gpu and arguments.shape != "tiny":
        raise SystemExit("There is no accelerator: --shape tiny tries whether the benchmark runs.")
    shape, plan = SHAPES[arguments.shape], {"steps": arguments.steps, "passes": arguments.passes}
    with tempfile.TemporaryDirectory() as root:
        figures = measure(Path(root) / "work", shape, batch_size=arguments.batch_size, **plan)
    device = torch.cuda.get_device_name() if has_gpu else "processor"
    figures |= {"device": device, "shape": asdict(shape), "batch_size": arguments.batch_size} | plan
    for name, value in figures.items():
        print(f"{name:18} {value}")
    if has_gpu:
        kept = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
        RESULTS.write_text(json.dumps(kept | {arguments.shape: figures}, indent=1) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
