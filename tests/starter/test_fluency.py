"""The detector of broken phrases: passes what the grammar writes, catches what it would not write."""

from random import Random

from rlhf_backend.starter.factors import damage
from rlhf_backend.starter.fluency import is_clean, unseen_share, unseen_trigrams
from rlhf_backend.starter.grammar import corpus


def test_fresh_replies_of_the_grammar_are_clean() -> None:
    replies = [sample.reply for sample in corpus(seed=901, size=2000)]
    assert sum(map(is_clean, replies)) / len(replies) >= 0.99


def test_two_careless_edits_are_caught() -> None:
    rng = Random(902)
    damaged = [damage(rng, sample.reply, edits=2) for sample in corpus(seed=903, size=1000)]
    assert sum(map(is_clean, damaged)) / len(damaged) <= 0.05


def test_sentences_may_follow_each_other_in_any_order() -> None:
    assert unseen_trigrams("I would bet on it. Toss a coin. Both are fine.") == 0


def test_an_empty_text_and_a_foreign_one_are_not_clean() -> None:
    assert not is_clean("  ")
    assert unseen_share("") == 1.0
    assert unseen_share("Quantum zebras negotiate turquoise mortgages.") == 1.0
