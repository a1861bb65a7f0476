import gzip
import io
import json
import os
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from annotate.errors import AnnotateError
from annotate.models import AuditEvent, Comparison, Completion, Preference, Project, Prompt, User
from annotate.selectors.exports import ExportManifest, Ties, export_block, export_manifest
from annotate.selectors.queue import ShownCompletion
from annotate.services.claims import queue_claim
from annotate.services.imports import ImportOut, preferences_import
from tests.factories import comparison_make, prompt_make
from tests.hostile import HOSTILE, UNSTORABLE

DATA = Path(os.environ.get("PREFLOOP_TEST_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data") / "hh-rlhf"


def lines(rows: Iterable[object]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def load(project: Project, actor: User, content: bytes, **fields: Any) -> ImportOut:
    return preferences_import(project=project, actor=actor, file=io.BytesIO(content), name="pairs.jsonl", **fields)


def trl(prompt: str, chosen: str, rejected: str, **fields: Any) -> dict[str, Any]:
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, **fields}


def exported(project: Project, ties: Ties = "drop") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        block = export_block(project=project, ties=ties, after=after)
        found += [json.loads(line) for line in block.lines.split(b"\n") if line]
        after = block.after
    return found


def test_a_pair_becomes_a_comparison_with_a_verdict_by_nobody(project: Project, ada: User) -> None:
    result = load(project, ada, lines([trl("Sky?", "Blue.", "Green.", margin=2 / 3)]))
    assert (result.format, result.rows, result.imported, result.prompts_added, result.rejected_total) == (
        "trl", 1, 1, 1, 0,
    )  # fmt: skip
    row = Preference.objects.select_related("comparison").get()
    pair = row.comparison
    assert (row.annotator, row.assignment, row.kind, row.strength) == (None, None, "prefer", 2)
    assert row.source["row"] == 1
    assert row.source["file"] == "pairs.jsonl"
    assert (pair.kind, pair.wanted, pair.assignments.count()) == ("imported", 0, 0)
    chosen, rejected = (
        (pair.completion_a, pair.completion_b) if row.winner == "a" else (pair.completion_b, pair.completion_a)
    )
    assert (chosen.text, rejected.text, chosen.source) == ("Blue.", "Green.", "imported")
    assert pair.prompt.messages == [{"role": "user", "content": "Sky?"}]


def test_bad_rows_are_reported_by_number_and_good_rows_are_kept(project: Project, ada: User) -> None:
    content = lines([trl("a", "x", "y"), trl("b", "same", "same"), {"prompt": "c"}, trl("d", "x", "y")]) + b"\n{oops"
    result = load(project, ada, content)
    assert (result.rows, result.imported, result.rejected_total) == (5, 2, 3)
    assert [bad.row for bad in result.rejected] == [2, 3, 5]
    assert "identical" in result.rejected[0].message
    assert "'chosen' is missing" in result.rejected[1].message
    assert "not JSON" in result.rejected[2].message


def test_only_the_first_bad_rows_are_listed_and_all_are_counted(project: Project, ada: User) -> None:
    result = load(project, ada, lines([trl("p", "x", "y"), *[trl("q", "s", "s")] * 450]))
    assert (len(result.rejected), result.rejected_total, result.imported) == (200, 450, 1)


def test_the_format_is_told_from_the_first_row_or_given(project: Project, ada: User) -> None:
    hh = {"chosen": "\n\nHuman: Hi\n\nAssistant: A", "rejected": "\n\nHuman: Hi\n\nAssistant: B"}
    assert load(project, ada, lines([hh])).format == "hh-rlhf"
    assert load(project, ada, lines([hh, hh]), format="trl").format == "trl"


def test_the_same_file_again_adds_nothing(project: Project, ada: User) -> None:
    content = lines([trl(f"p{n}", "x", "y") for n in range(5)])
    load(project, ada, content)
    again = load(project, ada, content)
    assert (again.imported, again.already_imported, again.prompts_added) == (0, 5, 0)
    assert Comparison.objects.count() == 5
    assert Completion.objects.count() == 10


def test_rows_of_one_prompt_share_it(project: Project, ada: User) -> None:
    prompt_make(project=project, text="unrelated")
    result = load(project, ada, lines([trl("p", "x", "y"), trl("p", "x", "z"), trl("q", "x", "y")]))
    assert result.prompts_added == 2
    assert Prompt.objects.count() == 3


def test_a_share_of_the_prompts_is_kept_for_validation_by_content(project: Project, ada: User) -> None:
    load(project, ada, lines([trl(f"prompt {n}", "x", "y") for n in range(1000)]))
    kept = Prompt.objects.filter(split="validation").count()
    assert 70 < kept < 130
    assert Prompt.objects.filter(split="panel").count() == 0


def test_stored_order_says_nothing_about_who_won(project: Project, ada: User) -> None:
    rows = [trl(f"p{n}", f"good {n}", f"bad {n}") for n in range(1000)]
    load(project, ada, lines(rows))
    a_won = Preference.objects.filter(winner="a").count()
    assert abs(a_won - 500) < 4 * 1000**0.5 / 2


def test_stored_order_is_the_same_when_the_verdict_is_turned_round(project: Project, ada: User) -> None:
    load(project, ada, lines([trl("p", "one", "two")]))
    load(project, ada, lines([trl("p", "two", "one")]))
    first, second = Preference.objects.select_related("comparison__completion_a").order_by("pk")
    assert first.comparison.completion_a.text == second.comparison.completion_a.text
    assert {first.winner, second.winner} == {"a", "b"}


def test_a_margin_of_zero_is_a_tie(project: Project, ada: User) -> None:
    load(project, ada, lines([trl("p", "x", "y", margin=0)]))
    row = Preference.objects.get()
    assert (row.kind, row.winner, row.strength) == ("tie", None, None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (gzip.compress(b"{}", mtime=0)[:8], "damaged"),
        (b'[{"a": 1}', "array"),
        (b"\x1f\x8b" + b"x" * 50, "gzip"),
    ],
)
def test_an_unreadable_file_changes_nothing(project: Project, ada: User, content: bytes, reason: str) -> None:
    with pytest.raises(AnnotateError, match=reason) as error:
        load(project, ada, content)
    assert error.value.status == 400
    assert not Prompt.objects.exists()


