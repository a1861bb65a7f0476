"""Pairs that reward models label themselves: which, where they stand in the queue, what people say, when it stops."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from annotate.models import (
    Comparison,
    Membership,
    ModelVersion,
    Project,
    Role,
    RoundTrigger,
    Run,
    RunEvent,
    SelfLabel,
    User,
)
from annotate.selectors.self_labels import pairs_unlabeled, self_labels_stopped
from annotate.selectors.snapshots import preferences_usable
from annotate.selectors.training_exclusions import Scope
from annotate.services.claims import queue_claim
from annotate.services.exclusions import exclusion_create
from annotate.services.priorities import comparisons_prioritise
from annotate.services.round_starts import round_start
from annotate.services.self_labels import AUDITED_PRIORITY, SELF_LABELED_PRIORITY, self_labels_store
from rlhf_backend.config import RewardModelConfig
from rlhf_backend.types import SelfLabelRow
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.reports import interval, reward_model_report
from tests.annotate.review_cast import reward_model_make
from tests.annotate.rounds_cast import label, project_prepare, work
from tests.conftest import Api
from tests.factories import comparison_make, prompt_make, ranking_make, user_make

SHARE = {"self_label_share": 0.3}


def waiting(project: Project, text: str, **fields: Any) -> Comparison:
    return comparison_make(prompt=prompt_make(project=project, text=text), a=f"{text} a", b=f"{text} b", **fields)


def labeled(model: ModelVersion, *pairs: Comparison, audit: bool = True, share_a: float = 0.9) -> None:
    rows = [SelfLabelRow(comparison_id=pair.pk, loop=1, share_a=share_a, audit=audit) for pair in pairs]
    self_labels_store(version=model, rows=rows)


def standing(*pairs: Comparison) -> list[int]:
    return [Comparison.objects.get(pk=pair.pk).priority for pair in pairs]


def figures(api: Api, who: User, model: ModelVersion, **query: str) -> Any:
    return api(who).get(f"/api/models/{model.pk}/self-labels/", query)


def ran(project: Project, model: ModelVersion, *, ceiling: float | None = 0.8, **config: object) -> None:
    """`model` came of a run with this report and these settings."""
    report = reward_model_report().model_copy(update={"ceiling": interval(ceiling) if ceiling is not None else None})
    model.run = Run.objects.create(
        project=project,
        kind="reward_model",
        status="done",
        job={"config": RewardModelConfig(**{**SHARE, **config}).model_dump(mode="json")},  # type: ignore[arg-type]
        report=report.model_dump(mode="json"),
        seed=0,
    )
    model.save()


def test_only_open_pairs_on_train_prompts_that_nobody_judged_may_be_labeled(project: Project, ann: User) -> None:
    fresh = waiting(project, "fresh")
    label(comparison=waiting(project, "judged"), annotator=ann)
    for kind in ("panel", "gold", "repeat", "mirrored", "chat", "imported", "edit"):
        waiting(project, kind, kind=kind)
    for split in ("panel", "validation", "gold"):
        comparison_make(prompt=prompt_make(project=project, text=f"{split} prompt", split=split))
    ranking_make(prompt=prompt_make(project=project, text="ranking"), texts=["x", "y", "z"])
    waiting(project, "for one alone", reserved_for=ann)
    waiting(project, "withdrawn", withdrawn_at=fresh.created_at)
    waiting(project, "done").assignments.update(status="done")
    found = list(pairs_unlabeled(project=project, verdicts=9))
    assert [(row.id, row.completion_a, row.completion_b) for row in found] == [(fresh.pk, "fresh a", "fresh b")]
    assert found[0].prompt[0].content == "fresh"


def test_however_long_the_queue_a_run_gets_the_newest_five_for_each_verdict(project: Project) -> None:
    pairs = [waiting(project, f"pair {i}") for i in range(12)]
    found = [row.id for row in pairs_unlabeled(project=project, verdicts=2)]
    assert found == [pair.pk for pair in reversed(pairs)][:10]


def test_an_undone_verdict_leaves_a_pair_without_one(project: Project, ann: User) -> None:
    pair = waiting(project, "undone")
    verdict = label(comparison=pair, annotator=ann)
    type(verdict).objects.filter(pk=verdict.pk).update(superseded_at=verdict.created_at)
    assert [row.id for row in pairs_unlabeled(project=project, verdicts=9)] == [pair.pk]


def test_once_a_person_judges_a_self_labeled_pair_only_their_verdict_is_trained_on(project: Project, ann: User) -> None:
    pair = waiting(project, "pair")
    labeled(reward_model_make(project), pair)
    verdict = label(comparison=pair, annotator=ann, winner="b")
    assert list(pairs_unlabeled(project=project, verdicts=9)) == []
    assert preferences_usable(project=project).ids == [verdict.pk]


def test_audited_pairs_come_soon_and_the_others_behind_what_the_model_is_less_sure_of(
    project: Project, ann: User, ben: User
) -> None:
    cat = user_make("cat")
    Membership.objects.create(project=project, user=cat, role=Role.LABELER)
    unsure, sure, audited = (waiting(project, text) for text in ("unsure", "sure", "audited"))
    model = reward_model_make(project)
    rows = [
        SelfLabelRow(comparison_id=sure.pk, loop=1, share_a=0.9, audit=False),
        SelfLabelRow(comparison_id=audited.pk, loop=1, share_a=0.1, audit=True),
    ]
    assert self_labels_store(version=model, rows=rows) == 2
    assert standing(audited, unsure, sure) == [AUDITED_PRIORITY, 0, SELF_LABELED_PRIORITY]
    order = [
        queue_claim(project=project, annotator=who, count=1).assignments[0].comparison_id for who in (ann, ben, cat)
    ]
    assert order == [audited.pk, unsure.pk, sure.pk]


def test_what_the_next_model_is_not_sure_of_any_more_is_ordinary_again(project: Project) -> None:
    one, two = waiting(project, "one"), waiting(project, "two")
    labeled(reward_model_make(project, 1), one, two, audit=False)
    labeled(reward_model_make(project, 2), two, audit=False)
    assert standing(one, two) == [-10, SELF_LABELED_PRIORITY]


def test_a_priority_that_an_admin_set_stays(project: Project, ada: User) -> None:
    pair = waiting(project, "pair")
    comparisons_prioritise(project=project, comparison_ids=[pair.pk], priority=70, actor=ada)
    labeled(reward_model_make(project), pair, audit=False)
    assert standing(pair) == [70]


def test_precision_is_what_people_say_of_audited_pairs_alone(
    api: Api, project: Project, ada: User, ann: User, ben: User
) -> None:
    pairs = [waiting(project, f"pair {i}", wanted=2) for i in range(6)]
    model = reward_model_make(project)
    labeled(model, *pairs[:4])
    SelfLabel.objects.bulk_create(
        SelfLabel(reward_model=model, comparison=pair, loop=2, share_a=0.2, audit=False) for pair in pairs[4:]
    )
    label(comparison=pairs[0], annotator=ann, winner="a")
    label(comparison=pairs[1], annotator=ann, winner="b")
    label(comparison=pairs[2], annotator=ann, winner="a")
    label(comparison=pairs[2], annotator=ben, winner=None)
    label(comparison=pairs[4], annotator=ann, winner="a")  # not audited
    label(comparison=pairs[3], annotator=ann, winner=None, kind="cannot_judge")
    found = figures(api, ada, model).json()
    assert (found["audited"], found["judged"]) == (4, 3)
    assert found["precision"]["value"] == pytest.approx((1 + 0 + 0.75) / 3)
    assert found["precision"]["n"] == 3
    items = {item["comparison_id"]: item for item in found["items"]["results"]}
    assert items[pairs[2].pk]["human"] == {"a": 1, "b": 0, "tie": 1}
    assert (items[pairs[4].pk]["audit"], items[pairs[4].pk]["loop"]) == (False, 2)
    assert found["stopped"] is None
    exclusion_create(project=project, scope=Scope(annotator_id=ben.pk), reason="Clicks at random.", actor=ada)
    found = figures(api, ada, model).json()
    assert found["precision"]["value"] == pytest.approx((1 + 0 + 1) / 3)
    items = {item["comparison_id"]: item for item in found["items"]["results"]}
    assert items[pairs[2].pk]["human"] == {"a": 1, "b": 0, "tie": 0}


def test_a_model_without_self_labels_says_so(api: Api, project: Project, ada: User) -> None:
    found = figures(api, ada, reward_model_make(project)).json()
    assert (found["precision"], found["audited"], found["items"]["results"]) == (None, 0, [])


def test_self_labels_are_read_in_pages_at_a_fixed_number_of_statements(
    api: Api, project: Project, ada: User, ann: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pairs = [waiting(project, f"pair {i}") for i in range(7)]
    model = reward_model_make(project)
    labeled(model, *pairs)
    for pair in pairs:
        label(comparison=pair, annotator=ann)
    client = api(ada)
    with django_assert_max_num_queries(12):
        first = client.get(f"/api/models/{model.pk}/self-labels/", {"limit": "5"}).json()["items"]
    rest = figures(api, ada, model, limit="5", cursor=first["next"]).json()["items"]
    seen = [item["comparison_id"] for item in (*first["results"], *rest["results"])]
    assert (sorted(seen), rest["next"], first["total"]) == ([pair.pk for pair in pairs], None, 7)


def test_the_lane_shuts_when_people_surely_confirm_fewer_than_they_confirm_each_other(
    project: Project, ann: User
) -> None:
    model, config = reward_model_make(project), RewardModelConfig(**SHARE)
    ran(project, model, ceiling=0.8)
    pairs = [waiting(project, f"pair {i}") for i in range(40)]
    labeled(model, *pairs)
    assert self_labels_stopped(project=project, config=config) is None  # nobody has judged any
    for i, pair in enumerate(pairs[:10]):
        label(comparison=pair, annotator=ann, winner="ab"[i % 2])
    assert self_labels_stopped(project=project, config=config) is None  # half, but of ten only
    for i, pair in enumerate(pairs[10:]):
        label(comparison=pair, annotator=ann, winner="ab"[i % 2])
    stopped = self_labels_stopped(project=project, config=config)
    assert stopped is not None
    assert "People confirm 50% of the audited self-labels of reward model 1" in stopped
    assert "the agreement of people is 80%" in stopped


def test_an_audit_within_five_points_of_agreement_shuts_nothing(project: Project, ann: User) -> None:
    model = reward_model_make(project)
    ran(project, model, ceiling=0.54)
    pairs = [waiting(project, f"pair {i}") for i in range(40)]
    labeled(model, *pairs)
    for i, pair in enumerate(pairs):
        label(comparison=pair, annotator=ann, winner="ab"[i % 2])
    assert self_labels_stopped(project=project, config=RewardModelConfig(**SHARE)) is None


def test_without_repeated_labels_the_held_out_accuracy_stands_in_and_new_settings_open_the_lane(
    project: Project, ann: User
) -> None:
    model = reward_model_make(project)
    ran(project, model, ceiling=None)
    pairs = [waiting(project, f"pair {i}") for i in range(30)]
    labeled(model, *pairs)
    for pair in pairs:
        label(comparison=pair, annotator=ann, winner="b")
    stopped = self_labels_stopped(project=project, config=RewardModelConfig(**SHARE))
    assert stopped is not None
    assert "the held-out accuracy of the reward model is 75%" in stopped
    assert self_labels_stopped(project=project, config=RewardModelConfig(self_label_share=0.1)) is None
    assert self_labels_stopped(project=project, config=RewardModelConfig()) is None


def test_a_round_writes_the_pairs_and_keeps_what_the_run_made_of_them(
    project: Project, ada: User, fake_engine: Path
) -> None:
    project_prepare(project=project, reward_model=SHARE)
    pairs = [waiting(project, f"pair {i}") for i in range(3)]
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    run = Run.objects.get(round=round_, kind="reward_model")
    work()
    lines = (fake_engine / "runs" / str(run.pk) / "inputs" / "unlabeled.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [pair.pk for pair in reversed(pairs)]
    kept = SelfLabel.objects.filter(reward_model__run=run).order_by("pk")
    assert list(kept.values_list("comparison_id", "loop", "share_a", "audit")) == [
        (pair.pk, 1, 0.9, i == 0) for i, pair in enumerate(reversed(pairs))
    ]
    assert standing(*pairs) == [SELF_LABELED_PRIORITY, SELF_LABELED_PRIORITY, AUDITED_PRIORITY]


def test_without_a_share_no_pair_leaves_the_database(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    waiting(project, "pair")
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    work()
    run = Run.objects.get(round=round_, kind="reward_model")
    assert not (fake_engine / "runs" / str(run.pk) / "inputs" / "unlabeled.jsonl").exists()
    assert not SelfLabel.objects.exists()


def test_the_run_after_a_failed_audit_labels_nothing_and_says_why(
    api: Api, project: Project, ada: User, ann: User, fake_engine: Path
) -> None:
    project_prepare(project=project, reward_model=SHARE)
    model = reward_model_make(project)
    ran(project, model)
    pairs = [waiting(project, f"pair {i}") for i in range(30)]
    labeled(model, *pairs)
    for pair in pairs:
        label(comparison=pair, annotator=ann, winner="b")
    preview = api(ada).get(f"/api/projects/{project.pk}/rounds/preview/").json()
    assert "no pair is self-labeled until" in preview["self_labels_stopped"]
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    run = Run.objects.get(round=round_, kind="reward_model")
    assert run.job["config"]["self_label_share"] == 0
    said = RunEvent.objects.get(run=run, type="log", line=None)
    assert said.data["level"] == "warning"
    assert "no pair is self-labeled until" in said.data["message"]
    log = api(ada).get(f"/api/runs/{run.pk}/log/").json()
    assert "no pair is self-labeled until" in json.dumps(log)
