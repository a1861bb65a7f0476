"""Several tabs of one labeler, and many labelers under a cap: nothing hidden twice, no cap overrun."""

import uuid
from collections import Counter
from functools import partial

import pytest

from annotate.models import Assignment, Comparison, ComparisonKind, Preference, PreferenceKind, Project, User
from annotate.selectors.queue import ClaimOut
from annotate.services.assignments import assignments_release_all
from annotate.services.claims import queue_claim
from annotate.services.preferences import preference_submit
from annotate.services.verdicts import Verdict
from tests.annotate.labeling_cast import gold_make, settings_set
from tests.concurrency.crowd import all_at_once
from tests.factories import project_make, queue_make, user_make

pytestmark = pytest.mark.django_db(transaction=True)

TABS = 4


def judge(project: Project, annotator: User, slot: int) -> None:
    preference_submit(
        project=project, annotator=annotator, verdict=Verdict(uuid.uuid4(), slot, PreferenceKind.PREFER, "left", 1)
    )


def test_tabs_that_claim_at_once_get_no_pair_again_twice_and_no_known_pair_twice() -> None:
    ada, ann = user_make("ada"), user_make("ann")
    project = project_make(created_by=ada, labelers=(ann,))
    queue_make(project=project, comparisons=90)
    gold_make(project, 12)
    for _ in range(4):
        for slot in queue_claim(project=project, annotator=ann, count=10).assignments:
            judge(project, ann, slot.id)
    settings_set(project, queue={"gold_share": 0.3, "repeat_share": 0.25, "mirrored_share": 0.25})
    for _ in range(8):
        claim = partial(queue_claim, project=project, annotator=ann, count=5)
        claims: list[ClaimOut] = all_at_once([claim] * TABS)
        held = Assignment.objects.filter(annotator=ann, status="leased")
        assert held.count() <= 5, "two tabs were given more than one would be"
        shown = {slot.id for claimed in claims for slot in claimed.assignments}
        assert shown == set(held.values_list("pk", flat=True))
        for pk in shown:
            judge(project, ann, pk)
    again = Comparison.objects.filter(kind__in=[ComparisonKind.REPEAT, ComparisonKind.MIRRORED])
    assert again.count() >= 4, "nothing came again: the test tested nothing"
    assert max(Counter(again.values_list("original_id", flat=True)).values()) == 1
    known = Assignment.objects.filter(comparison__kind=ComparisonKind.GOLD)
    assert known.count() >= 4, "no known pair came: the test tested nothing"
    assert max(Counter(known.values_list("comparison_id", flat=True)).values()) == 1
    assert max(Counter(Preference.objects.values_list("comparison_id", flat=True)).values()) == 1


def test_tabs_that_warm_up_at_once_are_given_the_same_pairs() -> None:
    ada, ann = user_make("ada"), user_make("ann")
    project = project_make(created_by=ada, labelers=(ann,))
    gold_make(project, 9)
    settings_set(project, labeling={"warm_up_pairs": 4})
    claim = partial(queue_claim, project=project, annotator=ann, count=10)
    claims: list[ClaimOut] = all_at_once([claim] * TABS)
    shown = [{slot.id for slot in claimed.assignments} for claimed in claims]
    assert all(each == shown[0] for each in shown)
    assert len(shown[0]) == 4 == Assignment.objects.count()


def test_labelers_who_claim_at_once_stay_within_the_project_s_cap() -> None:
    ada = user_make("ada")
    crowd = tuple(user_make(f"labeler-{n}") for n in range(6))
    project = project_make(created_by=ada, labelers=crowd)
    queue_make(project=project, comparisons=60)
    settings_set(project, queue={"project_daily_cap": 10})
    for _ in range(3):
        claims: list[ClaimOut] = all_at_once(
            [partial(queue_claim, project=project, annotator=labeler, count=4) for labeler in crowd]
        )
        given = [slot for claimed in claims for slot in claimed.assignments]
        assert len({slot.id for slot in given}) == len(given) <= 10
        assert len(given) >= 8, "the cap gave less than it has"
        for labeler in crowd:
            assignments_release_all(project=project, annotator=labeler)