def test_a_gzip_bomb_changes_nothing(project: Project, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.services.imports.UNPACKED_TIMES", 0.01)
    bomb = gzip.compress(lines([trl("p", "x", "y")]) + b"\n" + b" " * 2 * 2**20)
    with pytest.raises(AnnotateError, match="when unpacked"):
        load(project, ada, bomb)
    assert not Preference.objects.exists()


def test_demonstrations_become_completions_by_people_that_nobody_compares(project: Project, ada: User) -> None:
    rows = [{"prompt": "Why?", "completion": f"Because {i}."} for i in (1, 2, 1)] + [{"prompt": "Why?"}]
    result = load(project, ada, lines(rows))
    assert (result.format, result.imported, result.already_imported, result.rejected_total) == (
        "demonstrations",
        2,
        1,
        1,
    )
    again = load(project, ada, lines(rows))
    assert (again.imported, again.already_imported) == (0, 3)
    assert set(Completion.objects.values_list("source", "text")) == {("human", "Because 1."), ("human", "Because 2.")}
    assert not Comparison.objects.exists()
    assert not Preference.objects.exists()


def test_an_import_is_audited(project: Project, ada: User) -> None:
    load(project, ada, lines([trl("p", "x", "y")]))
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.data["imported"]) == (ada, "preferences.imported", 1)


def test_what_is_exported_can_be_imported_and_is_the_same(project: Project, ada: User) -> None:
    rows = [
        {
            "prompt": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": f"Question {n}?"}],
            "chosen": [{"role": "assistant", "content": f" good {n}\n"}],
            "rejected": [{"role": "assistant", "content": f"bad {n}"}],
            "margin": [0.333333, 0.666667, 1.0][n % 3],
        }
        for n in range(40)
    ]
    load(project, ada, lines(rows))
    assert exported(project) == rows
    second = Project.objects.create(
        name="Second", base_policy="starter", reward_backbone="starter-judge", created_by=ada
    )
    load(second, ada, lines(exported(project)))
    assert exported(second) == rows


