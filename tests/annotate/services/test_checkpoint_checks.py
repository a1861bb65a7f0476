"""Pairs by which people check a checkpoint against the policy before tuning, and what their verdicts say."""

import pytest

from annotate.errors import AnnotateError
from annotate.models import Assignment, AuditEvent, Comparison, Completion, PolicyCheckpoint, Project, Run, User
from annotate.selectors.checkpoints import checkpoint_read, checkpoints_read
from annotate.selectors.panel import panel_win_rates
from annotate.selectors.panel_preferences import panel_preference_ids
from annotate.selectors.queue_state import queue_read
from annotate.selectors.snapshots import preferences_usable
from annotate.selectors.training_exclusions import Scope
from annotate.services.checkpoint_checks import checkpoint_check
from annotate.services.exclusions import exclusion_create, exclusion_lift
from annotate.services.run_acts import run_resume
from annotate.services.run_watch import runs_heed_people
from annotate.services.runs import Order, run_beat, run_cancel, run_claim, run_paused
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import label, work
from tests.annotate.tuning_cast import checkpoint_of, judge, pairs_of, round_of, tuned
from tests.factories import prompt_make

pytestmark = [pytest.mark.usefixtures("fake_engine"), pytest.mark.timeout(90)]


def code_of(error: pytest.ExceptionInfo[AnnotateError]) -> str:
    return str(error.value.code)


def test_a_pause_queues_the_newest_checkpoint_against_step_0(project: Project, ada: User) -> None:
    for i in range(6):
        prompt_make(project=project, text=f"Watched {i}?", split="panel")
    project.settings["queue"]["overlap"] = 2
    run = tuned(project, ada, fire={10: ["kl"]}, check_pairs=4)
    newest = checkpoint_of(run, 10)
    pairs = pairs_of(newest)
    assert [c.pk for c in Comparison.objects.filter(strategy="check").order_by("prompt")] == [c.pk for c in pairs]
    assert len(pairs) == 4
    for pair in pairs:
        assert (pair.kind, pair.priority, pair.wanted, pair.round) == ("panel", 20, 2, None)
        assert pair.propensity == pytest.approx(4 / 6)  # every third of nine prompts is answered the same
        assert {pair.completion_a.checkpoint, pair.completion_b.checkpoint} == {checkpoint_of(run, 0), newest}
        assert pair.completion_a.text != pair.completion_b.text
        slots = Assignment.objects.filter(comparison=pair)
        assert [(slot.status, slot.priority) for slot in slots] == [("open", 20)] * 2
    assert len({pair.completion_a.checkpoint_id for pair in pairs}) == 2
    assert newest.checked_at is not None
    waiting = {(row.policy_number, row.of_checkpoint): row.open for row in queue_read(project=project).by_policy}
    assert waiting[None, True] == 8
    assert (None, False) not in waiting
    assert AuditEvent.objects.get(action="checkpoint.check").data == {"queued": 4, "restored": 0}


