"""Online tuning of a larger policy, every weight, on an accelerator: tokens a second and share of its peak.

    python -m benchmarks.policy_gpu [--shape 0.5b|1b|tiny] [--steps 4] [--passes 2] [--prompts 16] [--samples 8]
                                    [--new-tokens 256]

The same RLOO work by TRL at its best settings and ours, one step each in turn, as in `benchmarks.policy`. The weights
are random: speed does not depend on them. Rollout tokens are those of the completions; update tokens those of the rows,
prompt and completion, that are read to learn. The share of the peak counts the products that an update has to do, of
its own kind of rows, against the rate of one large bfloat16 product: 6 for each weight and token, 2 more for the
reference, and attention. Prints a table and one JSON line; a run on an accelerator is kept in
benchmarks/results/policy_gpu.json.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.lockstep import Figures, Lockstep
from benchmarks.policy import online_config
from benchmarks.policy_work import config_of, prepare, read_prompts
from benchmarks.reward_gpu import SHAPES, peak_flops, work_of
from benchmarks.reward_pairs import VOCABULARY, Shape
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.models.loading import load_language_model
from rlhf_backend.policy_config import PolicyConfig

RESULTS = Path(__file__).parent / "results" / "policy_gpu.json"
ARMS = ("ours", "trl")
# One forward pass of the reference beside one forward and one backward pass of the policy.
_WITH_REFERENCE = 8 / 6


@dataclass(frozen=True)
class Work:
    """What all steps take once: tokens written and read, products of an update of both kinds of rows."""

    rollout_tokens: int
    update_tokens: int
    shared_flops: float
    apart_flops: float


def online_work(shape: Shape, prompts: list[int], config: PolicyConfig, *, vocabulary: int = VOCABULARY) -> Work:
    """Counted from the lengths of the prompts; no completion ends before its time where weights are random."""
    completion = [0] * config.max_new_tokens
    groups = [[Dialogue([0] * prompt, completion)] * config.samples_per_prompt for prompt in prompts]
    trunk = work_of(shape, groups)
    written = len(prompts) * config.samples_per_prompt * config.max_new_tokens
    head = 6.0 * vocabulary * shape.hidden * written
    shared, apart = (_WITH_REFERENCE * (flops + head) for flops in (trunk.shared_flops, trunk.apart_flops))
    return Work(written, trunk.tokens, shared, apart)


def summary(found: dict[str, Figures], work: Work, *, peak: float) -> dict[str, float]:
    """The figures that are compared."""
    figures: dict[str, float] = {"ratio": round(found["trl"].seconds / found["ours"].seconds, 2)}
    for arm, flops in (("ours", work.shared_flops), ("trl", work.apart_flops)):
        took, prefix = found[arm], "" if arm == "ours" else "trl_"
        rollout = took.facts["rollout_seconds"]
        # Rollouts are timed in all passes, steps in their best: what is left is not made smaller than it was.
        update = max(took.seconds - rollout, 1e-9) if took.seconds > rollout else took.seconds
        figures[f"{prefix}rollout_tokens_per_s"] = round(work.rollout_tokens / rollout)
        figures[f"{prefix}update_tokens_per_s"] = round(work.update_tokens / update)
        figures[f"{prefix}update_peak_share"] = round(flops / update / peak, 4)
        figures[f"{prefix}peak_mb"] = round(took.facts.get("peak_gpu_mb", took.facts["peak_rss_mb"]))
    return figures


def measure(directory: Path, shape: Shape, config: PolicyConfig, *, passes: int) -> dict[str, Any]:
    """All figures of one shape, in a directory of its own."""
    pairs = config.model_copy(update={"method": "dpo", "steps": 1, "prompts_per_step": 1})
    facts = prepare(directory, config, pairs, passes=passes, shape=shape)
    codec = load_language_model(str(directory / "model"), warn=lambda _: None).codec
    lengths = [len(codec.encode_prompt(row.messages, max_tokens=10**6)) for row in read_prompts(directory)]
    work = online_work(shape, lengths, config_of(directory, "online"))
    peak = peak_flops(8192 if torch.cuda.is_available() else 512)
    lockstep = Lockstep({arm: [sys.executable, "-m", "benchmarks.policy_arms", arm, str(directory)] for arm in ARMS})
    try:
        found = lockstep.run(steps=config.steps, passes=passes)
    finally:
        lockstep.close()
    return facts | {"peak_tflops": round(peak / 1e12, 2)} | summary(found, work, peak=peak)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of tuning a larger policy on an accelerator.")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="0.5b")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--prompts", type=int, default=16)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--new-tokens", type=int, default=256)
    arguments = parser.parse_args()
    has_gpu = torch.cuda.is_available()
    if not has_gpu and arguments.shape != "tiny":
        raise SystemExit("There is no accelerator: --shape tiny tries whether the benchmark runs.")
    shape, plan = SHAPES[arguments.shape], {"steps": arguments.steps, "prompts": arguments.prompts}
    plan |= {"samples": arguments.samples, "new_tokens": arguments.new_tokens}
    with tempfile.TemporaryDirectory() as root:
        figures = measure(Path(root) / "work", shape, online_config(**plan), passes=arguments.passes)
    device = torch.cuda.get_device_name() if has_gpu else "processor"
    figures |= {"device": device, "shape": asdict(shape), "passes": arguments.passes} | plan
    for name, value in figures.items():
        print(f"{name:24} {value}")
    if has_gpu:
        kept = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
        RESULTS.write_text(json.dumps(kept | {arguments.shape: figures}, indent=1) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
