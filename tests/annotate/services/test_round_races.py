"""The same act from several places at once has one effect: real threads, real connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from annotate.errors import AnnotateError
from annotate.models import (
    Comparison,
    Completion,
    ModelVersion,
    PolicyCheckpoint,
    Project,
    Round,
    RoundTrigger,
    Run,
    User,
)
from annotate.services.checkpoint_checks import checkpoint_check
from annotate.services.round_starts import round_start
from annotate.services.rounds import round_advance
from annotate.services.run_acts import run_finish, run_resume
from annotate.services.runs import run_claim
from annotate.services.versions import version_activate
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import project_prepare, work
from tests.annotate.tuning_cast import checkpoint_of, tuned

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90), pytest.mark.usefixtures("fake_engine")]
AT_ONCE = 6


def at_once(act: Callable[[], Any]) -> list[Any]:
    """The outcomes of `AT_ONCE` threads that begin together; an AnnotateError is an outcome."""
    barrier = threading.Barrier(AT_ONCE)
    outcomes: list[Any] = []

    def one() -> None:
        barrier.wait()
        try:
            outcomes.append(act())
        except AnnotateError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_one_of_many_starts_wins(project: Project, ada: User) -> None:
    project_prepare(project=project)
    outcomes = at_once(lambda: round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada))
    assert [str(each) for each in outcomes].count("round/already-active") == AT_ONCE - 1
    assert Round.objects.count() == 1
    assert Run.objects.count() == 1


def test_one_of_many_workers_gets_the_run(project: Project, ada: User) -> None:
    project_prepare(project=project)
    round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    run = Run.objects.get()
    outcomes = at_once(lambda: run_claim(run_id=run.pk))
    assert outcomes.count(None) == AT_ONCE - 1
    run.refresh_from_db()
    assert run.attempt == 1


def test_a_round_advanced_from_many_places_takes_each_step_once(project: Project, ada: User) -> None:
    project_prepare(project=project)
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    work()
    # As if every worker had died right before queueing.
    Comparison.objects.filter(round=round_).delete()
    Round.objects.filter(pk=round_.pk).update(status="queueing", finished_at=None)
    assert set(at_once(lambda: round_advance(round_id=round_.pk))) == {"done"}
    assert Comparison.objects.filter(round=round_).count() == 21
    assert Run.objects.filter(round=round_).count() == 4


def test_two_versions_put_to_use_at_once_leave_one_in_use(project: Project, ada: User) -> None:
    versions = [
        ModelVersion.objects.create(project=project, kind="policy", number=number, source="starter")
        for number in range(1, AT_ONCE + 1)
    ]
    waiting = iter(versions)
    at_once(lambda: version_activate(version=next(waiting), actor=ada))
    assert ModelVersion.objects.filter(project=project, kind="policy", status="active").count() == 1


def test_checkpoints_of_a_run_checked_at_once_share_the_samples_of_step_0(project: Project, ada: User) -> None:
    run = tuned(project, ada, looks=range(AT_ONCE + 1), check_pairs=0)
    waiting = iter(PolicyCheckpoint.objects.filter(run=run, step__gt=0))
    assert at_once(lambda: checkpoint_check(checkpoint=next(waiting), actor=ada)) == [None] * AT_ONCE
    assert Comparison.objects.filter(strategy="check").count() > AT_ONCE
    prompts = list(Completion.objects.filter(checkpoint=checkpoint_of(run, 0)).values_list("prompt", flat=True))
    assert len(prompts) == len(set(prompts))


def test_of_many_decisions_about_a_paused_run_one_counts(project: Project, ada: User) -> None:
    run = tuned(project, ada, fire={5: ["kl"]})
    reason = "It reads well enough to me."
    ways: list[Callable[[], None]] = [
        lambda: run_resume(run=run, actor=ada, reason=reason),
        lambda: run_finish(checkpoint=checkpoint_of(run, 0), actor=ada, reason=reason),
    ]
    waiting = iter(ways * (AT_ONCE // 2))
    outcomes = at_once(lambda: next(waiting)())
    assert [str(each) for each in outcomes].count("run/wrong-state") == AT_ONCE - 1
    run.refresh_from_db()
    assert (run.status, run.paused_by) == ("queued", [])
    assert (run.accepted_rules, run.finish_step) in ((["kl"], None), ([], 0))
