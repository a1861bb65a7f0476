from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotate.models import Assignment, Comparison, Project, Round, Skip, User
from annotate.selectors.queue import ClaimOut
from annotate.services.assignments import (
    CLAIM_SQL,
    assignments_claim,
    assignments_heartbeat,
    assignments_release,
)
from annotate.services.claims import queue_claim
from tests.factories import comparison_make, prompt_make, queue_make, user_make


def claim(project: Project, annotator: User, count: int = 10) -> ClaimOut:
    return queue_claim(project=project, annotator=annotator, count=count)


def ids(claimed: ClaimOut) -> list[int]:
    return [assignment.id for assignment in claimed.assignments]


def expire(**which: object) -> None:
    Assignment.objects.filter(status="leased", **which).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_a_claim_leases_what_it_gives(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=3)
    claimed = claim(project, ann, 2)
    assert len(ids(claimed)) == 2
    assert claimed.remaining == 1
    assert claimed.reason is None
    for slot in Assignment.objects.filter(pk__in=ids(claimed)):
        assert (slot.status, slot.annotator) == ("leased", ann)
        assert slot.lease_expires_at is not None
        assert timedelta(seconds=200) < slot.lease_expires_at - timezone.now() <= timedelta(seconds=300)


def test_a_reload_gives_the_same_comparisons_with_the_same_sides(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=8)
    first = claim(project, ann, 4)
    again = claim(project, ann, 4)
    assert ids(again) == ids(first)
    assert [a.left for a in again.assignments] == [a.left for a in first.assignments]


def test_a_larger_claim_adds_to_what_is_held(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=8)
    first = claim(project, ann, 3)
    more = claim(project, ann, 5)
    assert ids(more)[:3] == ids(first)
    assert len(set(ids(more))) == 5


def test_labelers_get_different_comparisons(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=6)
    assert not set(ids(claim(project, ann, 3))) & set(ids(claim(project, ben, 3)))


def test_higher_priority_comes_first_and_random_order_within(project: Project, ann: User) -> None:
    low = queue_make(project=project, comparisons=3)
    prompt = prompt_make(project=project, text="Urgent?")
    high = [comparison_make(prompt=prompt, a=f"x{n}", b=f"y{n}", priority=10) for n in range(3)]
    got = [assignment.comparison_id for assignment in claim(project, ann, 6).assignments]
    rnd = dict(Assignment.objects.values_list("comparison_id", "rnd"))
    assert got[:3] == sorted((c.pk for c in high), key=rnd.__getitem__)
    assert got[3:] == sorted((c.pk for c in low), key=rnd.__getitem__)


def test_two_slots_of_one_comparison_never_come_together(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=2, wanted=3)
    for labeler in (ann, ben):
        got = [assignment.comparison_id for assignment in claim(project, labeler, 10).assignments]
        assert len(got) == len(set(got))
        assert got
    assert len({a.comparison_id for a in claim(project, ann, 10).assignments}) == 2


def test_a_comparison_is_not_offered_again_to_who_judged_it(project: Project, ann: User, ben: User) -> None:
    comparison = queue_make(project=project, comparisons=1, wanted=2)[0]
    first = claim(project, ann).assignments[0]
    Assignment.objects.filter(pk=first.id).update(status="done")
    after = claim(project, ann)
    assert (after.assignments, after.remaining, after.reason) == ([], 0, "all-done-by-you")
    assert claim(project, ben).assignments[0].comparison_id == comparison.pk


def test_a_skipped_comparison_goes_to_others_only(project: Project, ann: User, ben: User) -> None:
    comparison = queue_make(project=project, comparisons=1)[0]
    Skip.objects.create(comparison=comparison, annotator=ann, client_id="5b9f4d2e-0000-4000-8000-000000000001")
    assert claim(project, ann).reason == "all-done-by-you"
    assert len(claim(project, ben).assignments) == 1


def test_an_expired_lease_is_free_without_a_sweeper(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=1)
    held = claim(project, ann).assignments[0]
    assert claim(project, ben).assignments == []
    expire()
    assert [a.id for a in claim(project, ben).assignments] == [held.id]
    slot = Assignment.objects.get(pk=held.id)
    assert slot.annotator == ben
    assert [holder["annotator"] for holder in slot.former_holders] == [ann.pk]
    assert claim(project, ann).assignments == []


def test_an_expired_lease_that_nobody_took_stays_with_its_holder(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=1)
    held = ids(claim(project, ann))
    expire()
    assert ids(claim(project, ann)) == held
    assert Assignment.objects.get().lease_expires_at > timezone.now()  # type: ignore[operator]


def test_who_is_given_a_slot_again_sees_what_their_other_tab_still_shows(
    project: Project, ann: User, ben: User
) -> None:
    queue_make(project=project, comparisons=8)
    before = {slot.id: slot.left_is_a for slot in assignments_claim(project=project, annotator=ann, count=8)}
    assignments_release(project=project, annotator=ann, assignment_ids=list(before))
    assert len(assignments_claim(project=project, annotator=ben, count=8)) == 8
    Assignment.objects.update(lease_expires_at=timezone.now() - timedelta(hours=1))
    again = {slot.id: slot.left_is_a for slot in assignments_claim(project=project, annotator=ann, count=8)}
    assert again == before


