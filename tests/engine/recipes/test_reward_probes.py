"""Counterfactual probes: a planted bias is found, and a reward that is a matter of content raises no alarm."""

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
import pytest

from rlhf_backend.recipes.judged import Text
from rlhf_backend.recipes.reward_probes import (
    Specimen,
    agreeing,
    counterfactual_probes,
    draw_specimens,
    laid_out,
    padded,
    position_probe,
)
from rlhf_backend.reward_sections import Probe
from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.types import Message
from tests.engine.recipes.judged_cast import WORDS, comparison, preferences_of, sentences

ASKED = [Message(role="user", content="What is in the garden?")]
Rule = Callable[[Sequence[Message], str], float]


def content(_prompt: Sequence[Message], text: str) -> float:
    """How much is said of three words: what a fair judge might like. Standard deviation about one."""
    words = text.lower().replace(".", " ").replace("*", " ").split()
    return 0.7 * sum(words.count(word) for word in WORDS[:3])


def probed(rule: Rule, *, seed: int = 0, count: int = 60) -> dict[str, Probe]:
    rng = np.random.default_rng(seed)
    specimens = [
        Specimen([Message(role="user", content=f"Tell me of {word}, number {i}.")], sentences(rng, 3), i)
        for i, word in enumerate(rng.choice(WORDS, size=count))
    ]
    found = counterfactual_probes(
        specimens,
        score=lambda texts: np.array([[rule(prompt, text)] for prompt, text in texts]),
        tokens=lambda text: len(text.split()),
    )
    return {probe.name: probe for probe in found}


PLANTED: dict[str, Rule] = {
    "length": lambda prompt, text: content(prompt, text) + 0.005 * len(text.split()),
    "format": lambda prompt, text: content(prompt, text) + 0.5 * any(mark in text for mark in ("- ", "**", "## ")),
    "sycophancy": lambda prompt, text: (
        content(prompt, text) + 0.6 * any(word in text for word in ("You", "Your own", "agree", "What you think"))
    ),
}


@pytest.mark.parametrize("name", list(PLANTED))
def test_a_planted_bias_is_found_by_its_probe_alone(name: str) -> None:
    probes = probed(PLANTED[name])
    assert {probe for probe in probes if probes[probe].alarm} == {name}
    assert probes[name].effect.low > probes[name].limit


@pytest.mark.parametrize("name", list(PLANTED))
def test_a_bias_the_other_way_is_an_alarm_too(name: str) -> None:
    probes = probed(lambda prompt, text: 2 * content(prompt, text) - PLANTED[name](prompt, text))
    assert probes[name].alarm
    assert probes[name].effect.high < -probes[name].limit


def test_a_length_effect_is_told_for_fifty_tokens() -> None:
    assert probed(PLANTED["length"])["length"].effect.value == pytest.approx(50 * 0.005)


def test_a_reward_of_content_alone_raises_no_alarm() -> None:
    probes = probed(content)
    assert set(probes) == {"length", "format", "sycophancy"}
    for probe in probes.values():
        assert not probe.alarm
        assert probe.effect.value == 0


def test_noise_in_the_reward_is_no_bias() -> None:
    """A reward with noise of a standard deviation for each text: of 40 models at most 2 raise any alarm."""
    alarmed = 0
    for seed in range(40):

        def noisy(prompt: Sequence[Message], text: str, seed: int = seed) -> float:
            return content(prompt, text) + np.random.default_rng([seed, crc32(text.encode())]).normal()

        alarmed += any(probe.alarm for probe in probed(noisy, seed=seed).values())
    assert alarmed <= 2


