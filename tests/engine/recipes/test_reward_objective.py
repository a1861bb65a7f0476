"""Every kind of feedback finds a planted reward, and their sum is what is minimised."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from rlhf_backend.data.feedback import Aspects, Feedback, Pairs, Passages, Rankings, Ratings
from rlhf_backend.recipes.feedback_head import Evidence, curvature_of_further, fit_feedback_ensemble, fit_heads
from rlhf_backend.recipes.reward_objective import Objective, comparison_weight, fresh_heads, reward_loss
from rlhf_backend.stats.preference_regression import LinearVerdicts, TieLikelihood, fit

TRUTH = np.array([1.5, -1.0, 0.5, 0.8])
N = 400
TAU = 0.5


def world(seed: int = 0, ties: TieLikelihood = "rao_kupper") -> Evidence:
    """Everything that people who want `TRUTH` say of 2N completions: N pairs, and their ranking by fours."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2 * N, 4))
    gold = x @ TRUTH
    rows, ones = torch.arange(N), torch.ones(N, dtype=torch.float64)
    felt = gold[0::2] - gold[1::2] + rng.logistic(size=N)
    even = np.abs(felt) < TAU
    levels = np.where(even, np.sign(np.round((gold[0::2] + gold[1::2]) / 4)), 0).astype(int)
    targets = torch.from_numpy(np.where(even, 0.5, (felt > 0).astype(float)))
    a, b = torch.arange(0, 2 * N, 2), torch.arange(1, 2 * N, 2)
    pairs = Pairs(a, b, rows, targets, torch.from_numpy(even), 0 * ones, ones, torch.from_numpy(levels))
    fours = np.arange(2 * N).reshape(-1, 4)
    ranks = (-(gold[fours] + rng.gumbel(size=fours.shape))).argsort(1).argsort(1) + 1
    ranks[:, 3] = np.where(rng.random(len(fours)) < 0.2, 0, ranks[:, 3])
    ranked = np.array([[sorted(set(four) - {0}).index(r) + 1 if r else 0 for r in four] for four in ranks.tolist()])
    rankings = Rankings(torch.from_numpy(fours), torch.from_numpy(ranked), rows[::2], ones[::2])
    rated = 0.4 * gold + 0.6 * rng.normal(size=2 * N)
    ratings = Ratings(
        torch.arange(2 * N), torch.from_numpy(rated), torch.arange(2 * N) // 2, torch.ones(2 * N).double()
    )
    marked = rng.normal(size=(N, 4)) * 0.7
    good = torch.from_numpy(marked @ TRUTH + 0.5 * rng.logistic(size=N) > 0)
    passages = Passages(a, rows, rows, good, rows, ones)
    likes = gold[0::2] - gold[1::2] + (x[0::2] - x[1::2])[:, 0] + rng.logistic(size=N)
    aspects = Aspects(0 * rows, a, b, rows, torch.from_numpy((likes > 0).astype(float)), rows < 0, 0 * ones, ones)
    feedback = Feedback(pairs, rankings, ratings, passages, aspects, ("kind",), rows, [])
    return Evidence(torch.from_numpy(x), torch.from_numpy(marked), feedback, Objective(ties, TAU))


def only(evidence: Evidence, *kinds: str) -> Evidence:
    """What was said in these kinds; `levels` are ties without verdicts that decide."""
    feedback = evidence.feedback
    nothing = feedback.of_rows(torch.zeros(N, dtype=torch.bool))
    kept = {kind: getattr(feedback, kind) for kind in kinds if kind != "levels"}
    alone = replace(nothing, **kept)
    if "levels" in kinds:
        pairs = feedback.pairs
        alone = replace(alone, pairs=replace(pairs, weights=pairs.weights * pairs.ties))
    elif "pairs" in kinds:
        alone = replace(alone, pairs=replace(feedback.pairs, levels=torch.zeros_like(feedback.pairs.levels)))
    passages = evidence.passages if "passages" in kinds else evidence.passages[:0]
    return replace(evidence, feedback=alone, passages=passages)


