"""The order of a round, decided from rows: every path of the state machine with a fake engine."""

import pytest
from django.utils import timezone

from annotate.errors import AnnotateError
from annotate.models import (
    Assignment,
    AuditEvent,
    Comparison,
    Completion,
    ModelVersion,
    Project,
    Round,
    RoundTrigger,
    Run,
    User,
)
from annotate.selectors.rounds import rounds_read
from annotate.services.round_acts import round_cancel, round_dismiss, round_override, round_promote, round_retry
from annotate.services.round_starts import round_bootstrap, round_start, rounds_start_due
from annotate.services.rounds import round_advance
from annotate.services.versions import version_activate
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import label, project_prepare, script, work

pytestmark = pytest.mark.usefixtures("fake_engine")


def start(project: Project, ada: User) -> Round:
    return round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)


def states(round_: Round) -> dict[str, str]:
    return {step.name: step.state for step in rounds_read([round_])[0].steps}


def code_of(error: pytest.ExceptionInfo[AnnotateError]) -> str:
    return str(error.value.code)


def test_a_round_goes_through_every_step_and_queues_the_new_policys_pairs(project: Project, ada: User) -> None:
    project_prepare(project=project)
    round_ = start(project, ada)
    assert round_.status == "reward_model"
    assert work() == ["reward_model", "policy", "evaluation", "sampling"]
    round_.refresh_from_db()
    assert round_.status == "done"
    assert round_.finished_at is not None
    assert set(states(round_).values()) == {"done"}
    assert round_.policy is not None
    assert (round_.policy.status, round_.policy.number, round_.policy.parent) == ("active", 1, round_.start_policy)
    assert round_.reward_model is not None
    assert round_.reward_model.status == "active"
    normal = Comparison.objects.filter(round=round_, kind="normal")
    assert normal.count() == 18  # 6 prompts × 3 pairs of three distinct texts
    assert {c.completion_a.policy_id for c in normal} == {round_.policy_id}


def test_advancing_twice_changes_nothing(project: Project, ada: User) -> None:
    project_prepare(project=project)
    round_ = start(project, ada)
    assert round_advance(round_id=round_.pk) == "reward_model"
    assert Run.objects.filter(round=round_).count() == 1
    work()
    comparisons = Comparison.objects.count()
    assert round_advance(round_id=round_.pk) == "done"
    assert Comparison.objects.count() == comparisons


def test_the_bootstrap_round_only_samples(project: Project, ada: User) -> None:
    project_prepare(project=project, preferences=0)
    round_ = round_bootstrap(project=project, actor=ada)
    assert (round_.number, round_.status) == (0, "sampling")
    assert work() == ["sampling"]
    round_.refresh_from_db()
    assert round_.status == "done"
    assert states(round_) == {
        **dict.fromkeys(["snapshot", "reward_model", "reward_gate", "policy", "evaluation", "policy_gate"], "skipped"),
        "sampling": "done",
        "queueing": "done",
    }
    assert Completion.objects.filter(policy=round_.start_policy, run__round=round_).count() == 24


def test_two_rounds_cannot_be_active(project: Project, ada: User) -> None:
    project_prepare(project=project)
    start(project, ada)
    with pytest.raises(AnnotateError) as error:
        start(project, ada)
    assert code_of(error) == "round/already-active"


def test_too_few_preferences_are_counted_in_the_refusal(project: Project, ada: User) -> None:
    project_prepare(project=project, preferences=7)
    with pytest.raises(AnnotateError) as error:
        start(project, ada)
    assert code_of(error) == "round/too-few-preferences"
    assert error.value.data == {"have": 7, "need": 10}


def test_a_round_without_anything_new_is_refused_after_a_rollback(project: Project, ada: User) -> None:
    project_prepare(project=project)
    first = start(project, ada)
    work()
    assert first.start_policy is not None
    version_activate(version=first.start_policy, actor=ada)
    with pytest.raises(AnnotateError) as error:
        start(project, ada)
    assert code_of(error) == "round/nothing-changed"
    comparison = Comparison.objects.filter(kind="normal", round=None).first()
    assert comparison is not None
    label(comparison=comparison)
    assert start(project, ada).number == 2


