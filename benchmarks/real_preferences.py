"""How well reward models foretell what real people preferred, beside baselines that read nothing.

    python -m benchmarks.real_preferences [--quick] [--only hh-harmless …]

For each set of preferences (PREFLOOP_TEST_DATA, or ../shared/data): the longer completion wins; the first one wins,
where the set has an order; a bag of words; the product's head on the features of the starter's judge; the same on a
small language model that was trained on the texts without their labels; that model fine-tuned. All but the last are
cross-validated by prompt, the last is measured on the prompts of one fold. The intervals are 95 %. Prints a table and
one JSON line; a full run is kept in benchmarks/results/real_preferences.json. More than 70 % on HH-RLHF would mean that
something leaks.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from annotate.formats.preference_files import PreferenceFormat
from annotate.formats.rows import PreferenceRow
from benchmarks.bag_of_words import bag_of_words_differences
from benchmarks.engine import JUDGE, read_result, write_run
from benchmarks.reward_pairs import DATA, SMALL, TINY, Shape, comparison, pairs_of, texts_of, write_model
from benchmarks.small_lm import pretrain
from rlhf_backend.config import JobFile, RewardModelConfig, RewardModelJob
from rlhf_backend.data.preferences import usable_preferences
from rlhf_backend.stats.drift import hits
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.types import ComparisonRow, Interval, RewardModelReport

RESULTS = Path(__file__).parent / "results" / "real_preferences.json"
SETS: dict[str, tuple[str, ...]] = {
    "hh-harmless": ("hh-rlhf/harmless-base.test.jsonl.gz",),
    "hh-helpful": ("hh-rlhf/helpful-base.test.jsonl.gz",),
    "oasst": ("oasst/en_100_tree.jsonl",),
    "pandalm": ("pandalm/testset-v1.json",),
    "llmbar-natural": ("llmbar/LLMBar_Natural.json",),
    "llmbar-adversarial": tuple(
        f"llmbar/LLMBar_Adversarial_{name}.json" for name in ("GPTInst", "GPTOut", "Manual", "Neighbor")
    ),
    "dpo-en": ("dpo-sharegpt/dpo_en_demo.json",),
    "dpo-zh": ("dpo-sharegpt/dpo_zh_demo.json",),
}
FORMATS: dict[str, PreferenceFormat] = {
    "hh": "hh-rlhf",
    "oasst": "oasst",
    "pandalm": "pandalm",
    "llmbar": "llmbar",
    "dpo": "sharegpt",
}
_FIRST = {"pandalm": "response1", "llmbar": "output_1"}


@dataclass(frozen=True)
class Pairs:
    """rows: decided pairs, a and b by the toss of a coin. groups: the same number for the same prompt (n,).

    first_is_a: whether the set's own first completion is a; None where it has no order (n,).
    """

    rows: list[ComparisonRow]
    groups: npt.NDArray[np.int64]
    first_is_a: npt.NDArray[np.bool_] | None


def read_pairs(name: str, *, data: Path = DATA, limit: int | None = None) -> Pairs:
    """The decided pairs of a set that can be learned from."""
    kind = name.split("-")[0]
    rng, rows, first_is_a = Random(0), list[ComparisonRow](), dict[int, bool]()
    for pair, first in _pairs(name, data):
        if pair.strength is None:
            continue
        row = comparison(len(rows), pair, a_wins=rng.random() < 0.5)
        rows.append(row)
        first_is_a[row.id] = row.completion_a == first
    usable, _ = usable_preferences(rows[:limit], margin_per_strength=0.0)
    order = np.array([first_is_a[row.id] for row in usable.rows]) if kind in _FIRST else None
    return Pairs(usable.rows, usable.groups, order)


def _pairs(name: str, data: Path) -> Iterator[tuple[PreferenceRow, object]]:
    """The usable rows of a set's files, each with the completion that came first in its record."""
    kind = name.split("-")[0]
    for file in SETS[name]:
        record: Any
        for pair, record in pairs_of(data / file, FORMATS[kind]):
            yield pair, record.get(_FIRST.get(kind, ""))


