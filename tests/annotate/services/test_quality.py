"""Reports are kept up to date; flags come, stay, go, and pause where the project's rule says so."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotate.models import (
    Assignment,
    AuditEvent,
    LabelerFlag,
    Membership,
    Preference,
    Project,
    QualityReport,
    User,
)
from annotate.selectors.quality import quality_read
from annotate.selectors.quality_signals import Evidence, Signal, Suspicion
from annotate.services.claims import queue_claim
from annotate.services.quality import flags_settle, quality_refresh, quality_refresh_due
from rlhf_backend.simulation.annotators import Annotator
from tests.annotate.quality_cast import CLEAN, Person, rows_simulated, verdicts_stored
from tests.annotate.selectors.test_quality_rows import given
from tests.factories import project_make, queue_make


def evidence(n: int = 40, value: float = 0.9) -> Evidence:
    return Evidence(
        value=value, low=0.8, high=0.95, n=n, expected=0.5, text=f"Took the left side {n} times.", preference_ids=[7]
    )


def settle(project: Project, *suspicions: Suspicion) -> None:
    flags_settle(project=project, suspicions=list(suspicions))


@pytest.fixture
def left(ann: User) -> Callable[..., Suspicion]:
    """ann takes the left side."""
    return lambda **fields: Suspicion(ann.pk, Signal.POSITION, evidence(**fields))


def rule(project: Project, **policy: object) -> None:
    project.settings["quality"] = {**project.settings["quality"], **policy}
    project.save()


class TestReports:
    def test_follow_a_new_verdict_and_an_undone_one(self, project: Project, ann: User, ben: User) -> None:
        pair, other = queue_make(project=project, comparisons=2, wanted=2)
        given(pair, ann)
        assert quality_refresh_due(within_seconds=10) == 1
        first = quality_read(project=project)
        assert (first.verdicts, first.stale, [row.username for row in first.labelers]) == (1, False, ["ann"])
        assert first.agreement.alpha is None
        assert first.agreement.alpha_reason == "No comparison has verdicts of two labelers."

        undone = given(pair, ben, winner="b")
        given(other, ann)
        given(other, ben)
        assert quality_read(project=project).stale
        assert quality_refresh_due(within_seconds=10) == 1
        both = quality_read(project=project)
        assert both.agreement.pairwise is not None
        assert (both.verdicts, both.agreement.pairwise.value, both.agreement.comparisons_with_overlap) == (4, 0.5, 2)

        Preference.objects.filter(pk=undone.pk).update(superseded_at=timezone.now())
        assert quality_refresh_due(within_seconds=10) == 1
        assert quality_read(project=project).verdicts == 3

    def test_are_left_alone_while_nothing_is_new(self, project: Project, ann: User) -> None:
        given(queue_make(project=project, comparisons=1)[0], ann)
        assert quality_refresh_due(within_seconds=10) == 1
        computed_at = QualityReport.objects.get().computed_at
        assert quality_refresh_due(within_seconds=10) == 0
        assert quality_refresh(project=project) is False
        assert QualityReport.objects.get().computed_at == computed_at

    def test_are_empty_again_when_all_is_undone(self, project: Project, ann: User) -> None:
        given(queue_make(project=project, comparisons=1)[0], ann)
        quality_refresh_due(within_seconds=10)
        Preference.objects.update(superseded_at=timezone.now())
        assert quality_refresh_due(within_seconds=10) == 1
        assert quality_read(project=project).labelers == []

    def test_are_not_made_for_archived_projects_or_without_verdicts(self, project: Project, ann: User) -> None:
        assert quality_refresh_due(within_seconds=10) == 0
        given(queue_make(project=project, comparisons=1)[0], ann)
        Project.objects.update(archived_at=timezone.now())
        assert quality_refresh_due(within_seconds=10) == 0

    def test_take_turns_within_the_time_given(self, project: Project, ada: User, ann: User) -> None:
        second = project_make(created_by=ada, labelers=(ann,), name="Second")
        for each in (project, second):
            given(queue_make(project=each, comparisons=1)[0], ann)
        assert quality_refresh_due(within_seconds=0) == 0
        assert quality_refresh_due(within_seconds=10) == 2
        QualityReport.objects.filter(project=project).update(computed_at=timezone.now() - timedelta(hours=1))
        for each in (second, project):
            given(queue_make(project=each, comparisons=1)[0], ann)
        assert quality_refresh_due(within_seconds=10) == 2
        reports = QualityReport.objects.order_by("computed_at")
        assert [report.project_id for report in reports] == [project.pk, second.pk]

    def test_that_take_long_rest_in_between_but_less_than_a_minute(self, project: Project, ann: User) -> None:
        first, second = queue_make(project=project, comparisons=2)
        given(first, ann)
        quality_refresh_due(within_seconds=10)
        QualityReport.objects.update(seconds=20, computed_at=timezone.now() - timedelta(seconds=25))
        given(second, ann)
        assert quality_refresh_due(within_seconds=10) == 0
        QualityReport.objects.update(computed_at=timezone.now() - timedelta(seconds=31))
        assert quality_refresh_due(within_seconds=10) == 1

    def test_one_that_fails_does_not_keep_others_waiting(
        self, project: Project, ada: User, ann: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        second = project_make(created_by=ada, labelers=(ann,), name="Second")
        for each in (project, second):
            given(queue_make(project=each, comparisons=1)[0], ann)
        Project.objects.filter(pk=project.pk).update(settings={"quality": {"min_verdicts": "many"}})
        assert quality_refresh_due(within_seconds=10) == 1
        assert QualityReport.objects.get().project == second
        assert f"project {project.pk}" in caplog.text


class TestCrowds:
    PLANTED = (Person(pace=0.1), Person(Annotator(beta=1.2, position_bias=2)), Person(Annotator(beta=2, flip=0.95)))

    def test_planted_labelers_are_flagged_from_the_database_and_honest_ones_are_not(
        self, project: Project, ada: User, ann: User, ben: User
    ) -> None:
        honest = [User.objects.create(username=f"honest-{n}") for n in range(4)]
        rows, texts = rows_simulated([*self.PLANTED, *[Person(CLEAN)] * 4], prompts=120, seed=2)
        verdicts_stored(project=project, labelers=[ada, ann, ben, *honest], rows=rows, texts=texts)
        assert quality_refresh(project=project)
        flagged = set(LabelerFlag.objects.values_list("annotator__username", "signal"))
        assert {("ada", "speed"), ("ann", "position"), ("ben", "reliability")} <= flagged
        assert {name for name, _ in flagged} == {"ada", "ann", "ben"}
        shown = {row.username: row for row in quality_read(project=project).labelers}
        assert Signal.SPEED in shown["ada"].flags
        assert shown["ann"].left_share is not None
        assert shown["ann"].left_share.low > 0.5
        assert shown["ben"].reliability is not None
        assert shown["ben"].reliability.high < 0.5
        for flag in LabelerFlag.objects.all():
            ids = flag.evidence["preference_ids"]
            assert ids
            assert set(Preference.objects.filter(pk__in=ids).values_list("annotator", flat=True)) == {flag.annotator_id}


class TestFlags:
    def test_are_raised_once_with_their_newest_evidence(
        self, project: Project, ann: User, left: Callable[..., Suspicion]
    ) -> None:
        settle(project, left())
        settle(project, left(n=60))
        flag = LabelerFlag.objects.get()
        assert (flag.annotator, flag.signal, flag.evidence["n"], flag.closed_at) == (ann, "position", 60, None)
        told = AuditEvent.objects.get(action="labeler.flagged")
        assert (told.actor, told.target, told.data["evidence"]["n"]) == (None, "ann", 40)

    def test_close_by_themselves_when_the_signal_goes_and_go_on_when_it_is_back(
        self, project: Project, left: Callable[..., Suspicion]
    ) -> None:
        settle(project, left())
        settle(project)
        gone = LabelerFlag.objects.get()
        assert gone.closed_at is not None
        assert gone.closed_by is None
        settle(project, left(n=50))
        assert LabelerFlag.objects.get().closed_at is None
        settle(project)
        LabelerFlag.objects.update(closed_at=timezone.now() - timedelta(days=2))
        settle(project, left(n=50))
        assert LabelerFlag.objects.filter(closed_at=None).count() == 1
        assert LabelerFlag.objects.count() == 2

    def test_that_an_admin_settled_come_back_only_with_many_more_verdicts(
        self, project: Project, ada: User, left: Callable[..., Suspicion]
    ) -> None:
        settle(project, left(n=40))
        LabelerFlag.objects.update(closed_at=timezone.now(), closed_by=ada)
        for n in (41, 59):
            settle(project, left(n=n))
        assert not LabelerFlag.objects.filter(closed_at=None).exists()
        settle(project, left(n=60))
        assert LabelerFlag.objects.filter(closed_at=None).count() == 1

    def test_pause_nobody_unless_the_project_says_so(
        self, project: Project, ann: User, left: Callable[..., Suspicion]
    ) -> None:
        settle(project, left())
        assert Membership.objects.get(user=ann).paused_at is None

    def test_pause_by_the_projects_rule_with_the_evidence_on_record(
        self, project: Project, ann: User, left: Callable[..., Suspicion]
    ) -> None:
        rule(project, pause=True)
        queue_make(project=project, comparisons=1)
        assert queue_claim(project=project, annotator=ann, count=1).assignments
        settle(project, left())
        paused = Membership.objects.get(user=ann)
        assert paused.paused_at is not None
        assert (paused.paused_by, paused.paused_reason) == (None, "Took the left side 40 times.")
        assert Assignment.objects.get().annotator is None
        told = AuditEvent.objects.get(action="member.paused")
        assert (told.actor, told.target, told.data["signal"]) == (None, "ann", "position")
        assert told.data["evidence"] == evidence().model_dump(mode="json")

    def test_pause_only_when_they_are_new(self, project: Project, ann: User, left: Callable[..., Suspicion]) -> None:
        settle(project, left())
        rule(project, pause=True)
        settle(project, left(n=50))
        assert Membership.objects.get(user=ann).paused_at is None

    def test_of_who_has_left_the_project_pause_nobody(
        self, project: Project, ann: User, left: Callable[..., Suspicion]
    ) -> None:
        rule(project, pause=True)
        Membership.objects.filter(user=ann).delete()
        settle(project, left())
        assert LabelerFlag.objects.count() == 1
        assert not AuditEvent.objects.filter(action="member.paused").exists()


@pytest.mark.django_db(transaction=True)
def test_a_report_that_another_worker_computes_is_left_to_it(project: Project, ann: User) -> None:
    given(queue_make(project=project, comparisons=1)[0], ann)
    QualityReport.objects.create(project=project)
    outcome: list[bool] = []

    def other_worker() -> None:
        outcome.append(quality_refresh(project=project))
        connection.close()

    with transaction.atomic():
        QualityReport.objects.select_for_update().get()
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join(timeout=20)
    assert outcome == [False]
    assert quality_refresh(project=project)
