"""Paused tuning runs: what waits, who decides, what goes on."""

import json
import shutil
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from annotate.errors import AnnotateError
from annotate.jobs.execute import run_execute
from annotate.models import AuditEvent, Comparison, ModelVersion, PolicyCheckpoint, Project, Run, RunEvent, User
from annotate.selectors.rounds import rounds_read
from annotate.selectors.runs import run_read
from annotate.services.round_acts import round_cancel, round_retry
from annotate.services.rounds import round_advance
from annotate.services.run_acts import run_finish, run_repeat, run_resume
from annotate.services.run_seeds import SEED_LIMIT
from annotate.services.run_watch import runs_requeue_stale, runs_resend
from annotate.services.runs import TokenLost, run_cancel, run_claim, run_paused
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import script, work
from tests.annotate.tuning_cast import checkpoint_of, round_of, tuned

pytestmark = [pytest.mark.usefixtures("fake_engine"), pytest.mark.timeout(90)]
REASON = "The samples read well to me."


def statuses(run: Run) -> list[str]:
    return [e.data["status"] for e in RunEvent.objects.filter(run=run, type="status").order_by("pk")]


def code_of(error: pytest.ExceptionInfo[AnnotateError]) -> str:
    return str(error.value.code)


def job_file(run: Run, data_dir: Path) -> dict[str, object]:
    return json.loads((data_dir / "runs" / str(run.pk) / "job.json").read_text())


