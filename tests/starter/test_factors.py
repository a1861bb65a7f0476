"""What the judge is taught: factors of replies, some moved to another prompt, broken or repeated."""

from random import Random

from rlhf_backend.starter.factors import FACTORS, damage, draw_reading, readings, repeat


def _column(name: str, size: int) -> list[float]:
    return [reading.values[FACTORS.index(name)] for reading in readings(seed=11, size=size)]


def test_every_factor_takes_more_than_one_value() -> None:
    for name in FACTORS:
        assert len(set(_column(name, 600))) > 1, name


def test_readings_repeat_with_their_seed() -> None:
    assert list(readings(seed=12, size=30)) == list(readings(seed=12, size=30))


def test_mismatched_pairs_make_off_topic_replies_common() -> None:
    share = 1 - sum(_column("on_topic", 2000)) / 2000
    assert 0.25 <= share <= 0.4


def test_damage_changes_words_and_repeat_adds_a_sentence_it_has() -> None:
    text = "Toss a coin. Both are fine. I would bet on it."
    assert damage(Random(1), text, edits=3) != text
    longer = repeat(Random(1), text, copies=2)
    sentences = [part.strip() for part in longer.split(".") if part.strip()]
    assert len(sentences) == 5
    assert len(set(sentences)) == 3


def test_one_draw_is_one_reading() -> None:
    reading = draw_reading(Random(13))
    assert reading.reply
    assert reading.messages[-1]["role"] == "user"
    assert len(reading.values) == len(FACTORS)
