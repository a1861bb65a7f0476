"""What a reward model labels itself: rules, phases, share, gate, and that held-out verdicts stay unseen."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, fit
from rlhf_backend.stats.self_label_lanes import (
    Admitted,
    Lane,
    Limits,
    Pool,
    Rule,
    admitting,
    best_scale,
    first_lanes,
    refitted,
    trained_on,
)
from rlhf_backend.stats.self_labeling import FEWEST_VERDICTS, self_label

TASTE = np.array([3.0, -2.0, 1.0, 0.0])


def pool_of(n: int = 120, m: int = 400, *, seed: int = 0, precision: float = 0.3) -> Pool:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)) / 2
    said = (rng.random(n) < expit(2 * x @ TASTE)).astype(np.float64)
    a, b = rng.normal(size=(2, m, 4)) / 2
    none = np.zeros(n)
    human = LinearVerdicts(x, said, none.astype(np.bool_), none, none + 1, threshold=0.0)
    return Pool(
        human=human,
        said=said,
        counts=none + 1,
        folds=np.arange(n) % 4,
        clusters=np.arange(n),
        reference=np.zeros(4),
        a=a,
        b=b,
        precision=precision,
    )


def lane_of(pool: Pool, weights: Array) -> Lane:
    return Lane(np.ones(len(pool.folds), dtype=np.bool_), Admitted.none(1), weights)


def admitted_by(pool: Pool, weights: Array, rule: Rule, *, share: float = 0.9) -> Admitted:
    """By the last of two lanes with the same weights, on everything there is."""
    everything = np.arange(len(pool.a))
    lanes = [lane_of(pool, weights), lane_of(pool, weights)]
    return admitting(pool, lanes, everything, Limits(share, loops=1), rule)[-1].admitted


def scores(pool: Pool, weights: Array) -> tuple[Array, Array]:
    return expit((pool.a - pool.reference) @ weights), expit((pool.b - pool.reference) @ weights)


def test_the_first_rule_admits_pairs_of_a_good_and_a_bad_completion_and_their_mirrors() -> None:
    pool = pool_of()
    found = admitted_by(pool, TASTE, Rule("tell good from bad", 1, 1.0))
    a, b = scores(pool, TASTE)
    expected = ((a > 0.55) & (b < 0.45)) | ((b > 0.55) & (a < 0.45))
    assert sorted(found.rows.tolist()) == np.flatnonzero(expected).tolist()
    np.testing.assert_array_equal(trained_on(found.shares), a[found.rows] > b[found.rows])


def test_the_second_rule_admits_pairs_far_apart_be_both_good_or_both_bad() -> None:
    pool = pool_of()
    pool = replace(pool, a=pool.a + TASTE, b=pool.b + TASTE)  # all are good
    a, b = scores(pool, TASTE)
    found = admitted_by(pool, TASTE, Rule("amplify differences", 1, 1.0))
    assert sorted(found.rows.tolist()) == np.flatnonzero(np.abs(a - b) > 0.3).tolist()


def test_a_mirrored_pair_gets_the_mirrored_label() -> None:
    pool = pool_of()
    mirrored = replace(pool, a=pool.b, b=pool.a)
    for status in ("tell good from bad", "amplify differences"):
        one, other = (admitted_by(each, TASTE, Rule(status, 1, 1.0)) for each in (pool, mirrored))
        np.testing.assert_array_equal(one.rows, other.rows)
        np.testing.assert_allclose(one.shares, 1 - other.shares)


def test_where_a_reward_has_its_zero_changes_nothing() -> None:
    """Bradley-Terry fixes differences only: features moved by a constant move every reward, and the reference too."""
    pool = pool_of()
    far = np.array([5.0, 0.0, -3.0, 1.0])
    moved = replace(pool, a=pool.a + far, b=pool.b + far, reference=pool.reference + far)
    rule = Rule("tell good from bad", 1, 1.0)
    np.testing.assert_array_equal(admitted_by(pool, TASTE, rule).rows, admitted_by(moved, TASTE, rule).rows)


def test_the_unit_of_the_rewards_changes_nothing_once_they_are_tempered() -> None:
    pool = pool_of()
    lanes = first_lanes(pool)
    louder = [replace(lane, weights=None if lane.weights is None else 7 * lane.weights) for lane in lanes]
    assert best_scale(pool, louder) == pytest.approx(best_scale(pool, lanes) / 7, rel=1e-2)


def test_self_labels_are_at_most_their_share_of_the_training_pairs() -> None:
    pool = pool_of()
    for share in (0.1, 0.25, 0.5):
        outcome = self_label(pool, Limits(share, 3, gated=False), seed=0)
        assert 0 < len(outcome.admitted) / (len(outcome.admitted) + 120) <= share


def test_no_pair_is_admitted_twice() -> None:
    outcome = self_label(pool_of(), Limits(0.5, 4, gated=False), seed=0)
    rows = outcome.admitted.rows.tolist()
    assert len(set(rows)) == len(rows) > 0
    assert {1, 2} <= set(outcome.admitted.loops.tolist())


def test_when_no_good_is_beside_bad_any_more_the_second_phase_begins() -> None:
    pool = pool_of()
    good = 0.06 * TASTE  # nearly every completion is good: the first rule soon has nothing to admit
    all_good = replace(pool, a=pool.a / 4 + good, b=pool.b / 4 + good)
    outcome = self_label(all_good, Limits(0.5, 2, gated=False), seed=0)
    assert [loop.status for loop in outcome.loops] == ["seed", "tell good from bad", "amplify differences"]


def test_a_loop_that_held_out_verdicts_speak_against_is_rolled_back_and_the_last() -> None:
    """The pool lies along what people do not heed, and every label there follows chance."""
    pool = pool_of(300, 600, precision=0.01)
    nothing = np.zeros_like(pool.a)
    nothing[:, 3] = np.random.default_rng(1).choice([-6.0, 6.0], len(nothing))
    misleading = replace(pool, a=pool.a * 0.01 + nothing, b=pool.b * 0.01 - nothing, precision=20.0)
    outcome = self_label(misleading, Limits(0.5, 3), seed=0)
    assert not outcome.loops[-1].kept
    assert "rolled back" in outcome.stopped
    assert outcome.loops[-1].number not in outcome.admitted.loops
    if len(outcome.loops) == 2:
        np.testing.assert_allclose(outcome.weights, fit(pool.human, precision=20.0), rtol=1e-6)


def test_a_lane_without_a_fold_does_not_know_its_verdicts() -> None:
    pool = pool_of()
    turned = np.where(pool.folds == 0, 1 - pool.said, pool.said)
    other = replace(pool, said=turned, human=replace(pool.human, targets=turned))
    one, two = (self_label(each, Limits(0.5, 1, gated=False), seed=0) for each in (pool, other))
    both = np.intersect1d(one.admitted.rows, two.admitted.rows)
    of_fold = [lane.weights for lane in (first_lanes(pool)[0], first_lanes(other)[0])]
    np.testing.assert_array_equal(*of_fold)
    at = [np.searchsorted(np.sort(each.admitted.rows), both) for each in (one, two)]
    unseen = [
        each.admitted.unseen[0][np.argsort(each.admitted.rows)][i] for each, i in zip((one, two), at, strict=True)
    ]
    np.testing.assert_array_equal(*(trained_on(share) for share in unseen))


def test_verdicts_of_people_are_replayed_in_every_fit() -> None:
    pool = pool_of()
    lane = first_lanes(pool)[-1]
    more = replace(
        lane, admitted=Admitted.none(4).with_more(np.arange(3), 1, np.array([0.9, 0.2, 0.8]), np.ones((4, 3)))
    )
    both = replace(
        pool.human,
        differences=np.concatenate([pool.human.differences, (pool.a - pool.b)[:3]]),
        targets=np.r_[pool.said, 1, 0, 1],
        ties=np.zeros(123, dtype=np.bool_),
        margins=np.zeros(123),
        weights=np.ones(123),
    )
    np.testing.assert_allclose(refitted(pool, more).weights, fit(both, precision=pool.precision), rtol=1e-4)


def test_too_few_verdicts_of_people_gate_nothing_so_nothing_is_labeled() -> None:
    outcome = self_label(pool_of(FEWEST_VERDICTS - 1), Limits(0.5, 3), seed=0)
    assert len(outcome.admitted) == 0
    assert len(outcome.loops) == 1
    assert f"{FEWEST_VERDICTS} are needed" in outcome.stopped


def test_the_same_seed_labels_the_same_pairs() -> None:
    one, two = (self_label(pool_of(), Limits(0.3, 2), seed=5) for _ in range(2))
    np.testing.assert_array_equal(one.admitted.rows, two.admitted.rows)
