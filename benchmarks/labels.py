"""How many labels each way of choosing pairs needs, on simulated pools.

    python -m benchmarks.labels [--seeds 32] [--strategies composite,disagreement] [--write]

A project's rounds, with the product's own functions: fit the ensemble with the likeliest prior, sample the prompts
asked about least recently, score, choose a batch with its uniform share, let simulated people judge it, fit again. The
first batch is uniform, as without a reward model. Held-out accuracy is how often one more such person would agree, over
all pairs of held-out prompts of the same pool (`rlhf_backend/simulation/label_pool.py` says what the pools are like).

Prints a table and one JSON line. A ratio is labels needed to reach the held-out accuracy that uniform pairs reach with
400, over 400, on the mean curves of all seeds; its interval resamples seeds.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.preferences import independent_weights
from rlhf_backend.simulation.annotators import PRESETS
from rlhf_backend.simulation.label_pool import COMPLETIONS, HETEROGENEOUS, HOMOGENEOUS, Pool, Shape, draw_pool
from rlhf_backend.stats.candidates import Candidate
from rlhf_backend.stats.coverage import Coverage, PromptFacts
from rlhf_backend.stats.label_cost import label_cost
from rlhf_backend.stats.preference_regression import LinearVerdicts, choose_precision, fit_ensemble
from rlhf_backend.stats.selection import SelectedPair, select_pairs
from rlhf_backend.stats.strategies import Plan, Strategy

Array = npt.NDArray[np.float64]
STRATEGIES: tuple[Strategy, ...] = ("uniform", "disagreement", "composite", "double_thompson")
SHAPES: dict[str, Shape] = {"heterogeneous": HETEROGENEOUS, "homogeneous": HOMOGENEOUS}
RESULT = Path(__file__).parent / "results" / "labels.json"
DEFAULT: Strategy = "composite"
UNIFORM_SHARE, PROMPTS_PER_PAIR = 0.25, 4
"""Defaults of the site's `QueuePolicy`, which cannot be read without the site's settings; a test compares them."""
REWARD = RewardModelConfig()
LABELS, BATCH, PROMPTS, HELD_OUT = 400, 40, 900, 600
LABELER = PRESETS["bt"][0]
PAIRS = list(combinations(range(COMPLETIONS), 2))


@dataclass
class Labeled:
    """What a project has been told so far."""

    pool: Pool
    pairs: list[tuple[int, int, int]] = field(default_factory=list)  # prompt, completion a, completion b
    targets: list[float] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def judge(self, chosen: list[SelectedPair], rng: np.random.Generator) -> None:
        """A simulated person's verdict on each, and the time that it took."""
        for pair in chosen:
            p, a, b = pair.prompt_id, pair.a % COMPLETIONS, pair.b % COMPLETIONS
            gold = self.pool.gold[p]
            verdict = LABELER.judge(rng, gold_a=gold[a], gold_b=gold[b], a_is_left=bool(rng.random() < 0.5))
            self.pairs.append((p, a, b))
            self.targets.append({"a": 1.0, "b": 0.0}.get(verdict.choice, 0.5))
            self.margins.append(REWARD.margin_per_strength * (verdict.strength - 1))
            self.seconds.append(self.read(p, a, b) / 20 * float(rng.lognormal(0, 0.5)) + 3)

    def read(self, p: int, a: int, b: int) -> float:
        return len(self.pool.texts[p]) + float(self.pool.characters[p, a] + self.pool.characters[p, b])

    def independent_weights(self) -> Array:
        pairs = np.array(self.pairs)
        return independent_weights(np.ones(len(pairs)), pairs[:, 0], pairs[:, 1:])

    def verdicts(self, features: Array) -> LinearVerdicts:
        prompts, firsts, seconds = np.array(self.pairs).T
        targets = np.array(self.targets)
        return LinearVerdicts(
            differences=features[prompts, firsts] - features[prompts, seconds],
            targets=targets,
            ties=targets == 0.5,
            margins=np.array(self.margins),
            weights=np.ones(len(targets)),
            threshold=REWARD.tie_threshold if (targets == 0.5).any() else 0.0,
        )


@dataclass(frozen=True)
class Curve:
    """Held-out accuracy, and the gold reward of the best of n, after each batch; seconds of a label at the end."""

    accuracy: list[float]
    rare: list[float]
    best: list[float]
    seconds: float