def baselines(pairs: Pairs) -> dict[str, Interval]:
    """What one gets without reading, and by counting words."""
    lengths = np.array([len(row.completion_a) - len(row.completion_b) for row in pairs.rows], dtype=np.float64)
    found = {
        "longer": _accuracy(pairs, lengths),
        "bag_of_words": _accuracy(pairs, bag_of_words_differences(pairs.rows, pairs.groups)),
    }
    if pairs.first_is_a is not None:
        found["first"] = _accuracy(pairs, np.where(pairs.first_is_a, 1.0, -1.0))
    return found


def _accuracy(pairs: Pairs, differences: npt.NDArray[np.float64]) -> Interval:
    """Share of pairs that the sign foretells; no difference is half a hit."""
    wins = np.array([row.verdict == "a" for row in pairs.rows], dtype=np.float64)
    return wilson_interval(float(hits(differences, wins).sum()), len(wins))


def reward_model(directory: Path, pairs: Pairs, backbone: str | Path, **config: Any) -> Interval:
    """Held-out accuracy of a run of the engine, as its report has it.

    Raises: RuntimeError: the run failed.
    """
    settings = RewardModelConfig(heads=1, evaluate=False, **config)
    job = RewardModelJob(config=settings, backbone=str(backbone))
    write_run(directory, JobFile(job=job), comparisons=(row.model_dump(mode="json") for row in pairs.rows))
    subprocess.run([sys.executable, "-m", "rlhf_backend", str(directory)], check=True)
    report = read_result(directory).report
    assert isinstance(report, RewardModelReport)
    return report.accuracy


def measure(root: Path, names: list[str], *, steps: int, limit: int | None, shape: Shape) -> dict[str, Any]:
    """Every method's accuracy on every set."""
    read = {name: read_pairs(name, limit=limit) for name in names}
    everything = [row for pairs in read.values() for row in pairs.rows]
    lm = root / "lm"
    lm.mkdir()
    write_model(lm, texts_of(everything), shape=shape)
    loss = pretrain(lm, everything, steps=steps)
    print(f"language model: {loss:.2f} nats a token after {steps} steps on {len(everything):,} pairs, without labels")
    found: dict[str, Any] = {}
    for name, pairs in read.items():
        accuracies = baselines(pairs) | {
            "judge_head": reward_model(root / f"{name} judge", pairs, JUDGE),
            "lm_head": reward_model(root / f"{name} lm", pairs, lm),
            "lm_full": reward_model(root / f"{name} full", pairs, lm, trainable="full", epochs=2, learning_rate=3e-4),
        }
        found[name] = {"pairs": len(pairs.rows)} | {
            method: [round(value, 3) for value in (i.value, i.low, i.high)] for method, i in accuracies.items()
        }
        print(f"{name:20}{len(pairs.rows):6}  " + "  ".join(_told(method, i) for method, i in accuracies.items()))
    return found


def _told(method: str, interval: Interval) -> str:
    return f"{method} {100 * interval.value:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description="Accuracy of reward models on real preferences.")
    parser.add_argument(
        "--quick", action="store_true", help="few pairs of each set, a model that learned next to nothing"
    )
    parser.add_argument("--only", nargs="+", choices=sorted(SETS), help="some of the sets; nothing is kept then")
    parser.add_argument("--steps", type=int, default=1500, help="optimiser steps of the language model")
    arguments = parser.parse_args()
    names = [name for name in arguments.only or SETS if (DATA / SETS[name][0]).is_file()]
    if not names:
        raise SystemExit(f"{DATA} holds none of {', '.join(SETS)}: name the folder of data sets in PREFLOOP_TEST_DATA")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    plan: dict[str, Any] = {"steps": arguments.steps, "limit": None, "shape": SMALL}
    if arguments.quick:
        plan = {"steps": 5, "limit": 60, "shape": TINY}
    with tempfile.TemporaryDirectory() as root:
        found = measure(Path(root), names, **plan)
    if not arguments.quick and not arguments.only:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
