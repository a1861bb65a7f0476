from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.formats.rows import RowError
from annotate.formats.trl import trl_parse, trl_row

USER = {"role": "user", "content": "What color is the sky?"}
BLUE, GREEN = ({"role": "assistant", "content": f"It is {color}."} for color in ("blue", "green"))


@pytest.mark.parametrize(
    ("record", "prompt", "chosen", "rejected"),
    [
        pytest.param(
            {"prompt": "The sky is", "chosen": " blue.", "rejected": " green."},
            ({"role": "user", "content": "The sky is"},), " blue.", " green.", id="standard, explicit",
        ),
        pytest.param(
            {"chosen": "The sky is blue.", "rejected": "The sky is green."},
            ({"role": "user", "content": "The sky is"},), " blue.", " green.", id="standard, implicit",
        ),
        pytest.param(
            {"prompt": [USER], "chosen": [BLUE], "rejected": [GREEN]},
            (USER,), "It is blue.", "It is green.", id="conversational, explicit",
        ),
        pytest.param(
            {"chosen": [USER, BLUE], "rejected": [USER, GREEN]},
            (USER,), "It is blue.", "It is green.", id="conversational, implicit",
        ),
        pytest.param(
            {"prompt": [USER], "chosen": "blue", "rejected": [GREEN]},
            (USER,), "blue", "It is green.", id="mixed",
        ),
        pytest.param(
            {"prompt": None, "chosen": [USER, BLUE], "rejected": [USER, GREEN], "score_chosen": 8.5},
            (USER,), "It is blue.", "It is green.", id="other columns beside",
        ),
    ],
)  # fmt: skip
def test_each_layout_is_read(record: object, prompt: object, chosen: str, rejected: str) -> None:
    row = trl_parse(record, row=3)
    assert (row.row, row.prompt, row.chosen, row.rejected, row.strength) == (3, prompt, chosen, rejected, 1)


def test_an_implicit_prompt_is_cut_between_words() -> None:
    row = trl_parse({"chosen": "I like blueberries", "rejected": "I like bluebells"}, row=1)
    assert row.prompt == ({"role": "user", "content": "I like"},)
    assert (row.chosen, row.rejected) == (" blueberries", " bluebells")


@pytest.mark.parametrize(
    ("margin", "strength"),
    [
        (0, None),
        (0.333333, 1),
        (1 / 3, 1),
        (0.666667, 2),
        (1, 3),
        (1.0, 3),
        (4 / 3, 4),
        (1.333333, 4),
        (2.5, 3),
        (0.01, 1),
        (None, 1),
    ],
)
def test_a_margin_is_a_strength(margin: float | None, strength: int | None) -> None:
    record = {"prompt": "p", "chosen": "a", "rejected": "b", "margin": margin}
    assert trl_parse(record, row=1).strength == strength


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"prompt": "p", "chosen": "a"}, "'rejected' is missing; found chosen, prompt"),
        ({"prompt": "p", "chosen": "a", "rejected": None}, "rejected is missing; expected text"),
        ({"prompt": "p", "chosen": "same", "rejected": "same"}, "identical"),
        ({"chosen": "same", "rejected": "same"}, "identical"),
        ({"prompt": "p", "chosen": " ", "rejected": "b"}, "completion of chosen is empty"),
        ({"prompt": "", "chosen": "a", "rejected": "b"}, "the prompt is empty"),
        ({"prompt": [], "chosen": "a", "rejected": "b"}, "prompt is empty; expected a list of messages"),
        ({"prompt": 3, "chosen": "a", "rejected": "b"}, "prompt is a number"),
        ({"chosen": "Yes", "rejected": "No"}, "share no words"),
        ({"chosen": [BLUE], "rejected": [GREEN]}, "share no message"),
        ({"chosen": [USER, BLUE, USER, BLUE], "rejected": [USER, GREEN, USER, GREEN]}, "chosen has 3 messages"),
        ({"prompt": [USER], "chosen": [USER], "rejected": [GREEN]}, "expected one of the assistant"),
        ({"prompt": [{"role": "tool", "content": "x"}], "chosen": "a", "rejected": "b"}, "the role 'tool'"),
        ({"prompt": ["x"], "chosen": "a", "rejected": "b"}, r"prompt\[0\] is not a message"),
        ({"prompt": "p", "chosen": "a", "rejected": "b", "margin": -1}, "margin is -1"),
        ({"prompt": "p", "chosen": "a", "rejected": "b", "margin": float("nan")}, "margin is nan"),
        ({"prompt": "p", "chosen": "a", "rejected": "b", "margin": True}, "margin is True"),
        ({"prompt": "p", "chosen": "a\x00", "rejected": "b"}, "NUL"),
        ({"prompt": "p", "chosen": "a", "rejected": "\ud800"}, "surrogate"),
        ([], "expected an object"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(bad: object, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        trl_parse(bad, row=1)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(str.strip)
messages = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["system", "user", "assistant"]), "content": texts}), min_size=1
)


@given(
    prompt=messages,
    pair=st.lists(texts, min_size=2, max_size=2, unique=True),
    strength=st.sampled_from([None, 1, 2, 3, 4]),
)
def test_what_is_written_is_read_back(prompt: list[Any], pair: list[str], strength: Any) -> None:
    row = trl_parse(trl_row(prompt=prompt, chosen=pair[0], rejected=pair[1], strength=strength), row=1)
    assert (list(row.prompt), row.chosen, row.rejected, row.strength) == (prompt, *pair, strength)
