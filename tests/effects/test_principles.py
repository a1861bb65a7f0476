"""Instructable rewards (SALMON, arXiv:2310.05910): what is instructed is obeyed, and a prohibition turns a policy.

Toy: six attributes, 6,000 pairs, verdicts by the dominant of the shown and possibly negated principles, one of ten
flipped. Over twelve other seeds the worst of six principles was obeyed on .92 to .95 of unflipped pairs, verdicts under
several principles at once on .87 to .89, and a reward that cannot read principles, the negative control, on .48 to .52.
A policy tilted by the reward changed the mean of the exploited attribute from 1.8 … 2.3 to −3.1 … −2.4.

Starter: labelers' overall verdicts reward length alone, so tuning on them writes longer; a prohibition of length, with
the same labels and the same reward model, writes shorter than before any tuning. The control is the list without it.
Only signs are asserted: a policy's 80 panel completions place its mean length within about a word and a half.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.stats.principle_regression import PrincipleExamples, fit_principles
from tests.effects.principles_loop import POLICY, Loop, principle
from tests.effects.principles_toy import Toy, draw_toy, tilted_means

pytestmark = pytest.mark.effect

PAIRS, SEEDS = 6000, (1, 2, 3)


def with_general_head(examples: PrincipleExamples) -> PrincipleExamples:
    """The general reward v is a column that is always shown."""
    return replace(examples, shown=np.column_stack([np.ones(len(examples.shown)), examples.shown]))


def instructed(toy: Toy) -> Array:
    """v and W: (1 + 6, F)"""
    return fit_principles(toy.differences, with_general_head(toy.examples), precision=0.1)


def fingerprint(toy: Toy) -> str:
    arrays = (toy.features, toy.examples.pairs, toy.examples.shown, toy.examples.targets)
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_instructed_reward_obeys_every_principle_and_its_negation(seed: int) -> None:
    """Single principles, both signs, at least .9; several at once at least .84; the blind one within .45 to .55."""
    train, test = draw_toy(PAIRS, seed=seed, flips=0.1), draw_toy(3000, seed=seed + 50, flips=0.0)
    general, *principles = instructed(train)
    told = test.attributes[:, 0] - test.attributes[:, 1]
    for attribute, weights in enumerate(principles):
        for sign in (1, -1):
            rewards = test.differences @ (general + sign * weights)
            assert ((rewards > 0) == (sign * told[:, attribute] > 0)).mean() >= 0.9
    shown = with_general_head(test.examples).shown
    together = (shown * (test.differences @ instructed(train).T)).sum(1)
    assert ((together > 0) == (test.examples.targets == 1)).mean() >= 0.84
    unread = replace(train.examples, shown=np.ones((PAIRS, 1)))
    blind = test.differences @ fit_principles(train.differences, unread, precision=0.1)[0]
    assert 0.45 < ((blind > 0) == (test.examples.targets == 1)).mean() < 0.55


@pytest.mark.parametrize("seed", SEEDS)
def test_a_prohibition_turns_the_exploited_attribute_and_spares_the_other(seed: int) -> None:
    """Sign of the mean + → −, beyond 1 either way; the other attribute keeps 80 % or more. No label is given anew."""
    labels = draw_toy(PAIRS, seed=seed, flips=0.1)
    before = fingerprint(labels)
    weights = instructed(labels)[1:]
    wanted, prohibited = np.zeros(6), np.zeros(6)
    wanted[:2], prohibited[:2] = (1, 1), (-1, 1)
    exploited, other = tilted_means(weights, wanted, seed=seed + 90)[:2]
    turned, kept = tilted_means(weights, prohibited, seed=seed + 90)[:2]
    assert exploited > 1
    assert turned < -1
    assert kept >= 0.8 * other
    assert fingerprint(labels) == before


def test_a_prohibition_turns_the_starters_policy_without_a_new_label(tmp_path: Path) -> None:
    """Words: prohibited < untuned < not prohibited; the other principle is obeyed under both lists."""
    loop = Loop(tmp_path, seed=1)
    labels = loop.fingerprint()
    untuned = loop.written("untuned", POLICY)
    exploited = loop.tuned("exploited", [principle("warm", 1.0)])
    prohibited = loop.tuned("prohibited", [principle("warm", 1.0), principle("long", -2.0)])
    assert loop.fingerprint() == labels
    assert prohibited.words < untuned.words < exploited.words
    assert min(prohibited.tone, exploited.tone) > untuned.tone
