"""Verdicts that take more than one statement, sent several times over and taken back at the same moment."""

import uuid
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from annotate.errors import AnnotateError
from annotate.models import Assignment, Completion, Preference, PreferenceKind, Project, User
from annotate.selectors.queue import AssignmentOut
from annotate.services.claims import queue_claim
from annotate.services.preferences import VerdictOut, preference_submit
from annotate.services.undo import judgement_undo
from annotate.services.verdicts import Verdict
from annotate.verdict_details import Details
from tests.concurrency.crowd import all_at_once
from tests.factories import project_make, prompt_make, ranking_make, user_make

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = ["A", "B", "C", "D"]
OPINION = {"A": 2, "B": 1, "C": 2, "D": 3}


def setting(labelers: int, wanted: int = 1) -> tuple[Project, list[User]]:
    """A project whose queue has one ranking of `TEXTS`."""
    users = [user_make(f"labeler-{n}") for n in range(labelers)]
    project = project_make(created_by=user_make("ada"), labelers=tuple(users))
    ranking_make(prompt=prompt_make(project=project, text="Rank."), texts=TEXTS, wanted=wanted)
    return project, users


def claim(project: Project, user: User) -> AssignmentOut:
    return queue_claim(project=project, annotator=user, count=1).assignments[0]


def ranked(slot: AssignmentOut, **edits: str) -> Verdict:
    """`OPINION` in the order shown, with corrections by text."""
    seen = [completion.text for completion in slot.completions]
    return Verdict(
        client_id=uuid.uuid4(),
        assignment_id=slot.id,
        kind=PreferenceKind.RANK,
        details=Details(ranking=[OPINION[text] for text in seen]),
        edits={str(seen.index(text)): better for text, better in edits.items()},
    )


def test_copies_sent_at_once_are_one_verdict_with_its_corrections_once() -> None:
    project, (ann,) = setting(1)
    given = ranked(claim(project, ann), A="A mended", C="C mended")

    def send() -> VerdictOut:
        return preference_submit(project=project, annotator=ann, verdict=given)

    taken = all_at_once([send] * 8)
    assert len({each.preference_id for each in taken}) == 1
    assert sorted(each.replayed for each in taken) == [False] + [True] * 7
    assert Preference.objects.get(derived_from=None).ranking == [2, 1, 2, 3]
    assert Preference.objects.exclude(derived_from=None).count() == 2
    assert Completion.objects.filter(source="human").count() == 2


def test_labelers_who_lost_their_leases_are_read_in_the_orders_they_saw() -> None:
    project, users = setting(6, wanted=6)
    slots = [claim(project, user) for user in users]
    assert len({tuple(c.text for c in slot.completions) for slot in slots}) > 1
    Assignment.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    late = user_make("late")
    taken_over = claim(project, late)
    sent = [(user, ranked(slot)) for user, slot in zip(users, slots, strict=True)] + [(late, ranked(taken_over))]

    def send(user: User, given: Verdict) -> str:
        try:
            preference_submit(project=project, annotator=user, verdict=given)
        except AnnotateError as error:
            return error.code
        return "accepted"

    outcomes = Counter(all_at_once([partial(send, user, given) for user, given in sent]))
    assert outcomes == {"accepted": 6, "assignment/expired": 1}
    assert [row.ranking for row in Preference.objects.all()] == [[2, 1, 2, 3]] * 6
    assert set(Assignment.objects.values_list("status", flat=True)) == {"done"}


def test_an_undo_beside_copies_of_its_verdict_leaves_no_correction_alone() -> None:
    project, (ann,) = setting(1)
    for _ in range(5):
        given = ranked(claim(project, ann), D="D mended")
        preference_submit(project=project, annotator=ann, verdict=given)

        undo = partial(_undo, project, ann, given)
        send = partial(_send_again, project, ann, given)
        all_at_once([undo, send, send, undo])
        assert not Preference.objects.filter(superseded_at=None).exists()
    assert Preference.objects.filter(derived_from=None).count() == 5
    assert Preference.objects.exclude(derived_from=None).count() == 5


def _undo(project: Project, annotator: User, given: Verdict) -> None:
    judgement_undo(project=project, annotator=annotator, assignment_id=given.assignment_id)


def _send_again(project: Project, annotator: User, given: Verdict) -> None:
    assert preference_submit(project=project, annotator=annotator, verdict=given).replayed
