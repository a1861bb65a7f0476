"""Style read back from words agrees with the style in which the grammar wrote, and tolerates small damage."""

import numpy as np
import pytest

from rlhf_backend.simulation.style import read_style
from rlhf_backend.starter.grammar import corpus

SAMPLES = list(corpus(seed=41, size=500))
READINGS = [read_style(sample.messages, sample.reply) for sample in SAMPLES]
REQUEST = [{"role": "user", "content": "What should I pack for a ski trip?"}]


@pytest.mark.parametrize(
    ("written", "read", "least"),
    [
        ("tone", "tone", 0.98),
        ("confidence", "confidence", 0.98),
        ("is_rambling", "rambling", 0.88),
        ("is_specific", "details", 0.92),
        ("is_on_topic", "on_topic", 0.9),
        ("is_list", "is_list", 0.98),
        ("is_refusal", "refusals", 0.98),
    ],
)
def test_a_factor_is_read_back(written: str, read: str, least: float) -> None:
    truth = [float(getattr(sample.style, written)) for sample in SAMPLES]
    values = [float(getattr(reading, read)) for reading in READINGS]
    assert np.corrcoef(truth, values)[0, 1] >= least


def test_unsafe_advice_is_told_from_safe_advice() -> None:
    pairs = [
        (s.style.is_safe, r.unsafe) for s, r in zip(SAMPLES, READINGS, strict=True) if s.request.is_risky and r.on_topic
    ]
    assert max(unsafe for is_safe, unsafe in pairs if is_safe) < 0.5
    assert min(unsafe for is_safe, unsafe in pairs if not is_safe) > 0.5


def test_a_phrase_with_a_wrong_word_still_counts() -> None:
    whole = read_style(REQUEST, "You are going to do great! Take thick gloves and goggles.")
    garbled = read_style(REQUEST, "It is a joy to to help with this! Take thick gloves and goggles.")
    assert whole.tone == garbled.tone == 1.0
    assert garbled.unseen > whole.unseen == 0.0


def test_an_unknown_request_leaves_the_topic_open() -> None:
    assert read_style([{"role": "user", "content": "Qubit decoherence?"}], "Pack light.").on_topic == 0.5


def test_a_sentence_said_twice_is_repetition() -> None:
    assert read_style(REQUEST, "Pack light. Pack light. Pack light. Go.").repetition == 0.5
    assert read_style(REQUEST, "").repetition == 0.0
