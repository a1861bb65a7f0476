"""Tuning runs from rows to files and back: inputs by method, looks of the monitor, a pause asked for by the site."""

import json
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from annotate.jobs.events import EventTail
from annotate.jobs.execute import run_execute
from annotate.jobs.prepare import run_prepare
from annotate.models import (
    Comparison,
    Completion,
    Exclusion,
    PolicyCheckpoint,
    Preference,
    Project,
    Prompt,
    RoundTrigger,
    Run,
    RunEvent,
    User,
)
from annotate.selectors.round_prompts import prompts_for_monitor
from annotate.selectors.round_stream import round_news
from annotate.services.round_starts import round_start
from annotate.services.runs import run_claim
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.reports import checkpoint_figures, fired_rule
from tests.annotate.rounds_cast import label, project_prepare, script, work
from tests.factories import comparison_make, completion_make, prompt_make

pytestmark = pytest.mark.timeout(90)
MEASURED = {"prompts.jsonl", "panel_prompts.jsonl", "panel.jsonl"}


def tuning(project: Project, ada: User, *, monitor: dict[str, object] | None = None, **policy: object) -> Run:
    """The policy run of a new round, ready to be claimed; the project is prepared by the test."""
    project.settings["policy"] = {**project.settings["policy"], **policy}
    project.settings["monitor"] = {**project.settings["monitor"], **(monitor or {})}
    project.save()
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    run_execute(run_id=Run.objects.get(round=round_).pk, is_stopping=lambda: False)
    return Run.objects.get(round=round_, kind="policy")


def inputs(run: Run) -> dict[str, list[dict[str, Any]]]:
    claimed = run_claim(run_id=run.pk)
    assert claimed is not None
    directory, _ = run_prepare(run=claimed)
    return {
        path.name: [json.loads(line) for line in path.read_text().splitlines()]
        for path in (directory / "inputs").iterdir()
    }


def corrected(project: Project, annotator: User, *, split: str = "train", text: str = "A better one.") -> Preference:
    """A correction by a labeler: an edit, its preference."""
    prompt = prompt_make(project=project, text=f"Correct {uuid4()}", split=split)
    written = Completion.objects.create(project=project, prompt=prompt, source="human", text=text)
    original = completion_make(prompt=prompt, text="Meh.")
    edit = Comparison.objects.create(
        project=project, prompt=prompt, completion_a=original, completion_b=written, kind="edit", strategy="edit"
    )
    return label(comparison=edit, winner="b", annotator=annotator)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"method": "rloo"}, set()),
        ({"method": "xpo"}, set()),
        ({"method": "best_of_n"}, set()),
        ({"method": "dpo"}, {"comparisons.jsonl"}),
        ({"method": "ipo"}, {"comparisons.jsonl"}),
        ({"method": "bfpo"}, {"comparisons.jsonl", "details.jsonl"}),
        ({"method": "sft"}, {"comparisons.jsonl", "demonstrations.jsonl"}),
        ({"method": "ppo", "demonstration_weight": 0.5}, {"comparisons.jsonl", "demonstrations.jsonl"}),
    ],
)
def test_each_method_gets_what_it_learns_from(
    project: Project, ada: User, fake_engine: Path, policy: dict[str, object], expected: set[str]
) -> None:
    project_prepare(project=project)
    assert inputs(tuning(project, ada, **policy)).keys() == MEASURED | expected