def test_what_the_heads_do_not_agree_on_is_no_bias() -> None:
    """One head in four likes length very much: the mean effect lies beyond the limit, the interval does not."""
    rng = np.random.default_rng(0)
    specimens = [Specimen(ASKED, sentences(rng, 3), i) for i in range(40)]

    def heads(texts: Sequence[Text]) -> Array:
        words = np.array([len(text.split()) for _, text in texts], dtype=np.float64)
        return np.outer(words, [0.02, 0.0, 0.0, 0.0])

    probe = counterfactual_probes(specimens, score=heads, tokens=lambda text: len(text.split()))[0]
    assert probe.effect.value == pytest.approx(0.25)
    assert (probe.effect.low, probe.effect.high) == pytest.approx((0.0, 1.0))
    assert not probe.alarm


def test_padding_says_nothing_and_is_about_fifty_tokens_long() -> None:
    pair = padded(Specimen(ASKED, "A lamp. ", 0), 3, lambda text: len(text.split()))
    assert pair is not None
    plain, changed = pair.plain[1], pair.changed[1]
    assert changed.startswith(plain)
    added = len(changed.split()) - len(plain.split())
    assert 50 <= added < 62
    assert pair.factor == pytest.approx(50 / added)


def test_layouts_keep_every_word_and_what_is_laid_out_already_is_left_alone() -> None:
    pairs = laid_out(Specimen(ASKED, "A lamp is there. It is slow!", 0))
    assert {pair.kind for pair in pairs} == {"list", "heading", "bold"}
    by_kind = {pair.kind: pair.changed[1] for pair in pairs}
    assert by_kind["list"] == "- A lamp is there.\n- It is slow!"
    assert by_kind["bold"] == "**A lamp is there.** It is slow!"
    assert by_kind["heading"].endswith("A lamp is there. It is slow!")
    assert [pair.kind for pair in laid_out(Specimen(ASKED, "one sentence", 0))] == ["heading", "bold"]
    for text in ("- one\n- two", "1. one", "**bold**", "# title", "", "```code```"):
        assert laid_out(Specimen(ASKED, text, 0)) == []


def test_both_texts_of_a_sycophancy_pair_answer_the_same_opinion() -> None:
    pair = agreeing(Specimen(ASKED, "A lamp.", 0), 0)
    assert pair is not None
    assert pair.plain[0] == pair.changed[0]
    assert pair.plain[0][-1].content.startswith("What is in the garden?")
    assert pair.plain[1].endswith("A lamp.")
    assert pair.changed[1].endswith("A lamp.")
    assert agreeing(Specimen([Message(role="system", content="Be kind.")], "A lamp.", 0), 0) is None


def test_every_prompt_gives_a_completion_before_one_gives_two() -> None:
    rows = [comparison(i, f"a{i}", f"b{i}", "a", prompt=f"prompt {i % 30}") for i in range(60)]
    specimens = draw_specimens(preferences_of(rows), seed=0)
    assert len(specimens) == 60
    assert len({one.group for one in specimens[:30]}) == 30
    assert len({one.completion for one in specimens}) == 60


def test_few_completions_are_not_probed_and_those_that_do_not_fit_are_left_out() -> None:
    assert probed(content, count=19) == {}
    probes = probed(lambda prompt, text: np.nan if text.startswith("- ") else content(prompt, text))
    assert "list" not in probes["format"].says
    assert "heading" in probes["format"].says


def test_a_lean_to_a_side_is_learned_where_sides_were_not_drawn_at_random() -> None:
    rng = np.random.default_rng(0)
    rewards = rng.normal(size=(400, 2))
    rows = [comparison(i, f"a{i}", f"b{i}", "a" if rewards[i, 0] > rewards[i, 1] else "b") for i in range(400)]
    better_left = rewards[:, 0] > rewards[:, 1]
    at_random = rng.random(400) < 0.5
    for left_is_a, alarm in ((at_random, False), (np.where(rng.random(400) < 0.7, better_left, ~better_left), True)):
        probe = position_probe(
            preferences_of(rows, {i: {"left_is_a": bool(left_is_a[i])} for i in range(400)}), rewards
        )
        assert probe is not None
        assert probe.alarm is alarm
        assert "They chose the left in" in probe.says
    assert position_probe(preferences_of(rows), rewards) is None
