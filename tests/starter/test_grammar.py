"""The corpus: seeded, varied, of the right length, with style factors that do not lean on each other."""

from itertools import combinations
from random import Random

import pytest
from scipy.stats import chi2_contingency

from rlhf_backend.starter.grammar import Style, corpus, draw_request, write_reply
from rlhf_backend.starter.lexicon import KIND_NAMES

FACTORS = ("tone", "confidence", "is_rambling", "is_specific", "is_on_topic", "is_list")


def _table(pairs: list[tuple[object, object]]) -> list[list[int]]:
    rows, columns = sorted({a for a, _ in pairs}), sorted({b for _, b in pairs})
    return [[sum(pair == (a, b) for pair in pairs) for b in columns] for a in rows]


def test_the_same_seed_gives_the_same_corpus_and_a_shorter_one_is_its_prefix() -> None:
    long = list(corpus(seed=3, size=200))
    assert list(corpus(seed=3, size=50)) == long[:50]
    assert list(corpus(seed=4, size=200)) != long


def test_every_kind_of_request_occurs_in_many_wordings() -> None:
    requests = [sample.request for sample in corpus(seed=0, size=8000)]
    assert {request.kind for request in requests} == set(KIND_NAMES)
    assert len(KIND_NAMES) >= 14
    assert len({request.text for request in requests}) >= 800


def test_replies_are_about_thirty_words_and_never_endless() -> None:
    lengths = [len(sample.reply.split()) for sample in corpus(seed=1, size=4000)]
    assert 25 <= sum(lengths) / len(lengths) <= 36
    assert max(lengths) <= 110
    assert min(lengths) >= 2


def test_no_template_is_left_unfilled() -> None:
    texts = [text for sample in corpus(seed=2, size=6000) for text in (sample.request.text, sample.reply)]
    assert not [text for text in texts if "{" in text or "}" in text or "  " in text]


@pytest.mark.parametrize(("first", "second"), list(combinations(FACTORS, 2)))
def test_two_factors_are_independent(first: str, second: str) -> None:
    styles = [sample.style for sample in corpus(seed=5, size=6000) if not sample.style.is_refusal]
    pairs = [(getattr(style, first), getattr(style, second)) for style in styles]
    assert chi2_contingency(_table(pairs)).pvalue > 1e-4


def test_dependent_factors_would_be_noticed() -> None:
    styles = [sample.style for sample in corpus(seed=5, size=6000)]
    pairs = [(style.is_refusal, style.is_list) for style in styles]
    assert chi2_contingency(_table(pairs)).pvalue < 1e-6


def test_each_factor_changes_the_text() -> None:
    plain = Style()
    others = (
        Style(tone=1),
        Style(tone=-1),
        Style(confidence=1),
        Style(confidence=-1),
        Style(is_rambling=True),
        Style(is_specific=False),
        Style(is_on_topic=False),
        Style(is_list=True),
        Style(is_refusal=True),
    )
    request = draw_request(Random(6))
    written = {style: {write_reply(Random(seed), request, style) for seed in range(40)} for style in (plain, *others)}
    for style in others:
        assert not written[style] & written[plain], style
