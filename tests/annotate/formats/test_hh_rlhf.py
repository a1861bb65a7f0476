from typing import Any

import pytest

from annotate.formats.hh_rlhf import hh_rlhf_parse, looks_like_hh_rlhf
from annotate.formats.rows import RowError

PROMPT = "\n\nHuman: Hi there\n\nAssistant: Hello.\n\nHuman: What is up?"


def record(chosen: str = " The sky.", rejected: str = " Nothing.", prompt: str = PROMPT) -> dict[str, Any]:
    return {"chosen": f"{prompt}\n\nAssistant:{chosen}", "rejected": f"{prompt}\n\nAssistant:{rejected}"}


def test_the_last_turn_of_the_assistant_is_the_completion() -> None:
    row = hh_rlhf_parse(record(), row=7)
    assert row.row == 7
    assert row.prompt == (
        {"role": "user", "content": "Hi there"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "What is up?"},
    )
    assert (row.chosen, row.rejected, row.strength) == ("The sky.", "Nothing.", 1)


def test_only_the_space_of_the_format_is_taken_away() -> None:
    row = hh_rlhf_parse(record(chosen="  two spaces \n", rejected=" x"), row=1)
    assert row.chosen == " two spaces \n"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"chosen": record()["chosen"], "rejected": record(prompt="\n\nHuman: Other")["rejected"]}, "prompts"),
        (record(rejected=""), "completion of rejected is empty"),
        (record(chosen="  \n "), "completion of chosen is empty"),
        (record(chosen=" same", rejected=" same"), "identical"),
        ({"chosen": record()["chosen"]}, "rejected is missing; expected text"),
        ({"chosen": 3, "rejected": 4}, "chosen is a number; expected text"),
        ({"chosen": "Hello", "rejected": "Bye"}, "not a dialogue"),
        ({"chosen": "\n\nHuman: only", "rejected": "\n\nHuman: only"}, "not a dialogue"),
        (["chosen", "rejected"], "expected an object"),
        (None, "expected an object"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(bad: object, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        hh_rlhf_parse(bad, row=1)


def test_the_format_is_known_by_its_beginning() -> None:
    assert looks_like_hh_rlhf(record())
    assert not looks_like_hh_rlhf({"chosen": "The sky is blue.", "rejected": "The sky is green."})
    assert not looks_like_hh_rlhf({"chosen": [], "rejected": []})
    assert not looks_like_hh_rlhf("\n\nHuman:")
