"""Slots of the queue: claimed in one statement, held by leases, passed on when a lease ends."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from annotate.errors import not_found
from annotate.models import Assignment, AssignmentStatus, Project, User
from annotate.prepared import rows
from annotate.selectors.daily_caps import labeler_room, project_room
from annotate.selectors.queue import (
    AUDIENCES_SQL,
    CLAIMABLE_SQL,
    Leased,
)
from annotate.services.mixing import LeasedSlot, mixing_place, mixing_plan
from annotate.services.warm_up import claim_lock

# `mine` comes first, so that a reload or a second tab finds what is already held. `free` walks the partial index in
# order, once for each audience the labeler belongs to, and skips what others lock at this moment. Two slots of one
# comparison may both be free; DISTINCT ON keeps one. Sides follow from slot and labeler, so that one who is given a
# slot again sees what their other tab still shows: a verdict from there means what it says. A materialised CTE is
# evaluated once, so that LIMIT holds whatever plan is chosen for the update.
CLAIM_SQL = f"""
WITH RECURSIVE mine AS MATERIALIZED (
    SELECT a.id, a.comparison_id
    FROM annotate_assignment a JOIN annotate_comparison c ON c.id = a.comparison_id
    WHERE a.annotator_id = %(annotator)s AND a.status = 'leased' AND a.project_id = %(project)s
      AND NOT a.warm_up AND c.kind <> 'chat' AND c.withdrawn_at IS NULL
    ORDER BY a.leased_at, a.id LIMIT %(count)s
    FOR UPDATE OF a SKIP LOCKED
), {AUDIENCES_SQL}, free AS MATERIALIZED (
    SELECT of_audience.id, of_audience.comparison_id FROM audience CROSS JOIN LATERAL (
        SELECT a.id, a.comparison_id, a.priority, a.rnd FROM {CLAIMABLE_SQL}
        ORDER BY a.priority DESC, a.rnd LIMIT greatest(%(count)s - (SELECT count(*) FROM mine), 0)
        FOR UPDATE OF a SKIP LOCKED
    ) of_audience
    ORDER BY of_audience.priority DESC, of_audience.rnd LIMIT greatest(%(count)s - (SELECT count(*) FROM mine), 0)
), picked AS (
    SELECT id FROM mine UNION ALL (SELECT DISTINCT ON (comparison_id) id FROM free ORDER BY comparison_id, id)
)
UPDATE annotate_assignment SET
    status = 'leased',
    leased_at = CASE WHEN annotator_id = %(annotator)s THEN leased_at ELSE now() END,
    lease_expires_at = now() + make_interval(secs => %(lease_seconds)s),
    left_is_a = CASE WHEN annotator_id = %(annotator)s THEN left_is_a
        ELSE (hashint8extended(id, %(annotator)s::bigint) & 1) = 0 END,
    former_holders = CASE WHEN annotator_id <> %(annotator)s
        THEN former_holders || jsonb_build_object(
            'annotator', annotator_id, 'left_is_a', left_is_a, 'shown_order', shown_order)
        ELSE former_holders END,
    annotator_id = %(annotator)s