def run(kind: str, strategy: Strategy, seed: int, *, labels: int = LABELS) -> Curve:
    """One project from its first label to its last."""
    whole = draw_pool(SHAPES[kind], prompts=PROMPTS + HELD_OUT, seed=seed)
    pool, held_out = whole.rows(0, PROMPTS), whole.rows(PROMPTS, PROMPTS + HELD_OUT)
    features = _standardised(pool.features, of=pool.features)
    tested = _standardised(held_out.features, of=pool.features)
    labeled = Labeled(pool)
    heads: Array | None = None
    points, asked = [], np.zeros(PROMPTS)
    for round_ in range(labels // BATCH):
        # The first batch, made without a reward model, is the same for every strategy.
        rng = np.random.default_rng([seed, round_, STRATEGIES.index(strategy) if round_ else 0])
        chosen = next_pairs(labeled, features, heads, strategy, asked=asked, rng=rng)
        labeled.judge(chosen, rng)
        asked[[pair.prompt_id for pair in chosen]] = round_ + 1
        verdicts = labeled.verdicts(features)
        precision = choose_precision(replace(verdicts, weights=labeled.independent_weights()))
        heads = fit_ensemble(verdicts, precision=precision, heads=REWARD.heads, seed=seed)
        points.append(_measured(held_out, tested @ heads.mean(0)))
    accuracy, rare, best = (list(column) for column in zip(*points, strict=True))
    return Curve(accuracy, rare, best, float(np.mean(labeled.seconds)))


def next_pairs(
    labeled: Labeled,
    features: Array,
    heads: Array | None,
    strategy: Strategy,
    *,
    asked: Array,
    rng: np.random.Generator,
) -> list[SelectedPair]:
    """The next batch: of the prompts asked about least recently, in the queue's default proportions."""
    sampled = np.lexsort((rng.random(PROMPTS), asked))[: BATCH * PROMPTS_PER_PAIR]
    pool, candidates = labeled.pool, []
    for p, k in product(sampled.tolist(), range(COMPLETIONS)):
        rewards = features[p, k] @ heads.T if heads is not None else None
        candidates.append(
            Candidate(
                prompt_id=p,
                completion_id=p * COMPLETIONS + k,
                reward=None if rewards is None else float(rewards.mean()),
                reward_sd=None if rewards is None else float(rewards.std(ddof=1)),
                head_rewards=None if rewards is None else tuple(rewards.tolist()),
                characters=int(pool.characters[p, k]),
            )
        )
    plan = Plan(strategy)
    if strategy == "composite":
        counts = np.bincount([p for p, _, _ in labeled.pairs], minlength=PROMPTS)
        known = [p for p in range(PROMPTS) if p in set(sampled.tolist()) or counts[p]]
        in_pool = set(sampled.tolist())
        facts = [PromptFacts(p, pool.texts[p], (), int(counts[p]), p in in_pool) for p in known]
        cost = label_cost([labeled.read(*pair) for pair in labeled.pairs], labeled.seconds)
        plan = Plan(strategy, Coverage(facts), cost)
    return select_pairs(candidates, pairs=BATCH, uniform_share=UNIFORM_SHARE, rng=rng, plan=plan)


def _standardised(features: Array, *, of: Array) -> Array:
    flat = of.reshape(-1, of.shape[2])
    standardised: Array = (features - flat.mean(0)) / np.maximum(flat.std(0), 1e-9) * of.shape[2] ** -0.5
    return standardised


def _measured(held_out: Pool, rewards: Array) -> tuple[float, float, float]:
    """Accuracy on pairs, the same on the rarer half of topics' prompts, gold of the best of n by `rewards` (P, C)."""
    a, b = np.array(PAIRS).T
    gold, guess = held_out.gold[:, a] - held_out.gold[:, b], rewards[:, a] - rewards[:, b]
    decided, right = np.abs(gold) >= LABELER.tie_threshold, (gold > 0) == (guess > 0)
    agrees = expit(LABELER.beta * np.abs(gold))
    foreseen = np.where(right, agrees, 1 - agrees)
    counts = np.bincount(held_out.topics)[held_out.topics]
    is_rare = decided & (counts <= np.median(counts))[:, None]
    best = held_out.gold[np.arange(len(rewards)), rewards.argmax(1)].mean()
    return float(foreseen[decided].mean()), float(foreseen[is_rare].mean()), float(best)


# --------------------------------------------------------------------------------------------------- figures


def labels_needed(curve: Array, target: float) -> float:
    """Labels at which a curve (R,) of accuracies after each batch first reaches the target, over `LABELS`.

    Linear between batches. A curve that never does counts as one batch more than it has.
    """
    reached = np.flatnonzero(curve >= target)
    if len(reached) == 0:
        return (len(curve) + 1) * BATCH / LABELS
    last = int(reached[0])
    if last == 0:
        return BATCH / LABELS
    part = (target - curve[last - 1]) / (curve[last] - curve[last - 1])
    return float((last + part) * BATCH / LABELS)


def ratio(curves: Array, uniform: Array, *, resamples: int = 2000) -> tuple[float, float, float]:
    """Labels that `curves` (S, R) need over those of `uniform` (S, R), on means over seeds, with a 95 % interval."""
    rng, seeds = np.random.default_rng(0), len(curves)

    def of(rows: npt.NDArray[np.intp]) -> float:
        return labels_needed(curves[rows].mean(0), float(uniform[rows].mean(0)[LABELS // BATCH - 1]))

    drawn = [of(rng.integers(seeds, size=seeds)) for _ in range(resamples)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return round(of(np.arange(seeds)), 3), round(float(low), 3), round(float(high), 3)


def curves_of(kinds: list[str], strategies: list[Strategy], seeds: range) -> dict[tuple[str, str], list[Curve]]:
    """Curves of each pool and strategy, seed by seed, on every core."""
    jobs = list(product(kinds, strategies, seeds))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        done = list(pool.map(run, *zip(*jobs, strict=True), chunksize=1))
    result: dict[tuple[str, str], list[Curve]] = {}
    for (kind, strategy, _), curve in zip(jobs, done, strict=True):
        result.setdefault((kind, strategy), []).append(curve)
    return result


def table(curves: dict[tuple[str, str], list[Curve]]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for (kind, strategy), runs in curves.items():
        accuracy = np.array([curve.accuracy for curve in runs])
        uniform = np.array([curve.accuracy for curve in curves[kind, "uniform"]])
        value, low, high = ratio(accuracy, uniform)
        gained = np.array([c.best[-1] - u.best[-1] for c, u in zip(runs, curves[kind, "uniform"], strict=True)])
        rows.append(
            {
                "pool": kind,
                "strategy": strategy,
                "label_ratio": value,
                "ci": [low, high],
                "accuracy": round(float(accuracy[:, -1].mean()), 4),
                "rare": round(float(np.mean([curve.rare[-1] for curve in runs])), 4),
                "best_of_n_gold": round(float(np.mean([curve.best[-1] for curve in runs])), 4),
                "best_of_n_gain": round(float(gained.mean()), 4),
                "best_of_n_gain_se": round(float(gained.std(ddof=1) / len(gained) ** 0.5), 4) if len(gained) > 1 else 0,
                "seconds_per_label": round(float(np.mean([curve.seconds for curve in runs])), 2),
                "curve": accuracy.mean(0).round(4).tolist(),
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=32)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--pools", default=",".join(SHAPES))
    parser.add_argument("--strategies", default=",".join(STRATEGIES))
    parser.add_argument("--write", action="store_true", help=f"keep the result in {RESULT.name}")
    args = parser.parse_args()
    started = time.monotonic()
    strategies: list[Strategy] = [s for s in STRATEGIES if s in {"uniform", *args.strategies.split(",")}]
    seeds = range(args.first, args.first + args.seeds)
    rows = table(curves_of(args.pools.split(","), strategies, seeds))
    for row in rows:
        print({k: v for k, v in row.items() if k != "curve"}, file=sys.stderr)
    active = {row["pool"]: row for row in rows if row["strategy"] == DEFAULT}
    line = {
        "label_ratio_active_vs_random": active.get("heterogeneous", {}).get("label_ratio"),
        "ci": active.get("heterogeneous", {}).get("ci"),
        "homogeneous_ratio": active.get("homogeneous", {}).get("label_ratio"),
        "homogeneous_ci": active.get("homogeneous", {}).get("ci"),
        "strategy": DEFAULT,
        "seeds": args.seeds,
        "seconds": round(time.monotonic() - started, 1),
    }
    if args.write:
        RESULT.write_text(json.dumps(line | {"table": rows}, indent=1) + "\n")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