def test_a_reward_model_no_better_than_chance_blocks_the_round(project: Project, ada: User) -> None:
    project_prepare(project=project, gates={"reward_accuracy_above": 0.9})
    round_ = start(project, ada)
    assert work() == ["reward_model"]
    round_.refresh_from_db()
    assert (round_.status, round_.blocked_at) == ("blocked", "reward_gate")
    check, card = round_.gates["reward_gate"]["checks"]
    assert (check["passed"], card["passed"]) == (False, True)
    assert check["limit"] == 0.9
    assert 0.6 < check["value"] < 0.75
    assert states(round_)["reward_gate"] == "failed"


def test_an_override_needs_a_reason_and_is_audited(project: Project, ada: User) -> None:
    project_prepare(project=project, gates={"reward_accuracy_above": 0.9})
    round_ = start(project, ada)
    work()
    with pytest.raises(AnnotateError) as error:
        round_override(round_=round_, actor=ada, reason="  because  ")
    assert error.value.status == 400
    round_override(round_=round_, actor=ada, reason="The hold-out is tiny today.")
    work()
    round_.refresh_from_db()
    assert round_.status == "done"
    gate = round_.gates["reward_gate"]
    assert not gate["passed"]
    assert gate["override"]["by"] == "ada"
    audited = AuditEvent.objects.get(action="round.override")
    assert audited.data == {"gate": "reward_gate", "reason": "The hold-out is tiny today."}


def test_a_policy_gate_that_fails_keeps_the_old_policy(project: Project, ada: User) -> None:
    project_prepare(project=project, gates={"kl_below": 1.0})
    round_ = start(project, ada)
    assert work() == ["reward_model", "policy", "evaluation"]
    round_.refresh_from_db()
    assert (round_.status, round_.blocked_at) == ("blocked", "policy_gate")
    round_dismiss(round_=round_, actor=ada)
    round_.refresh_from_db()
    assert round_.status == "cancelled"
    assert ModelVersion.objects.get(project=project, kind="policy", status="active").number == 0
    assert round_.policy is not None
    assert round_.policy.status == "candidate"
    with pytest.raises(AnnotateError, match="dismissed at a gate"):
        round_retry(round_=round_, actor=ada)


def test_a_dismissed_round_is_followed_by_samples_of_the_policy_in_use(project: Project, ada: User) -> None:
    project_prepare(project=project, gates={"kl_below": 1.0})
    round_ = start(project, ada)
    work()
    assert not Assignment.objects.filter(project=project, status="open").exists()
    round_dismiss(round_=round_, actor=ada)
    follow = Round.objects.get(project=project, number=2)
    assert (follow.trigger, follow.status, follow.started_by) == ("bootstrap", "sampling", ada)
    assert work() == ["sampling"]
    follow.refresh_from_db()
    assert follow.status == "done"
    waiting = Assignment.objects.filter(project=project, status="open")
    assert waiting.count() == 18  # 6 prompts × 3 pairs of three distinct texts
    assert {slot.comparison.completion_a.policy_id for slot in waiting} == {round_.start_policy_id}


def test_a_waiting_round_that_is_dismissed_is_followed_by_samples_too(project: Project, ada: User) -> None:
    project_prepare(project=project, rounds={"promote": "manual"})
    round_ = start(project, ada)
    work()
    round_dismiss(round_=round_, actor=ada)
    assert work() == ["sampling"]
    assert Assignment.objects.filter(project=project, status="open").exists()


def test_an_archived_project_s_round_can_be_dismissed_without_another(project: Project, ada: User) -> None:
    project_prepare(project=project, gates={"kl_below": 1.0})
    round_ = start(project, ada)
    work()
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
    round_dismiss(round_=round_, actor=ada)
    round_.refresh_from_db()
    assert round_.status == "cancelled"
    assert Round.objects.filter(project=project).count() == 1


