import json

import pytest

from annotate.formats.prompt_files import MAX_CHARACTERS, PromptFormat, prompts_parse
from annotate.formats.rows import PromptFileRow, Rejected


def good(text: str, format: PromptFormat) -> list[tuple[int, str, str | None, tuple[str, ...]]]:
    rows = [row for row in prompts_parse(text, format=format) if isinstance(row, PromptFileRow)]
    return [(row.row, row.messages[-1]["content"], row.split, row.tags) for row in rows]


def bad(text: str, format: PromptFormat) -> list[tuple[int, str, str]]:
    rows = [row for row in prompts_parse(text, format=format) if isinstance(row, Rejected)]
    return [(row.row, row.field, row.message) for row in rows]


def test_each_line_is_a_prompt() -> None:
    assert good("\ufeffOne?\r\n\n  Two? \nThree\u2028still three?", "lines") == [
        (1, "One?", None, ()),
        (3, "Two?", None, ()),
        (4, "Three\u2028still three?", None, ()),
    ]


def test_jsonl_rows_are_text_or_conversations() -> None:
    turns = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "A"},
    ]
    rows = [
        "Plain?",
        {"prompt": "Named?", "split": "panel", "tags": ["x", "y"]},
        {"messages": turns},
        {"prompt": turns},
    ]
    text = "\n".join(json.dumps(row) for row in rows)
    assert good(text, "jsonl") == [
        (1, "Plain?", None, ()),
        (2, "Named?", "panel", ("x", "y")),
        (3, "A", None, ()),
        (4, "A", None, ()),
    ]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ('{"prompt": ""}', "prompt", "empty"),
        ('{"prompt": 3}', "prompt", "a number"),
        ('{"text": "x"}', "prompt", "either 'prompt' or 'messages'"),
        ('{"prompt": "x", "messages": []}', "prompt", "either"),
        ('{"prompt": "x", "split": "test"}', "split", "expected one of train, validation, panel"),
        ('{"prompt": "x", "tags": "y"}', "tags", "not a list"),
        ('{"prompt": [{"role": "assistant", "content": "x"}]}', "prompt", "ends with the assistant"),
        ('{"prompt": "a\\u0000b"}', "prompt", "NUL"),
        ('{"prompt": "\\ud800"}', "prompt", "surrogate"),
        ("{", "", "not JSON"),
        ("[1]", "", "expected an object"),
        ("[" * 100_000, "", "not JSON"),
        (json.dumps("x" * (MAX_CHARACTERS + 1)), "prompt", "at most 200,000"),
    ],
)
def test_a_row_that_cannot_be_used_names_its_number_and_field(row: str, field: str, reason: str) -> None:
    text = f'"Good?"\n{row}\n"Also good?"'
    assert [number for number, *_ in good(text, "jsonl")] == [1, 3]
    (rejected,) = bad(text, "jsonl")
    assert rejected[:2] == (2, field)
    assert reason in rejected[2]


def test_csv_has_a_header_and_quoted_cells() -> None:
    text = 'Prompt,split,tags\n"One, ""quoted""\nand two lines?",panel,a; b\nTwo?,,\n'
    assert good(text, "csv") == [(2, 'One, "quoted"\nand two lines?', "panel", ("a", "b")), (4, "Two?", None, ())]


@pytest.mark.parametrize(
    ("text", "row", "reason"),
    [
        ("question\nOne?", 1, "no column 'prompt'; found question"),
        ("", 1, "no column 'prompt'; found nothing"),
        ('"prompt', 1, "header cannot be read"),
        ("prompt,tags\nOne?", 2, "2 columns"),
        ("prompt\nOne?,extra", 2, "1 columns"),
        ("prompt\n ", 2, "empty"),
        ('prompt\n"One?', 2, "not CSV"),
    ],
)
def test_a_csv_row_that_cannot_be_used_is_reported(text: str, row: int, reason: str) -> None:
    rejected = bad(text, "csv")
    assert [r[0] for r in rejected] == [row]
    assert reason in rejected[0][2]
