"""Labelers, double submits and lost leases against one queue in PostgreSQL: nothing lost, doubled or overshot."""

import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, AssignmentStatus, Comparison, Preference, PreferenceKind, Project, User
from annotate.selectors.queue import AssignmentOut, ClaimOut
from annotate.services import assignments
from annotate.services.assignments import CLAIM_SQL, assignments_claim
from annotate.services.claims import queue_claim
from annotate.services.preferences import VerdictOut, preference_submit
from annotate.services.skips import comparison_skip
from annotate.services.verdicts import Verdict
from tests.concurrency.crowd import all_at_once
from tests.factories import project_make, queue_make, user_make

pytestmark = pytest.mark.django_db(transaction=True)

LABELERS = 9
COMPARISONS = 500
WANTED = 4


@dataclass
class Labeler:
    """Claims, judges twice over, sometimes skips, until nothing is left; keeps the books of what was accepted."""

    project: Project
    user: User
    draw: random.Random
    accepted: dict[uuid.UUID, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        while held := self._claim():
            for slot in held:
                if self.draw.random() < 0.01:
                    self._skip(slot)
                else:
                    self._judge(slot)

    def _claim(self) -> list[AssignmentOut]:
        claimed = queue_claim(project=self.project, annotator=self.user, count=self.draw.randint(1, 6))
        return claimed.assignments

    def _judge(self, slot: AssignmentOut) -> None:
        given = Verdict(uuid.uuid4(), slot.id, PreferenceKind.PREFER, "left", 1)
        for _ in range(1 + (self.draw.random() < 0.3)):
            try:
                taken = preference_submit(project=self.project, annotator=self.user, verdict=given)
            except AnnotateError as error:
                self.refused[error.code] += 1
            else:
                assert self.accepted.setdefault(given.client_id, taken.preference_id) == taken.preference_id

    def _skip(self, slot: AssignmentOut) -> None:
        try:
            comparison_skip(
                project=self.project, annotator=self.user, assignment_id=slot.id, client_id=uuid.uuid4(), reason=""
            )
        except AnnotateError as error:
            self.refused[error.code] += 1


def _lose_leases(project: Project, done: threading.Event, draw: random.Random) -> None:
    """End leases at random, as a labeler's lost connection would."""
    while not done.wait(0.02):
        leased = list(
            Assignment.objects.filter(project=project, status=AssignmentStatus.LEASED).values_list("pk", flat=True)
        )
        lost = draw.sample(leased, k=len(leased) // 6)
        Assignment.objects.filter(pk__in=lost, status=AssignmentStatus.LEASED).update(
            lease_expires_at=timezone.now() - timedelta(seconds=1)
        )


def test_a_crowd_loses_doubles_and_overshoots_nothing() -> None:
    ada = user_make("ada")
    users = tuple(user_make(f"labeler-{n}") for n in range(LABELERS))
    project = project_make(created_by=ada, labelers=users)
    queue_make(project=project, comparisons=COMPARISONS, wanted=WANTED)
    crowd = [Labeler(project, user, random.Random(n)) for n, user in enumerate(users)]
    done = threading.Event()
    chaos = partial(_lose_leases, project, done, random.Random(99))
    working = [len(crowd)]
    lock = threading.Lock()

    def labeling(labeler: Labeler) -> None:
        try:
            labeler.work()
        finally:
            with lock:
                working[0] -= 1
                if not working[0]:
                    done.set()

    all_at_once([*(partial(labeling, labeler) for labeler in crowd), chaos])

    live = Preference.objects.filter(project=project, superseded_at=None)
    accepted = {client_id: pk for labeler in crowd for client_id, pk in labeler.accepted.items()}
    assert dict(live.values_list("client_id", "pk")) == accepted, "lost or doubled"
    per_comparison = Counter(live.values_list("comparison_id", flat=True))
    assert set(per_comparison.values()) == {WANTED}, "overshot, or left unanswered"
    assert len(per_comparison) == COMPARISONS
    pairs = Counter(live.values_list("comparison_id", "annotator_id"))
    assert max(pairs.values()) == 1, "one labeler judged a comparison twice"
    assert set(Assignment.objects.values_list("status", flat=True)) == {"done"}
    assert Assignment.objects.exclude(former_holders=[]).exists(), "no lease was lost: the test tested nothing"
    refused = sum((labeler.refused for labeler in crowd), Counter())
    # A verdict may be refused only because the comparison has all it needs.
    assert set(refused) <= {ErrorCode.ASSIGNMENT_EXPIRED}, refused


def test_the_same_verdict_twice_at_once_is_taken_once() -> None:
    ada, ann = user_make("ada"), user_make("ann")
    project = project_make(created_by=ada, labelers=(ann,))
    queue_make(project=project, comparisons=25)
    for _ in range(25):
        slot = queue_claim(project=project, annotator=ann, count=1).assignments[0]
        given = Verdict(uuid.uuid4(), slot.id, PreferenceKind.TIE)
        submit = partial(preference_submit, project=project, annotator=ann, verdict=given)
        answers: list[VerdictOut] = all_at_once([submit] * 4)
        assert len({answer.preference_id for answer in answers}) == 1
        assert sorted(answer.replayed for answer in answers) == [False, True, True, True]
    assert Preference.objects.count() == 25


def test_two_tabs_that_claim_at_once_hold_the_same_comparisons() -> None:
    ada, ann = user_make("ada"), user_make("ann")
    project = project_make(created_by=ada, labelers=(ann,))
    for _ in range(10):
        Assignment.objects.all().delete()
        queue_make(project=project, comparisons=4, wanted=3)
        claim = partial(queue_claim, project=project, annotator=ann, count=4)
        claims: list[ClaimOut] = all_at_once([claim] * 4)
        held = Assignment.objects.filter(annotator=ann)
        assert Counter(held.values_list("comparison_id", flat=True)).most_common(1)[0][1] == 1
        shown = {slot.id for claimed in claims for slot in claimed.assignments}
        assert shown == set(held.values_list("pk", flat=True))


@pytest.mark.parametrize(("sql", "waits"), [(CLAIM_SQL, False), (CLAIM_SQL.replace("SKIP LOCKED", ""), True)])
def test_a_claim_does_not_wait_for_another_that_is_under_way(
    sql: str, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second case is the control: without SKIP LOCKED the second labeler stands in line."""
    monkeypatch.setattr(assignments, "CLAIM_SQL", sql)
    ada, ann, ben = user_make("ada"), user_make("ann"), user_make("ben")
    project = project_make(created_by=ada, labelers=(ann, ben))
    queue_make(project=project, comparisons=6)

    def claim_meanwhile() -> set[int] | None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # LOCAL: the connection goes back to the pool and on to other tests.
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                return {slot.id for slot in assignments_claim(project=project, annotator=ben, count=3)}
        except OperationalError:
            return None

    with transaction.atomic():
        first = {slot.id for slot in assignments_claim(project=project, annotator=ann, count=3)}
        second = all_at_once([claim_meanwhile])[0]
    assert len(first) == 3
    if waits:
        assert second is None
    else:
        assert second is not None
        assert len(second) == 3
        assert not first & second


def test_a_lease_that_ends_while_its_verdict_arrives_gives_one_verdict() -> None:
    ada, ann, ben = user_make("ada"), user_make("ann"), user_make("ben")
    project = project_make(created_by=ada, labelers=(ann, ben))
    for _ in range(20):
        comparison = queue_make(project=project, comparisons=1)[0]
        slot = queue_claim(project=project, annotator=ann, count=1).assignments[0]
        Assignment.objects.filter(pk=slot.id).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        given = Verdict(uuid.uuid4(), slot.id, PreferenceKind.PREFER, "right", 3)

        def late(given: Verdict = given) -> str:
            return _submit(project, ann, given)

        def takes_over() -> str:
            claimed = queue_claim(project=project, annotator=ben, count=1).assignments
            return _submit(project, ben, Verdict(uuid.uuid4(), claimed[0].id, PreferenceKind.TIE)) if claimed else ""

        outcomes = all_at_once([late, takes_over])
        assert set(outcomes) <= {"taken", ErrorCode.ASSIGNMENT_EXPIRED, ""}
        assert outcomes.count("taken") == 1
        assert Preference.objects.filter(comparison=comparison).count() == 1
        assert Comparison.objects.get(pk=comparison.pk).assignments.get().status == "done"


def _submit(project: Project, annotator: User, given: Verdict) -> str:
    try:
        preference_submit(project=project, annotator=annotator, verdict=given)
    except AnnotateError as error:
        return error.code
    return "taken"