def test_ties_are_dropped_or_written_both_ways(project: Project, ada: User) -> None:
    load(project, ada, lines([trl("p", "x", "y", margin=0), trl("q", "x", "y")]))
    assert len(exported(project)) == 1
    both = exported(project, "both")
    assert [row["margin"] for row in both] == [0, 0, 0.333333]
    assert both[0]["chosen"] == both[1]["rejected"]


def test_the_manifest_counts_what_the_format_cannot_carry(project: Project, ann: User, ada: User) -> None:
    load(project, ada, lines([trl("p", "x", "y", margin=0), trl("q", "x", "y")]))
    for number, kind in enumerate(["both_bad", "cannot_judge", "both_good"]):
        pair = comparison_make(prompt=prompt_make(project=project, text=f"t{number}"))
        Preference.objects.create(
            project=project,
            comparison=pair,
            annotator=ann,
            kind=kind,
            client_id=f"5b9f4d2e-0000-4000-8000-00000000000{number}",
        )
    assert export_manifest(project=project, ties="drop") == ExportManifest(
        rows=1, ties_dropped=2, both_bad_dropped=1, cannot_judge_dropped=1
    )
    assert export_manifest(project=project, ties="both").rows == len(exported(project, "both")) == 5


def test_an_export_reads_block_by_block(project: Project, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    load(project, ada, lines([trl(f"p{n}", "x", "y") for n in range(25)]))
    monkeypatch.setattr("annotate.selectors.exports.CHUNK", 10)
    first = export_block(project=project, ties="drop")
    assert first.lines.count(b"\n") == 10
    assert first.after is not None
    assert len(exported(project)) == 25


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_goes_in_through_the_queue_and_out_unchanged(
    project: Project, ada: User, ann: User, name: str
) -> None:
    text = HOSTILE[name]
    result = load(project, ada, lines([trl("Say something.", text, "No."), trl(text, "One.", "Two.")]))
    assert result.rejected == []
    rows = exported(project)
    assert rows[0]["chosen"] == [{"role": "assistant", "content": text}]
    assert rows[1]["prompt"] == [{"role": "user", "content": text}]
    comparison_make(prompt=Prompt.objects.get(messages__0__content=text), a=text, b="No.")
    shown = queue_claim(project=project, annotator=ann, count=1).assignments[0]
    assert {shown.left, shown.right} == {ShownCompletion(text=text), ShownCompletion(text="No.")}
    assert shown.prompt[0].content == text


@pytest.mark.parametrize("name", sorted(UNSTORABLE))
def test_text_that_cannot_be_stored_is_refused_with_the_reason(project: Project, ada: User, name: str) -> None:
    result = load(project, ada, lines([trl("p", UNSTORABLE[name], "y"), trl("p", "x", "y")]))
    assert (result.imported, result.rejected_total) == (1, 1)
    assert "NUL" in result.rejected[0].message or "surrogate" in result.rejected[0].message


def test_memory_does_not_grow_with_the_file(project: Project, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.services.imports._BATCH", 50)
    monkeypatch.setattr("annotate.formats.records.CHUNK_BYTES", 8192)

    def peak(rows: int, salt: str) -> int:
        file = io.BytesIO(lines([trl(f"{salt} {n}", "x" * 200, "y" * 200) for n in range(rows)]))
        tracemalloc.start()
        preferences_import(project=project, actor=ada, file=file, name="many")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(50, "warm")
    assert peak(600, "many") < 1.4 * peak(150, "some")


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no HH-RLHF data in {DATA}; set PREFLOOP_TEST_DATA to its parent")
def test_the_real_rows_that_cannot_be_used_are_reported_by_number(project: Project, ada: User) -> None:
    began = time.monotonic()
    with (DATA / "harmless-base.test.jsonl.gz").open("rb") as file:
        result = preferences_import(project=project, actor=ada, file=file, name="harmless-base")
    seconds = time.monotonic() - began
    reasons = [bad.message for bad in result.rejected]
    assert (result.format, result.rows) == ("hh-rlhf", 2312)
    assert sum("prompts" in reason for reason in reasons) == 5
    assert sum("is empty" in reason for reason in reasons) == 4
    assert result.imported == 2312 - 9
    assert seconds < 10
    a_won = Preference.objects.filter(winner="a").count() / result.imported
    assert 0.46 < a_won < 0.54
