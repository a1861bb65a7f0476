"""Foreign formats of preference pairs: good rows, bad rows with their field, and files as people publish them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotate.formats.preference_files import FileRow, PreferenceFormat, format_of, preferences_parse
from annotate.formats.records import Record, records_read
from annotate.formats.rows import DemonstrationFileRow, PreferenceRow, Rejected

DATA = Path(os.environ.get("PREFLOOP_TEST_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")
UNLIMITED = 2**30


def parsed(record: object, format: PreferenceFormat) -> list[FileRow | Rejected]:
    return list(preferences_parse(record, row=3, format=format))


def rejected(record: object, format: PreferenceFormat) -> Rejected:
    (found,) = parsed(record, format)
    assert isinstance(found, Rejected)
    assert found.row == 3
    return found


def reply(text: str, rank: int | None, *replies: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"role": "assistant", "text": text, "rank": rank, "replies": list(replies)} | fields


def tree(*replies: dict[str, Any], **fields: Any) -> dict[str, Any]:
    root = {"role": "prompter", "text": "Why?", "replies": list(replies)} | fields
    return {"message_tree_id": "t", "prompt": root}


def pandalm(*verdicts: object, **fields: Any) -> dict[str, Any]:
    said = {f"annotator{i}": verdict for i, verdict in enumerate(verdicts, 1)}
    return {"instruction": "Shorten.", "input": "A long text.", "response1": "A", "response2": "B"} | said | fields


def llmbar(**fields: Any) -> dict[str, Any]:
    return {"input": "Say yes.", "output_1": "yes", "output_2": "no", "label": 1} | fields


def sharegpt(**fields: Any) -> dict[str, Any]:
    turns = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yes?"}, {"from": "human", "value": "你好"}]
    said = {"chosen": {"from": "gpt", "value": "好"}, "rejected": {"from": "gpt", "value": "不"}}
    return {"conversations": turns} | said | fields


def test_every_two_ranked_siblings_of_a_tree_are_a_pair() -> None:
    follow_up = {"role": "prompter", "text": "And?", "replies": [reply("so", 1), reply("thus", 0)]}
    found = parsed(tree(reply("worst", 2), reply("best", 0, follow_up), reply("middle", 1)), "oasst")
    assert all(isinstance(row, PreferenceRow) for row in found)
    pairs = [(row.chosen, row.rejected, row.part, len(row.prompt)) for row in found if isinstance(row, PreferenceRow)]
    assert pairs == [
        ("best", "middle", 0, 1),
        ("best", "worst", 1, 1),
        ("middle", "worst", 2, 1),
        ("thus", "so", 3, 3),
    ]
    assert isinstance(found[3], PreferenceRow)
    assert [m["role"] for m in found[3].prompt] == ["user", "assistant", "user"]


def test_replies_that_reviewers_turned_down_or_nobody_ranked_are_passed_over() -> None:
    kept = tree(
        reply("good", 0), reply("spam", 1, review_result=False), reply("gone", 2, deleted=True), reply("new", None),
        reply("bad", 3),
    )  # fmt: skip
    (row,) = parsed(kept, "oasst")
    assert isinstance(row, PreferenceRow)
    assert (row.chosen, row.rejected) == ("good", "bad")


def test_one_bad_pair_of_a_tree_does_not_cost_the_others() -> None:
    found = parsed(tree(reply("good", 0), reply("", 1), reply("bad", 2)), "oasst")
    assert [type(row) for row in found] == [Rejected, PreferenceRow, Rejected]
    assert isinstance(found[0], Rejected)
    assert "empty" in found[0].message


def test_what_two_of_three_annotators_say_counts() -> None:
    found = [parsed(pandalm(*verdicts), "pandalm")[0] for verdicts in ((1, 1, 2), (2, 0, 2), (0, 0, 1))]
    assert all(isinstance(row, PreferenceRow) for row in found)
    assert [(row.chosen, row.strength) for row in found if isinstance(row, PreferenceRow)] == [
        ("A", 1), ("B", 1), ("A", None),
    ]  # fmt: skip
    assert isinstance(found[0], PreferenceRow)
    assert found[0].prompt[0]["content"] == "Shorten.\n\nA long text."


def test_a_label_names_the_better_output() -> None:
    first, second = (parsed(llmbar(label=label), "llmbar")[0] for label in (1, 2))
    assert isinstance(first, PreferenceRow)
    assert isinstance(second, PreferenceRow)
    assert (first.chosen, second.chosen) == ("yes", "no")


def test_a_conversation_with_two_replies() -> None:
    (row,) = parsed(sharegpt(system="Be kind."), "sharegpt")
    assert isinstance(row, PreferenceRow)
    assert [m["role"] for m in row.prompt] == ["system", "user", "assistant", "user"]
    assert (row.chosen, row.rejected) == ("好", "不")
    (text,) = parsed(sharegpt(chosen="yes", rejected="no"), "sharegpt")
    assert isinstance(text, PreferenceRow)
    assert (text.chosen, text.rejected) == ("yes", "no")


ASKED = ({"role": "user", "content": "Why?"},)


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "Why?", "completion": "So."},
        {"prompt": [*ASKED], "completion": [{"role": "assistant", "content": "So."}]},
        {"messages": [*ASKED, {"role": "assistant", "content": "So."}]},
    ],
)
def test_a_demonstration_is_a_prompt_with_a_completion(record: object) -> None:
    assert format_of(record) == "demonstrations"
    assert parsed(record, "demonstrations") == [DemonstrationFileRow(3, ASKED, "So.")]


BAD: list[tuple[PreferenceFormat, object, str, str]] = [
    ("demonstrations", {"prompt": "Why?"}, "'completion' is missing; found prompt", "completion"),
    ("demonstrations", {"prompt": " ", "completion": "So."}, "the prompt is empty", "prompt"),
    ("demonstrations", {"prompt": "Why?", "completion": " "}, "the completion is empty", "completion"),
    ("demonstrations", {"messages": [*ASKED]}, "messages ends with the user", "messages"),
    ("demonstrations", {"prompt": "Why?", "completion": [*ASKED]}, "completion has 1 messages", "completion"),
    ("oasst", ["no tree"], "expected a tree", "prompt"),
    ("oasst", {"message_tree_id": "t", "text": "flat"}, "expected a tree", "prompt"),
    ("oasst", tree(reply("only", 0)), "two ranked replies", "rank"),
    ("oasst", tree(reply("a", 0), reply("b", 1), role="moderator"), "'moderator'", "role"),
    ("oasst", tree(reply("a", 0), reply("b", "second")), "'second'", "rank"),  # type: ignore[arg-type]
    ("oasst", tree(reply("a", 0), {"role": "assistant", "rank": 1}), "missing", "prompt.replies[1].text"),
    ("oasst", tree(replies="none"), "no list", "replies"),
    ("pandalm", pandalm(1, 2, 0), "no two of the three", "annotator1"),
    ("pandalm", pandalm(1, 2), "annotator3 is None", "annotator3"),
    ("pandalm", pandalm(1, 1, 5), "annotator3 is 5", "annotator3"),
    ("pandalm", pandalm(1, 1, 1, instruction=" ", input=""), "empty", "instruction"),
    ("pandalm", pandalm(1, 1, 1, response2="A"), "identical", "response2"),
    ("llmbar", llmbar(label=0), "label is 0", "label"),
    ("llmbar", llmbar(label=True), "label is True", "label"),
    ("llmbar", llmbar(output_1=""), "empty", "output_1"),
    ("llmbar", llmbar(input=None), "missing", "input"),
    ("llmbar", 7, "expected an object", ""),
    ("sharegpt", sharegpt(conversations=[]), "no list of turns", "conversations"),
    ("sharegpt", sharegpt(conversations=[{"from": "gpt", "value": "Hi"}]), "ends with the assistant", "conversations"),
    ("sharegpt", sharegpt(conversations=[{"from": "dog", "value": "woof"}]), "'dog'", "conversations[0]"),
    ("sharegpt", sharegpt(chosen={"from": "human", "value": "x"}), "from the user", "chosen"),
    ("sharegpt", sharegpt(rejected=None), "not a turn", "rejected"),
    ("sharegpt", sharegpt(rejected="好"), "identical", ""),
    ("sharegpt", sharegpt(chosen="\x00"), "NUL", "chosen"),
]


@pytest.mark.parametrize(("format", "record", "reason", "field"), BAD)
def test_a_bad_row_is_named_with_its_field(format: PreferenceFormat, record: object, reason: str, field: str) -> None:
    found = rejected(record, format)
    assert reason in found.message
    assert found.field == field


def deep(levels: int) -> dict[str, Any]:
    node = reply("end", 0)
    for _ in range(levels):
        node = reply("on", 0, node)
    return tree(node, reply("other", 1))


def test_a_tree_without_end_is_refused_not_followed() -> None:
    assert "deeper than" in rejected(deep(150), "oasst").message


PUBLISHED = [
    ("oasst/en_100_tree.jsonl", "oasst", 754, 0),
    ("pandalm/testset-v1.json", "pandalm", 939, 60),  # 54 responses are empty, 6 are true or false
    ("llmbar/LLMBar_Natural.json", "llmbar", 100, 0),
    ("dpo-sharegpt/dpo_en_demo.json", "sharegpt", 300, 0),
    ("dpo-sharegpt/dpo_zh_demo.json", "sharegpt", 300, 0),
]


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}: name the folder of data sets in PREFLOOP_TEST_DATA")
@pytest.mark.parametrize(("name", "format", "pairs", "left_out"), PUBLISHED)
def test_published_files_are_recognised_and_read(name: str, format: str, pairs: int, left_out: int) -> None:
    found = list(rows_of(DATA / name, format))
    assert sum(isinstance(row, PreferenceRow) for row in found) == pairs
    assert sum(isinstance(row, Rejected) for row in found) == left_out


def rows_of(path: Path, format: str) -> Iterator[PreferenceRow | Rejected]:
    with path.open("rb") as file:
        for record in records_read(file, max_bytes=UNLIMITED):
            assert isinstance(record, Record)
            assert format_of(record.value) == format
            yield from preferences_parse(record.value, row=record.row, format=format_of(record.value))


def test_what_looks_like_nothing_else_is_read_as_trls() -> None:
    pair = {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green."}
    assert format_of(pair) == "trl"
    assert format_of(json.loads("[1]")) == "trl"
    (row,) = parsed(pair, "trl")
    assert isinstance(row, PreferenceRow)