def test_a_monitor_that_never_looks_gets_nothing_to_look_at(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    run = tuning(project, ada, monitor={"prompts": 0})
    assert inputs(run).keys() == {"prompts.jsonl"}
    assert run.job["monitor"]["prompts"] == 0


def test_the_panel_is_watched_on_and_its_verdicts_are_told(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    panel = Prompt.objects.filter(project=project, split="panel")
    verdict = label(comparison=comparison_make(prompt=panel[0], a="Kind.", b="Rude.", kind="panel"))
    written = inputs(tuning(project, ada, monitor={"prompts": 2}))
    watched = {row["id"] for row in written["panel_prompts.jsonl"]}
    assert len(watched) == 2
    assert watched < set(panel.values_list("pk", flat=True))
    assert [row["id"] for row in written["panel.jsonl"]] == [verdict.pk]
    assert watched.isdisjoint(row["id"] for row in written["prompts.jsonl"])


def test_watched_prompts_stay_when_others_come(project: Project) -> None:
    for i in range(20):
        prompt_make(project=project, text=f"Panel {i}?", split="panel")

    def watched(wanted: int) -> set[int]:
        return {row.id for row in prompts_for_monitor(project=project, wanted=wanted)}

    before, fewer = watched(12), watched(5)
    assert (len(before), len(fewer)) == (12, 5)
    assert fewer < before
    new = {prompt_make(project=project, text=f"New {i}?", split="panel").pk for i in range(20)}
    assert watched(12) - new <= before
    assert watched(1000) == set(Prompt.objects.filter(project=project).values_list("pk", flat=True))


def test_demonstrations_are_the_corrections_that_may_be_trained_on(
    project: Project, ada: User, ann: User, ben: User, fake_engine: Path
) -> None:
    project_prepare(project=project)
    kept = corrected(project, ann, text="As a person would.")
    corrected(project, ann, split="panel")
    undone = corrected(project, ann)
    Preference.objects.filter(pk=undone.pk).update(superseded_at=undone.created_at)
    corrected(project, ben)
    Exclusion.objects.create(project=project, annotator=ben, reason="Clicked at random.", created_by=ada)
    (row,) = inputs(tuning(project, ada, method="sft"))["demonstrations.jsonl"]
    assert (row["id"], row["completion"], row["weight"]) == (kept.pk, "As a person would.", 1.0)
    assert row["prompt"] == kept.comparison.prompt.messages


def test_imported_demonstrations_on_train_prompts_are_imitated(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    train = prompt_make(project=project, text="Shown?")
    panel = prompt_make(project=project, text="Panel, shown?", split="panel")
    shown, _ = (
        Completion.objects.create(project=project, prompt=prompt, source="human", text="Like this.")
        for prompt in (train, panel)
    )
    (row,) = inputs(tuning(project, ada, method="sft"))["demonstrations.jsonl"]
    assert (row["id"], row["completion"], row["prompt"]) == (-shown.pk, "Like this.", train.messages)


def test_flags_are_told_by_place(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    comparison = comparison_make(prompt=prompt_make(project=project, text="Is it safe?"))
    flagged = label(comparison=comparison, winner="a", flags={"b": ["harmful"], "a": []})
    rows = {row["id"]: row for row in inputs(tuning(project, ada, method="bfpo"))["details.jsonl"]}
    assert rows[flagged.pk]["flags"] == {"1": ["harmful"]}


def test_looks_are_stored_with_their_samples_and_told_live(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    script(looks=[0, 5])
    run = tuning(project, ada)
    work()
    looks = list(PolicyCheckpoint.objects.filter(run=run).order_by("step"))
    assert [look.step for look in looks] == [0, 5]
    assert len(looks[1].samples) == 3
    assert {sample["text"][-1] for sample in looks[1].samples} == {"\ufffd"}
    told = RunEvent.objects.filter(run=run, type="checkpoint").order_by("pk")
    assert [event.data["figures"]["step"] for event in told] == [0, 5]
    assert told[1].data["figures"] == looks[1].figures
    live = [event for _, event in round_news(round_id=run.round_id or 0, after=0).events if event.type == "checkpoint"]
    assert [event.data["figures"] for event in live] == [look.figures for look in looks]


def test_hostile_words_in_figures_and_samples_are_made_storable(tmp_path: Path) -> None:
    rule = fired_rule("kl").model_copy(update={"explanation": "a\0b"}).model_dump(mode="json")
    figures = checkpoint_figures(step=5) | {"fired": [rule]}
    event = {"type": "checkpoint", "at": 1.0, "figures": figures}
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\n")
    sample = {"prompt_id": 1, "index": 0, "text": "\0\u202e<b>", "tokens": 1, "ended": True, "logprob": None, "seed": 1}
    (tmp_path / "panel").mkdir()
    (tmp_path / "panel" / "step-00000005.jsonl").write_text(json.dumps(sample) + "\n")
    news = EventTail(tmp_path / "events.jsonl").read()
    (look,) = news.looks
    assert look.figures["fired"][0]["explanation"] == "a\ufffdb"
    assert look.samples[0]["text"] == "\ufffd\u202e<b>"
    assert news.events[0].data["figures"] == look.figures


def test_a_look_whose_samples_are_gone_is_kept_without(tmp_path: Path) -> None:
    event = {"type": "checkpoint", "at": 1.0, "figures": checkpoint_figures(step=5)}
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\n")
    (look,) = EventTail(tmp_path / "events.jsonl").read().looks
    assert look.samples == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_told_to_pause_lets_the_engine_write_its_state(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    run = tuning(project, ada)
    script(wait="polite")
    directory = fake_engine / "runs" / str(run.pk)
    rule = fired_rule("people").model_dump(mode="json")

    def pause_when_ready() -> None:
        while not (directory / "ready").exists():
            time.sleep(0.02)
        Run.objects.filter(pk=run.pk).update(paused_by=[rule])
        connection.close()

    people = threading.Thread(target=pause_when_ready)
    people.start()
    run_execute(run_id=run.pk, is_stopping=lambda: False)
    people.join()
    run.refresh_from_db()
    assert (run.status, run.paused_by, run.token) == ("paused", [rule], None)
    assert (directory / "checkpoint").is_dir()
    assert not (directory / "result.json").exists()