def test_a_rule_pauses_the_run_and_the_round_waits(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl", "length"]})
    assert (run.status, run.token, run.finished_at) == ("paused", None, None)
    assert [rule["rule"] for rule in run.paused_by] == ["kl", "length"]
    assert run.progress["phase"] == "working"
    assert statuses(run) == ["queued", "running", "paused"]
    round_ = round_of(run)
    assert round_advance(round_id=round_.pk) == "policy"
    step = next(step for step in rounds_read([round_])[0].steps if step.name == "policy")
    assert (step.state, [rule.rule for rule in step.paused_by]) == ("active", ["kl", "length"])
    assert [rule.rule for rule in run_read(run_id=run.pk).paused_by] == ["kl", "length"]


def test_nothing_touches_a_paused_run_by_itself(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    long_ago = timezone.now() - timedelta(days=2)
    Run.objects.filter(pk=run.pk).update(heartbeat_at=long_ago, queued_at=long_ago)
    day = timedelta(days=1)
    assert runs_requeue_stale(older_than=day) == []
    assert runs_resend(older_than=day) == []
    run_execute(run_id=run.pk, is_stopping=lambda: False)
    run.refresh_from_db()
    assert (run.status, run.attempt) == ("paused", 1)


def test_a_resumed_run_goes_on_with_the_rules_accepted_and_so_does_the_round(
    project: Project, ada: User, data_dir: Path
) -> None:
    run = tuned(project, ada, fire={5: ["kl"], 10: ["kl", "length"]})
    before = run.input_sha256
    run_resume(run=run, actor=ada, reason=REASON)
    run.refresh_from_db()
    assert (run.status, run.accepted_rules, run.paused_by) == ("queued", ["kl"], [])
    work()
    run.refresh_from_db()
    assert (run.status, [rule["rule"] for rule in run.paused_by]) == ("paused", ["length"])
    assert job_file(run, data_dir)["accepted_rules"] == ["kl"]
    run_resume(run=run, actor=ada, reason=REASON)
    work()
    run.refresh_from_db()
    assert (run.status, run.accepted_rules, run.input_sha256) == ("done", ["kl", "length"], before)
    round_ = round_of(run)
    round_.refresh_from_db()
    assert round_.status == "done"
    audited = AuditEvent.objects.filter(action="run.resume").order_by("pk")
    assert [event.data for event in audited] == [
        {"rules": ["kl"], "reason": REASON},
        {"rules": ["length"], "reason": REASON},
    ]


def test_a_finished_run_ends_with_the_policy_of_its_checkpoint(project: Project, ada: User, fake_engine: Path) -> None:
    run = tuned(project, ada, fire={10: ["diversity"]})
    run_finish(checkpoint=checkpoint_of(run, 5), actor=ada, reason=REASON)
    work()
    run.refresh_from_db()
    assert (run.status, run.finish_step, run.paused_by) == ("done", 5, [])
    assert job_file(run, fake_engine)["finish_at"] == 5
    weights = fake_engine / ModelVersion.objects.get(run=run).source / "model.safetensors"
    assert weights.read_bytes() == b"weights at 5"
    round_ = round_of(run)
    round_.refresh_from_db()
    assert round_.status == "done"
    event = AuditEvent.objects.get(action="run.finish")
    assert event.data == {"rules": ["diversity"], "step": 5, "reason": REASON}


def test_a_run_can_end_with_the_policy_before_tuning(project: Project, ada: User, fake_engine: Path) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    run_finish(checkpoint=checkpoint_of(run, 0), actor=ada, reason=REASON)
    work()
    weights = fake_engine / ModelVersion.objects.get(run=run).source / "model.safetensors"
    assert weights.read_bytes() == b"weights before tuning"


def test_a_run_cannot_end_with_a_checkpoint_whose_policy_is_gone(
    project: Project, ada: User, fake_engine: Path
) -> None:
    run = tuned(project, ada, fire={10: ["kl"]})
    shutil.rmtree(fake_engine / "runs" / str(run.pk) / "policies" / "step-00000005")
    with pytest.raises(AnnotateError) as error:
        run_finish(checkpoint=checkpoint_of(run, 5), actor=ada, reason=REASON)
    assert code_of(error) == "checkpoint/not-on-disk"
    run.refresh_from_db()
    assert run.status == "paused"


def test_only_a_paused_run_is_resumed_or_finished(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    assert run.status == "done"
    for act in (
        lambda: run_resume(run=run, actor=ada, reason=REASON),
        lambda: run_finish(checkpoint=checkpoint_of(run, 5), actor=ada, reason=REASON),
    ):
        with pytest.raises(AnnotateError) as error:
            act()
        assert code_of(error) == "run/wrong-state"


def test_a_cancelled_pause_ends_run_and_round_at_once_and_its_pairs_are_withdrawn(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]}, check_pairs=2)
    assert Comparison.objects.filter(strategy="check", withdrawn_at=None).count() == 2
    run_cancel(run=run, actor=ada)
    assert round_advance(round_id=round_of(run).pk) == "cancelled"
    run.refresh_from_db()
    assert (run.status, run.paused_by) == ("cancelled", [])
    assert not Comparison.objects.filter(strategy="check", withdrawn_at=None).exists()


def test_cancelling_the_round_cancels_its_paused_run(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    round_cancel(round_=round_of(run), actor=ada)
    run.refresh_from_db()
    assert run.status == "cancelled"


def test_a_round_taken_up_again_finds_its_pause_as_it_was(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    round_cancel(round_=round_of(run), actor=ada)
    round_retry(round_=round_of(run), actor=ada)
    work()
    run.refresh_from_db()
    assert (run.status, [rule["rule"] for rule in run.paused_by]) == ("paused", ["kl"])
    run_resume(run=run, actor=ada, reason=REASON)
    work()
    run.refresh_from_db()
    assert run.status == "done"


def test_a_cancel_takes_back_that_a_run_should_end_with_a_checkpoint(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    run_finish(checkpoint=checkpoint_of(run, 0), actor=ada, reason=REASON)
    round_cancel(round_=round_of(run), actor=ada)
    round_retry(round_=round_of(run), actor=ada)
    work()
    run.refresh_from_db()
    assert (run.status, run.finish_step) == ("paused", None)


def test_a_pause_outlives_the_worker_that_did_not_tell_of_it(project: Project, ada: User, fake_engine: Path) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    # As if the worker had died between the engine's end and the database.
    Run.objects.filter(pk=run.pk).update(status="queued", paused_by=[])
    work()
    run.refresh_from_db()
    assert (run.status, [rule["rule"] for rule in run.paused_by]) == ("paused", ["kl"])
    assert (fake_engine / "runs" / str(run.pk) / "attempts").read_text() == "1"


def test_a_worker_that_lost_the_run_cannot_pause_it(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    run_resume(run=run, actor=ada, reason=REASON)
    lost = run_claim(run_id=run.pk)
    assert lost is not None
    Run.objects.filter(pk=run.pk).update(token=uuid.uuid4())
    with pytest.raises(TokenLost):
        run_paused(run=lost, fired=[])


def test_a_cancel_that_meets_the_pause_wins(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    run_resume(run=run, actor=ada, reason=REASON)
    claimed = run_claim(run_id=run.pk)
    assert claimed is not None
    run_cancel(run=claimed, actor=ada)
    run_paused(run=claimed, fired=[])
    run.refresh_from_db()
    assert run.status == "cancelled"


def test_a_repeat_stands_beside_its_round(project: Project, ada: User, fake_engine: Path) -> None:
    run = tuned(project, ada)
    round_ = round_of(run)
    versions = ModelVersion.objects.count()
    repeat = run_repeat(run=run, actor=ada)
    again = run_repeat(run=repeat, actor=ada, seed=7)
    assert repeat.seed not in (run.seed, again.seed)
    assert max(Run.objects.values_list("seed", flat=True)) < SEED_LIMIT
    assert (repeat.repeats, again.repeats, again.seed) == (run, run, 7)
    script(looks=[0, 5], fire={5: ["kl"]})
    assert work() == ["policy", "policy"]
    repeat.refresh_from_db()
    assert repeat.status == "paused"
    round_.refresh_from_db()
    assert round_.status == "done"
    run_resume(run=repeat, actor=ada, reason=REASON)
    work()
    repeat.refresh_from_db()
    assert repeat.status == "done"
    assert ModelVersion.objects.count() == versions
    inputs = fake_engine / "runs"
    for path in (inputs / str(run.pk) / "inputs").iterdir():
        assert (inputs / str(repeat.pk) / "inputs" / path.name).read_bytes() == path.read_bytes()
    read = run_read(run_id=run.pk)
    assert [other.id for other in read.repeated_by] == [repeat.pk, again.pk]
    shown = run_read(run_id=again.pk).repeats
    assert shown is not None
    assert shown.id == run.pk
    steps = {step.name: step.run_id for step in rounds_read([round_])[0].steps}
    assert steps["policy"] == run.pk


def test_a_repeat_needs_a_finished_tuning_run_and_a_new_seed(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    with pytest.raises(AnnotateError) as error:
        run_repeat(run=run, actor=ada, seed=run.seed)
    assert error.value.fields is not None
    assert "seed" in error.value.fields
    lost = run_repeat(run=run, actor=ada, seed=7)
    with pytest.raises(AnnotateError, match="7 was used already"):
        run_repeat(run=run, actor=ada, seed=7)
    run_cancel(run=lost, actor=ada)
    assert run_repeat(run=run, actor=ada, seed=7).seed == 7
    sampling = Run.objects.get(round=run.round, kind="sampling")
    with pytest.raises(AnnotateError) as error:
        run_repeat(run=sampling, actor=ada)
    assert code_of(error) == "run/wrong-state"
    project.archived_at = timezone.now()
    project.save()
    with pytest.raises(AnnotateError) as error:
        run_repeat(run=run, actor=ada)
    assert code_of(error) == "project/archived"


def test_a_cancelled_round_leaves_repeats_alone(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    repeat = run_repeat(run=run, actor=ada)
    round_ = round_of(run)
    round_.status = "sampling"
    round_.save()
    round_cancel(round_=round_, actor=ada)
    repeat.refresh_from_db()
    assert repeat.status == "queued"
    assert PolicyCheckpoint.objects.filter(run=run).count() == 3