def test_samples_are_kept_as_the_monitor_saw_them_without_nul(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    checkpoint = checkpoint_of(run, 10)
    written = Completion.objects.filter(checkpoint=checkpoint).first()
    assert written is not None
    assert written.text == f"Step 10 to {written.prompt_id}.\ufffd"
    assert (written.policy, written.run, written.logprob, written.ref_logprob) == (None, run, -3.0, -3.5)
    assert (written.reward, written.reward_sd, written.reward_ood) == (1.0, 0.2, 0.3)
    assert bytes(written.head_rewards)


def test_a_check_on_demand_adds_its_pairs_once(project: Project, ada: User) -> None:
    run = tuned(project, ada, check_pairs=0)
    assert not Comparison.objects.filter(strategy="check").exists()
    checkpoint = checkpoint_of(run, 5)
    checkpoint_check(checkpoint=checkpoint, actor=ada)
    pairs = [pair.pk for pair in pairs_of(checkpoint)]
    assert pairs
    checkpoint_check(checkpoint=checkpoint, actor=ada)
    assert [pair.pk for pair in pairs_of(checkpoint)] == pairs
    assert AuditEvent.objects.filter(action="checkpoint.check", actor=ada).count() == 1


def test_checkpoints_of_a_run_share_the_samples_of_step_0(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    for step in (5, 10):
        checkpoint_check(checkpoint=checkpoint_of(run, step), actor=ada)
    before = Completion.objects.filter(checkpoint=checkpoint_of(run, 0))
    assert before.count() == len({completion.prompt_id for completion in before}) > 0


def test_there_is_nothing_to_check_of_step_0_or_of_equal_texts(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    with pytest.raises(AnnotateError) as error:
        checkpoint_check(checkpoint=checkpoint_of(run, 0), actor=ada)
    assert code_of(error) == "checkpoint/nothing-to-check"
    same = checkpoint_of(run, 5)
    same.samples = checkpoint_of(run, 0).samples
    same.save()
    with pytest.raises(AnnotateError) as error:
        checkpoint_check(checkpoint=same, actor=ada)
    assert code_of(error) == "checkpoint/nothing-to-check"
    assert not Comparison.objects.filter(strategy="check").exists()


def test_pairs_that_a_cancel_withdrew_come_back_on_demand(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    checkpoint = checkpoint_of(run, 10)
    judged, *_ = pairs_of(checkpoint)
    judge(judged, tuned_wins=True)
    judged.assignments.update(status="done")
    run_cancel(run=run, actor=ada)
    shown = checkpoint_read(checkpoint=checkpoint)
    assert (shown.queued, shown.verdicts) == (1, 1)
    checkpoint_check(checkpoint=checkpoint, actor=ada)
    pairs = pairs_of(checkpoint)
    assert checkpoint_read(checkpoint=checkpoint).queued == len(pairs) == 2
    assert set(Assignment.objects.filter(comparison__in=pairs[1:]).values_list("status", flat=True)) == {"open"}


def test_verdicts_on_checks_are_measured_on_and_never_trained_on(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    before = preferences_usable(project=project).ids
    for pair in pairs_of(checkpoint_of(run, 10)):
        judge(pair, tuned_wins=True)
    assert preferences_usable(project=project).ids == before
    assert len(panel_preference_ids(project=project)) == 2
    assert panel_win_rates(project=project, round_ids=[round_of(run).pk]) == {}


def test_checkpoints_are_ranked_by_people_and_by_nothing_else(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    verdicts = {5: (True, True), 10: (True, None)}
    for step, wins in verdicts.items():
        checkpoint_check(checkpoint=checkpoint_of(run, step), actor=ada)
        for pair, won in zip(pairs_of(checkpoint_of(run, step)), wins, strict=True):
            judge(pair, tuned_wins=won)
    shown = {each.step: each for each in checkpoints_read(run_id=run.pk).checkpoints}
    assert shown[10].figures.reward.value > shown[5].figures.reward.value
    assert {step: each.rank for step, each in shown.items()} == {0: None, 5: 1, 10: 2}
    rate = shown[10].win_rate
    assert rate is not None
    assert (rate.value, rate.n, shown[10].verdicts) == (0.75, 2, 2)
    assert rate.low < 0.75 < rate.high
    assert shown[0].win_rate is None


def test_a_superseded_or_undecidable_verdict_does_not_count(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    checkpoint = checkpoint_of(run, 5)
    checkpoint_check(checkpoint=checkpoint, actor=ada)
    undone, unclear = pairs_of(checkpoint)
    judge(undone, tuned_wins=True)
    undone.preferences.update(superseded_at=undone.created_at)
    label(comparison=unclear, winner=None, kind="cannot_judge")
    assert checkpoint_read(checkpoint=checkpoint).win_rate is None


def test_what_is_kept_out_of_training_counts_in_no_win_rate(project: Project, ada: User, ann: User, ben: User) -> None:
    run = tuned(project, ada)
    round_ = round_of(run)
    checkpoint = checkpoint_of(run, 5)
    checkpoint_check(checkpoint=checkpoint, actor=ada)
    one, other = pairs_of(checkpoint)
    panel = Comparison.objects.filter(round=round_, kind="panel").order_by("pk")
    for pair in (one, other, *panel[:1]):
        label(comparison=pair, winner="a", annotator=ann)
        label(comparison=pair, winner="b", annotator=ben)

    def counted() -> tuple[int, int]:
        rates = panel_win_rates(project=project, round_ids=[round_.pk])
        return checkpoint_read(checkpoint=checkpoint).verdicts, rates[round_.pk].n if rates else 0

    assert counted() == (4, 2)
    exclusion = exclusion_create(
        project=project, scope=Scope(annotator_id=ben.pk), reason="Clicks at random.", actor=ada
    )
    assert counted() == (2, 1)
    alone = checkpoint_read(checkpoint=checkpoint).win_rate
    assert alone is not None
    prefers_tuned = [pair.completion_a.checkpoint_id == checkpoint.pk for pair in (one, other)]
    assert alone.value == sum(prefers_tuned) / 2
    exclusion_lift(project=project, exclusion_id=exclusion.pk, actor=ada)
    assert counted() == (4, 2)


def disliked(project: Project, ada: User, **monitor: object) -> Run:
    """A running run with three checkpoints that people like less and less while their reward rises."""
    for i in range(57):
        prompt_make(project=project, text=f"Watched {i}?", split="panel")
    run = tuned(project, ada, fire={15: ["kl"]}, looks=[0, 5, 10, 15], prompts=60, check_pairs=60, **monitor)
    assert run.status == "paused"
    for step, share in ((5, 0.9), (10, 0.6), (15, 0.2)):
        checkpoint = checkpoint_of(run, step)
        checkpoint_check(checkpoint=checkpoint, actor=ada)
        pairs = pairs_of(checkpoint)
        for i, pair in enumerate(pairs):
            judge(pair, tuned_wins=i < share * len(pairs))
    run_resume(run=run, actor=ada, reason="The samples read well to me.")
    claimed = run_claim(run_id=run.pk)
    assert claimed is not None
    return claimed


def test_what_people_say_pauses_a_run_at_work(project: Project, ada: User) -> None:
    run = disliked(project, ada)
    assert run_beat(run=run) == Order.GO_ON
    assert runs_heed_people() == [run.pk]
    assert runs_heed_people() == []
    assert run_beat(run=run) == Order.PAUSE
    run_paused(run=run, fired=[])
    run.refresh_from_db()
    assert (run.status, [rule["rule"] for rule in run.paused_by]) == ("paused", ["people"])
    shown = checkpoints_read(run_id=run.pk).people
    assert shown is not None
    assert shown.explanation == run.paused_by[0]["explanation"]
    run_resume(run=run, actor=ada, reason="I read them and disagree.")
    claimed = run_claim(run_id=run.pk)
    assert claimed is not None
    assert runs_heed_people() == []
    assert run_beat(run=claimed) == Order.GO_ON


def test_a_monitor_that_only_warns_does_so_once(project: Project, ada: User) -> None:
    run = disliked(project, ada)
    run.job["monitor"]["pause"] = False
    run.save()
    assert runs_heed_people() == [run.pk]
    assert runs_heed_people() == []
    assert run_beat(run=run) == Order.GO_ON
    assert run.events.filter(type="log", data__level="warning").count() == 1


def test_a_look_that_is_told_twice_is_kept_once(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    kept = PolicyCheckpoint.objects.filter(run=run)
    assert [row.step for row in kept.order_by("step")] == [0, 5]
    run_resume(run=run, actor=ada, reason="The samples read well to me.")
    work()  # the events are read from the start again
    assert [row.step for row in kept.order_by("step")] == [0, 5, 10]