def test_manual_promotion_waits_for_an_admin(project: Project, ada: User) -> None:
    project_prepare(project=project, rounds={"promote": "manual"})
    round_ = start(project, ada)
    work()
    round_.refresh_from_db()
    assert round_.status == "waiting"
    assert states(round_) | {} == {
        **dict.fromkeys(states(round_), "done"),
        "sampling": "pending",
        "queueing": "pending",
    }
    round_promote(round_=round_, actor=ada)
    assert work() == ["sampling"]
    round_.refresh_from_db()
    assert round_.status == "done"
    with pytest.raises(AnnotateError) as error:
        round_promote(round_=round_, actor=ada)
    assert code_of(error) == "round/wrong-state"


def test_a_policy_put_to_use_meanwhile_is_not_replaced_unasked(project: Project, ada: User) -> None:
    project_prepare(project=project)
    round_ = start(project, ada)
    other = ModelVersion.objects.create(project=project, kind="policy", number=9, source="starter")
    version_activate(version=other, actor=ada)
    work()
    round_.refresh_from_db()
    assert round_.status == "waiting"
    assert ModelVersion.objects.get(project=project, kind="policy", status="active") == other


def test_a_cancelled_round_cancels_its_queued_run_and_can_be_taken_up_again(project: Project, ada: User) -> None:
    project_prepare(project=project)
    round_ = start(project, ada)
    round_cancel(round_=round_, actor=ada)
    assert Run.objects.get(round=round_).status == "cancelled"
    round_.refresh_from_db()
    assert (round_.status, states(round_)["reward_model"]) == ("cancelled", "cancelled")
    assert work() == []
    round_retry(round_=round_, actor=ada)
    work()
    round_.refresh_from_db()
    assert round_.status == "done"
    with pytest.raises(AnnotateError) as error:
        round_cancel(round_=round_, actor=ada)
    assert code_of(error) == "round/wrong-state"


def test_a_failed_run_fails_the_round_with_its_reason(project: Project, ada: User) -> None:
    project_prepare(project=project)
    script(fail={"code": "config", "message": "The loss is NaN: lower the learning rate."})
    round_ = start(project, ada)
    work()
    round_.refresh_from_db()
    assert (round_.status, round_.failure_code) == ("failed", "config")
    assert round_.failure_detail == "The loss is NaN: lower the learning rate."
    assert states(round_)["reward_model"] == "failed"
    project.settings["reward_model"]["learning_rate"] = 1e-5
    project.save()
    script()
    round_retry(round_=round_, actor=ada)
    work()
    round_.refresh_from_db()
    assert round_.status == "done"
    runs = Run.objects.filter(round=round_, kind="reward_model").order_by("pk")
    assert [run.status for run in runs] == ["failed", "done"]
    assert runs[1].job["config"]["learning_rate"] == 1e-5
    assert runs[0].seed != runs[1].seed


def test_samples_that_all_read_the_same_fail_the_round(project: Project, ada: User) -> None:
    project_prepare(project=project, preferences=0, sampling={"samples_per_prompt": 1})
    round_ = round_bootstrap(project=project, actor=ada)
    work()
    round_.refresh_from_db()
    assert (round_.status, round_.failure_code) == ("failed", "data")
    assert "temperature" in round_.failure_detail
    project.settings["sampling"]["samples_per_prompt"] = 3
    project.save()
    round_retry(round_=round_, actor=ada)
    work()
    round_.refresh_from_db()
    assert round_.status == "done"


def test_pairs_of_one_text_are_never_queued(project: Project, ada: User) -> None:
    project_prepare(project=project)
    start(project, ada)
    work()
    for comparison in Comparison.objects.filter(round__isnull=False):
        assert comparison.completion_a.text != comparison.completion_b.text


