"""The warm-up: known pairs with feedback before real work, and who is let on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotate.models import Assignment, AssignmentStatus, Comparison, Membership, Preference, Project, User
from annotate.selectors.gold import gold_unmet, is_correct
from annotate.selectors.queue import Leased
from annotate.selectors.standing import Standing
from annotate.selectors.warm_up import ExpectedShown, Feedback, WarmUp, warm_up_state
from annotate.services.mixing import draw
from annotate.sides import side_of

CLAIM_LOCK = 0x434C  # the class of advisory locks that order the claims of one labeler


@dataclass(frozen=True, slots=True)
class Warming:
    """The warm-up's pairs that a labeler holds, and how it goes; none are held once it is decided."""

    leased: list[Leased]
    state: WarmUp


def claim_lock(*, annotator_id: int) -> None:
    """Let claims of one labeler follow one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CLAIM_LOCK, annotator_id % 2**31])


def warm_up_wanted(*, project: Project, standing: Standing) -> bool:
    """Whether the labeler must still pass the warm-up. No SQL statement."""
    return project.typed_settings().labeling.warm_up_pairs > 0 and standing.is_member and standing.warmed_up_at is None


@transaction.atomic
def warm_up_claim(*, project: Project, annotator: User, groups: Sequence[str], count: int) -> Warming | None:
    """Up to `count` known pairs to warm up with, those held already first.

    None when the labeler may go on to real work: they passed, or the project has no known pairs for them.
    """
    claim_lock(annotator_id=annotator.pk)
    state = warm_up_settle(project=project, annotator=annotator, groups=groups)
    if state.passed:
        return None
    if state.passed is False:
        return Warming([], state)
    lease = timedelta(seconds=project.typed_settings().queue.lease_seconds)
    slots = list(warm_up_slots(project=project, annotator=annotator)[:count])
    slots += _more(project, annotator, groups, min(count, state.of - state.done) - len(slots))
    expires = timezone.now() + lease
    Assignment.objects.filter(pk__in=[slot.pk for slot in slots]).update(lease_expires_at=expires)
    leased = [Leased(id=slot.pk, left_is_a=slot.left_is_a, lease_expires_at=expires) for slot in slots]
    return Warming(leased, state)


def warm_up_settle(*, project: Project, annotator: User, groups: Sequence[str]) -> WarmUp:
    """How the warm-up stands; who has passed it is let on for good."""
    state = warm_up_state(project=project, annotator=annotator.pk, groups=groups)
    if state.passed and state.done:
        waiting = Membership.objects.filter(project=project, user=annotator, warmed_up_at=None)
        waiting.update(warmed_up_at=timezone.now())
    return state


def warm_up_feedback(*, preference: Preference) -> Feedback:
    """What to tell the labeler about their warm-up verdict; with the last one it is decided whether they go on."""
    comparison, slot = preference.comparison, preference.assignment
    expected = comparison.expected or {}
    if preference.annotator is not None:
        groups = Membership.objects.filter(project=preference.project_id, user=preference.annotator_id)
        mine = groups.values_list("groups", flat=True).first() or []
        warm_up_settle(project=preference.project, annotator=preference.annotator, groups=mine)
    shown = ExpectedShown(
        kind=expected["kind"],
        side=side_of(expected["winner"], left_is_a=slot.left_is_a) if slot and expected.get("winner") else None,
        strength=expected.get("strength"),
    )
    right = is_correct(expected=expected, kind=preference.kind, winner=preference.winner, ranking=preference.ranking)
    return Feedback(correct=right, expected=shown, explanation=comparison.explanation)


def warm_up_waive(*, membership: Membership) -> None:
    """Let a labeler on without (more of) the warm-up; what they hold of it is taken back.

    The caller holds their claim lock and saves.
    """
    membership.warmed_up_at = membership.warmed_up_at or timezone.now()
    held = warm_up_slots(project=membership.project, annotator=membership.user)
    held.update(status=AssignmentStatus.WITHDRAWN, lease_expires_at=None)


def warm_up_again(*, membership: Membership) -> None:
    """Let a labeler try the warm-up once more, with the same pairs: its verdicts are superseded.

    The caller holds their claim lock and saves.
    """
    membership.warmed_up_at = None
    mine = Assignment.objects.filter(project=membership.project, annotator=membership.user, warm_up=True)
    Preference.objects.filter(assignment__in=mine, superseded_at=None).update(superseded_at=timezone.now())
    # The slots stay theirs; as unanswered ones with a lease that has ended they are what the next claim finds first.
    mine.filter(comparison__withdrawn_at=None).update(status=AssignmentStatus.LEASED, lease_expires_at=timezone.now())


def warm_up_slots(*, project: Project, annotator: User) -> QuerySet[Assignment]:
    """The warm-up's unanswered slots of a labeler, in the order they were given."""
    return Assignment.objects.filter(
        project=project,
        annotator=annotator,
        warm_up=True,
        status=AssignmentStatus.LEASED,
        comparison__withdrawn_at=None,
    ).order_by("leased_at", "pk")


def _more(project: Project, annotator: User, groups: Sequence[str], count: int) -> list[Assignment]:
    """New slots on known pairs that the labeler has not met."""
    if count <= 0:
        return []
    now = timezone.now()
    slots = [
        Assignment(
            project=project,
            comparison=Comparison(pk=pk),
            status=AssignmentStatus.LEASED,
            rnd=draw.random(),
            annotator=annotator,
            reserved=True,
            warm_up=True,
            left_is_a=draw.random() < 0.5,
            leased_at=now,
            lease_expires_at=now,
        )
        for pk in gold_unmet(project=project, annotator=annotator, groups=groups, count=count)
    ]
    return Assignment.objects.bulk_create(slots)