def test_withdrawn_comparisons_are_not_offered(project: Project, ann: User) -> None:
    first, second = queue_make(project=project, comparisons=2)
    Comparison.objects.filter(pk=first.pk).update(withdrawn_at=timezone.now())
    assert [a.comparison_id for a in claim(project, ann).assignments] == [second.pk]
    Comparison.objects.filter(pk=second.pk).update(withdrawn_at=timezone.now())
    assert claim(project, ann).assignments == []


def test_both_sides_are_a_equally_often(project: Project) -> None:
    queue_make(project=project, comparisons=200)
    shown = []
    for number in range(20):
        labeler = user_make(f"labeler-{number}")
        shown += [slot.left_is_a for slot in assignments_claim(project=project, annotator=labeler, count=10)]
    assert len(shown) == 200
    # Four standard deviations of a fair coin.
    assert abs(sum(shown) - 100) < 4 * 200**0.5 / 2


def test_an_empty_queue_says_why(project: Project, ann: User) -> None:
    assert claim(project, ann).reason == "empty"
    Round.objects.create(project=project, number=1, status="sampling", trigger="button")
    assert claim(project, ann).reason == "sampling"
    project.archived_at = timezone.now()
    assert claim(project, ann).reason == "archived"


def test_an_archived_project_gives_nothing(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=1)
    project.archived_at = timezone.now()
    assert claim(project, ann).assignments == []


def test_remaining_is_counted_up_to_a_limit(project: Project, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.services.claims.REMAINING_COUNTED_BY_CLAIM", 4)
    queue_make(project=project, comparisons=8)
    assert claim(project, ann, 1).remaining == 4


def test_a_claim_that_meets_one_s_own_undo_gives_nothing_this_time(
    project: Project, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undo that commits between the claim's snapshot and its write takes the same comparison by another slot."""
    blind = CLAIM_SQL.replace("own.annotator_id = %(annotator)s", "own.annotator_id = -%(annotator)s")
    monkeypatch.setattr("annotate.services.assignments.CLAIM_SQL", blind)
    queue_make(project=project, comparisons=1, wanted=2)
    first = Assignment.objects.first()
    assert first is not None
    Assignment.objects.filter(pk=first.pk).update(status="done", annotator=ann)
    assert assignments_claim(project=project, annotator=ann, count=1) == []
    assert Assignment.objects.filter(status="open").count() == 1


def test_a_heartbeat_renews_what_is_held_and_tells_what_is_lost(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=3)
    mine, other, gone = ids(claim(project, ann, 3))
    expire(pk=other)
    claim(project, ben, 1)
    Comparison.objects.filter(assignments=gone).update(withdrawn_at=timezone.now())
    Assignment.objects.filter(pk=mine).update(lease_expires_at=timezone.now() + timedelta(seconds=1))
    assert assignments_heartbeat(project=project, annotator=ann, assignment_ids=[mine, other, gone, 10**12]) == [mine]
    expires = Assignment.objects.get(pk=mine).lease_expires_at
    assert expires is not None
    assert expires > timezone.now() + timedelta(seconds=200)


def test_what_is_released_is_free_at_once(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=2)
    kept, given = ids(claim(project, ann, 2))
    theirs = ids(claim(project, ben, 2))
    assert theirs == []
    assignments_release(project=project, annotator=ann, assignment_ids=[given])
    assert ids(claim(project, ben, 2)) == [given]
    assert Assignment.objects.get(pk=kept).annotator == ann


def test_nobody_can_release_what_another_holds(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=1)
    held = ids(claim(project, ann))
    assignments_release(project=project, annotator=ben, assignment_ids=held)
    assert Assignment.objects.get().annotator == ann


def test_a_claim_costs_five_statements_however_much_it_gives(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=30)
    counts = []
    for labeler, count in ((ann, 1), (ben, 10)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            claim(project, labeler, count)
        counts.append([q["sql"] for q in queries if not (q["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))])
    assert [len(sql) for sql in counts] == [5, 5]


def test_the_claim_walks_the_partial_index(project: Project, ann: User) -> None:
    prompt = prompt_make(project=project, text="Why?")
    comparison = comparison_make(prompt=prompt)
    Assignment.objects.bulk_create(
        Assignment(project=project, comparison=comparison, rnd=n / 5000, status="done" if n % 5 else "open")
        for n in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotate_assignment")
        cursor.execute(
            "EXPLAIN " + CLAIM_SQL,
            {
                "project": project.pk,
                "annotator": ann.pk,
                "groups": [],
                "count": 5,
                "again": False,
                "lease_seconds": 300,
            },
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "assignment_claimable" in plan, plan