def test_every_pair_says_how_likely_it_was_and_a_share_is_uniform(project: Project, ada: User) -> None:
    project_prepare(project=project, queue={"pairs_per_round": 8, "uniform_share": 0.25, "overlap": 2})
    round_ = start(project, ada)
    work()
    pairs = Comparison.objects.filter(round=round_, kind="normal")
    assert pairs.count() == 8
    uniform = [pair.propensity for pair in pairs if pair.strategy == "uniform"]
    assert uniform == [pytest.approx(2 / 18)] * 2
    assert all(0 < pair.propensity <= 1 for pair in pairs)
    assert Assignment.objects.filter(comparison__in=pairs).count() == 16


def test_panel_pairs_set_old_against_new_and_come_first(project: Project, ada: User) -> None:
    project_prepare(project=project, queue={"panel_pairs": 2})
    round_ = start(project, ada)
    work()
    round_.refresh_from_db()
    panel = Comparison.objects.filter(round=round_, kind="panel")
    assert panel.count() == 2
    for pair in panel:
        assert pair.prompt.split == "panel"
        assert {pair.completion_a.policy_id, pair.completion_b.policy_id} == {round_.start_policy_id, round_.policy_id}
    first = Assignment.objects.filter(project=project, status="open").order_by("-priority").first()
    assert first is not None
    assert first.comparison.kind == "panel"


def test_verdicts_on_panel_pairs_become_the_rounds_win_rate(project: Project, ada: User) -> None:
    project_prepare(project=project)
    round_ = start(project, ada)
    work()
    round_.refresh_from_db()
    assert rounds_read([round_])[0].reports.panel is None
    new_wins, old_wins, tie = Comparison.objects.filter(round=round_, kind="panel")
    for pair, wanted in ((new_wins, round_.policy_id), (old_wins, round_.start_policy_id)):
        label(comparison=pair, winner="a" if pair.completion_a.policy_id == wanted else "b")
    label(comparison=tie, winner=None)
    panel = rounds_read([round_])[0].reports.panel
    assert panel is not None
    assert (panel.value, panel.n) == (0.5, 3)


def test_pairs_of_the_round_before_are_put_behind(project: Project, ada: User) -> None:
    project_prepare(project=project)
    bootstrap = round_bootstrap(project=project, actor=ada)
    work()
    start(project, ada)
    work()
    older = Assignment.objects.filter(comparison__round=bootstrap)
    assert {slot.status for slot in older} == {"open"}
    assert {slot.priority for slot in older} == {-10}


def test_enough_new_preferences_start_a_round_by_themselves(project: Project) -> None:
    project_prepare(project=project, rounds={"auto_every": 12})
    (round_,) = rounds_start_due()
    assert (round_.trigger, round_.started_by) == ("automatic", None)
    work()
    assert rounds_start_due() == []
    comparisons = Comparison.objects.filter(round=round_, kind="normal")[:12]
    for comparison in comparisons:
        label(comparison=comparison)
    assert [each.number for each in rounds_start_due()] == [2]


def test_an_automatic_round_that_failed_waits_for_new_labels(project: Project) -> None:
    project_prepare(project=project, rounds={"auto_every": 5})
    script(fail={"code": "internal", "message": "broken"})
    assert len(rounds_start_due()) == 1
    work()
    assert rounds_start_due() == []


def test_a_second_round_trains_from_the_first_ones_policy_against_the_base(project: Project, ada: User) -> None:
    project_prepare(project=project)
    first = start(project, ada)
    work()
    comparison = Comparison.objects.filter(round=first, kind="normal").first()
    assert comparison is not None
    label(comparison=comparison)
    second = start(project, ada)
    work()
    first.refresh_from_db()
    job = Run.objects.get(round=second, kind="policy").job
    assert first.policy is not None
    assert job["policy"] == first.policy.source
    assert job["reference"] == "starter"
    sampled = Run.objects.get(round=second, kind="sampling").job
    assert sampled["policy"] == f"models/{project.pk}/policy-2"
    assert sampled["reward_model"] == f"models/{project.pk}/reward_model-2"