@pytest.mark.parametrize("ties", ["rao_kupper", "davidson"])
@pytest.mark.parametrize("kind", ["pairs", "rankings", "ratings", "passages", "aspects", "levels"])
def test_each_kind_alone_finds_the_planted_reward(kind: str, ties: TieLikelihood) -> None:
    found = fit_heads(only(world(ties=ties), kind), precision=0.1).weight[0].numpy()
    fresh = np.random.default_rng(9).normal(size=(500, 4))
    assert spearmanr(fresh @ found, fresh @ TRUTH)[0] > 0.9


def test_all_kinds_together_find_it_best() -> None:
    fresh = np.random.default_rng(9).normal(size=(500, 4))

    def fidelity(*kinds: str) -> float:
        found = [fit_heads(only(world(seed), *kinds), precision=0.1).weight[0].numpy() for seed in range(5)]
        return float(np.mean([spearmanr(fresh @ weights, fresh @ TRUTH)[0] for weights in found]))

    kinds = ("pairs", "rankings", "ratings", "passages")
    assert fidelity(*kinds) > max(fidelity(kind) for kind in kinds)


@pytest.mark.parametrize("ties", ["rao_kupper", "davidson"])
def test_pairs_alone_are_fitted_as_without_tensors(ties: TieLikelihood) -> None:
    evidence = only(world(ties=ties), "pairs")
    x, pairs = evidence.features.numpy(), evidence.feedback.pairs
    said = (pairs.targets.numpy(), pairs.ties.numpy(), pairs.margins.numpy(), pairs.weights.numpy())
    verdicts = LinearVerdicts(x[0::2] - x[1::2], *said, TAU, ties)
    np.testing.assert_allclose(fit_heads(evidence, precision=0.3).weight[0], fit(verdicts, precision=0.3), atol=1e-4)


def test_the_loss_of_a_batch_is_the_sum_of_its_parts() -> None:
    evidence = world()
    heads = fresh_heads(torch.from_numpy(np.stack([TRUTH, -TRUTH])), evidence.feedback)
    draws = torch.rand(2, N, dtype=torch.float64)

    def loss(part: Evidence) -> torch.Tensor:
        return reward_loss(heads, part.features, part.feedback, part.objective, passages=part.passages, draws=draws)

    first = torch.arange(N) < N // 2
    parts = [evidence.of_rows(chosen) for chosen in (first, ~first)]
    torch.testing.assert_close(loss(evidence), loss(parts[0]) + loss(parts[1]))
    weights = [comparison_weight(part.feedback, draws) for part in (evidence, *parts)]
    torch.testing.assert_close(weights[0], weights[1] + weights[2])
    assert float(loss(evidence)[0]) < float(loss(evidence)[1])


def test_the_ensemble_centres_on_the_mode_and_more_feedback_narrows_it() -> None:
    evidence = world()
    mode = fit_heads(evidence, precision=0.5).weight[0].numpy()
    everything = fit_feedback_ensemble(evidence, precision=0.5, heads=12, seed=0)
    alone = fit_feedback_ensemble(only(evidence, "pairs"), precision=0.5, heads=12, seed=0)
    np.testing.assert_allclose(everything.mean(0), mode, atol=1e-6)
    assert everything.std(0).mean() < alone.std(0).mean()


def test_the_curvature_of_further_feedback_is_that_of_its_loss() -> None:
    evidence = world()
    heads = fit_heads(evidence, precision=0.5)
    further = curvature_of_further(evidence, heads)
    none = curvature_of_further(only(evidence, "pairs"), heads)
    assert np.linalg.eigvalsh(further).min() > 0
    np.testing.assert_allclose(none, 0, atol=1e-9)


def test_false_ratings_lose_their_slope_and_leave_the_reward_alone() -> None:
    evidence = only(world(), "pairs", "ratings")
    ratings = evidence.feedback.ratings
    order = torch.randperm(2 * N, generator=torch.Generator().manual_seed(0))
    false = replace(
        evidence, feedback=replace(evidence.feedback, ratings=replace(ratings, values=ratings.values[order]))
    )
    honest, misled, plain = (fit_heads(e, precision=0.3) for e in (evidence, false, only(world(), "pairs")))
    assert float(honest.ratings[0, 1]) > 0.3
    assert abs(float(misled.ratings[0, 1])) < 0.1
    assert spearmanr(evidence.features @ misled.weight[0], evidence.features @ plain.weight[0])[0] > 0.99