WHERE id IN (SELECT id FROM picked)
RETURNING id, left_is_a, lease_expires_at, leased_at, priority, rnd
"""  # noqa: S608  (constant text)

CAP_LOCK = (
    0x4350  # the class of advisory locks that order the claims in a project with a cap; taken after the labeler's
)


def assignments_claim(
    *, project: Project, annotator: User, count: int, groups: Sequence[str] = (), again: bool = False
) -> list[Leased]:
    """Lease up to `count` slots of different comparisons to `annotator`, ordinary ones in one SQL statement.

    Args:
        groups: that the labeler is in; comparisons may ask for some.
        again: also what they passed on to the end of the queue.
    """
    try:
        with transaction.atomic():
            # One claim of a labeler at a time: a second tab then finds what the first one got.
            claim_lock(annotator_id=annotator.pk)
            room = _room(project=project, annotator=annotator, count=count)
            planned = mixing_plan(project=project, annotator=annotator, groups=groups, count=room)
            values: dict[str, Any] = {
                "project": project.pk,
                "annotator": annotator.pk,
                "groups": list(groups),
                "count": room - len(planned),
                "again": again,
                "lease_seconds": project.typed_settings().queue.lease_seconds,
            }
            slots = [LeasedSlot(*row) for row in rows(CLAIM_SQL, values)]
            slots += mixing_place(project=project, annotator=annotator, planned=planned, beside=slots)
    except IntegrityError:
        # An undo or a late verdict of the same labeler took another slot of the same comparison at this moment.
        return []
    slots.sort(key=lambda slot: (slot.leased_at, -slot.priority, slot.rnd, slot.id))
    return [Leased(id=slot.id, left_is_a=slot.left_is_a, lease_expires_at=slot.lease_expires_at) for slot in slots]


def _room(*, project: Project, annotator: User, count: int) -> int:
    """How many comparisons the labeler may hold now: `count`, or less where a daily cap leaves less."""
    queue = project.typed_settings().queue
    if queue.labeler_daily_cap is not None:
        count = min(count, labeler_room(project=project, annotator=annotator) or 0)
    if queue.project_daily_cap is not None:
        # Everybody's claims one after the other, so that none overlooks what another is being given.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CAP_LOCK, project.pk % 2**31])
        count = min(count, project_room(project=project, annotator=annotator) or 0)
    return count


def assignments_heartbeat(*, project: Project, annotator: User, assignment_ids: Sequence[int]) -> list[int]:
    """Renew leases; gives the ids that are still held."""
    expires = timezone.now() + timedelta(seconds=project.typed_settings().queue.lease_seconds)
    held = Assignment.objects.filter(
        project=project,
        annotator=annotator,
        status=AssignmentStatus.LEASED,
        comparison__withdrawn_at=None,
        pk__in=assignment_ids,
    )
    held.update(lease_expires_at=expires)
    return sorted(held.values_list("pk", flat=True))


def assignments_release(*, project: Project, annotator: User, assignment_ids: Sequence[int]) -> None:
    """Give back what `annotator` holds of these; a verdict still on its way is taken all the same."""
    _release(project=project, annotator=annotator, only=assignment_ids)


def assignments_release_all(*, project: Project, annotator: User) -> None:
    """Give back everything that `annotator` holds in the project."""
    _release(project=project, annotator=annotator, only=None)


@transaction.atomic
def _release(*, project: Project, annotator: User, only: Sequence[int] | None) -> None:
    held = Assignment.objects.select_for_update().filter(
        project=project, annotator=annotator, status=AssignmentStatus.LEASED
    )
    if only is not None:
        held = held.filter(pk__in=only)
    slots = list(held.order_by("pk"))
    for slot in slots:
        assignment_free(slot)
    Assignment.objects.bulk_update(slots, ["status", "annotator", "lease_expires_at", "former_holders"])


def comparison_lock(*, project: Project, assignment_id: int) -> tuple[Assignment, list[Assignment]]:
    """The named slot and all slots of its comparison, locked in the order of their ids. Call it in a transaction.

    Raises: AnnotateError 404 for a slot of another project.
    """
    named = Assignment.objects.filter(project=project, pk=assignment_id).values("comparison_id")
    slots = list(Assignment.objects.select_for_update().filter(comparison_id__in=named).order_by("pk"))
    for slot in slots:
        if slot.pk == assignment_id:
            return slot, slots
    raise not_found("assignment")


def assignment_free(slot: Assignment) -> None:
    """Open the slot again, remembering who held it. The caller holds its lock and saves.

    A reserved slot stays with its labeler, who finds it again at their next claim; its lease ends.
    """
    if slot.reserved:
        slot.lease_expires_at = timezone.now()
        return
    if slot.annotator_id is not None:
        slot.former_holders = [*slot.former_holders, _held(slot)]
    slot.status = AssignmentStatus.OPEN
    slot.annotator = None
    slot.lease_expires_at = None


def assignment_lease(slot: Assignment, *, project: Project, annotator: User) -> Leased:
    """Lease the slot to `annotator`, remembering who held it. The caller holds its lock and saves."""
    now = timezone.now()
    expires = now + timedelta(seconds=project.typed_settings().queue.lease_seconds)
    if slot.annotator_id not in (None, annotator.pk):
        slot.former_holders = [*slot.former_holders, _held(slot)]
    slot.status = AssignmentStatus.LEASED
    slot.annotator = annotator
    slot.leased_at = now
    slot.lease_expires_at = expires
    return Leased(id=slot.pk, left_is_a=slot.left_is_a, lease_expires_at=expires)


def _held(slot: Assignment) -> dict[str, Any]:
    """Who holds the slot and what they see."""
    return {"annotator": slot.annotator_id, "left_is_a": slot.left_is_a, "shown_order": slot.shown_order}


def is_free(slot: Assignment) -> bool:
    """True when nobody holds the slot and it wants a verdict."""
    if slot.status == AssignmentStatus.OPEN:
        return True
    expires = slot.lease_expires_at
    return slot.status == AssignmentStatus.LEASED and expires is not None and expires <= timezone.now()
