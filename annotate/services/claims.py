"""What a labeler is given to judge now, or why nothing: the rules around the queue's own claim."""

from dataclasses import dataclass, field

from annotate.models import Project, User
from annotate.selectors.daily_caps import cap_reached
from annotate.selectors.queue import (
    REMAINING_COUNTED_BY_CLAIM,
    AssignmentOut,
    ClaimOut,
    NoClaim,
    assignments_shown,
    claimable_count,
    no_claim_reason,
)
from annotate.selectors.standing import Standing, standing_of
from annotate.selectors.warm_up import WarmUp
from annotate.services.assignments import assignments_claim
from annotate.services.warm_up import warm_up_claim, warm_up_wanted

CLAIM_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Given:
    """What a claim found, or why it found nothing."""

    shown: list[AssignmentOut] = field(default_factory=list)
    remaining: int = 0
    reason: NoClaim | None = None
    message: str | None = None
    warm_up: WarmUp | None = None


def queue_claim(*, project: Project, annotator: User, count: int) -> ClaimOut:
    """Up to `count` comparisons for `annotator` to judge, those already held first, as the page shows them.

    Known, repeated and mirrored pairs are among them at the project's shares. Who has not passed the warm-up is given
    its pairs alone. Fewer may come where others claim at the same moment; none only when nothing is left.
    """
    standing = standing_of(project=project, annotator=annotator)
    given = _give(project=project, annotator=annotator, standing=standing, count=count)
    return ClaimOut(
        assignments=given.shown,
        remaining=given.remaining,
        reason=given.reason,
        message=given.message,
        warm_up=given.warm_up,
        form=standing.form,
        form_number=standing.form_number,
        guidelines_number=standing.guidelines_number,
    )


def _give(*, project: Project, annotator: User, standing: Standing, count: int) -> _Given:
    if project.archived_at is not None:
        return _Given(reason="archived")
    if standing.paused_at is not None:
        return _Given(reason="paused", message=standing.paused_reason or None)
    if warm_up_wanted(project=project, standing=standing):
        warming = warm_up_claim(project=project, annotator=annotator, groups=standing.groups, count=count)
        if warming is not None:
            shown = assignments_shown(leased=warming.leased)
            reason: NoClaim | None = "warm-up-failed" if warming.state.passed is False else None
            left = warming.state.of - warming.state.done - len(shown)
            return _Given(shown, max(left, 0), reason, warm_up=warming.state)
    return _give_work(project=project, annotator=annotator, standing=standing, count=count)


def _give_work(*, project: Project, annotator: User, standing: Standing, count: int) -> _Given:
    groups = standing.groups
    shown: list[AssignmentOut] = []
    remaining = 0
    for attempt in range(CLAIM_TRIES):
        # What one has passed on to the end of the queue comes back when there is nothing else; others may just be
        # claiming that.
        again = attempt > 0 and not claimable_count(
            project=project, annotator=annotator, groups=groups, most=1, again=False
        )
        leased = assignments_claim(project=project, annotator=annotator, count=count, groups=groups, again=again)
        shown = assignments_shown(leased=leased)
        remaining = claimable_count(
            project=project, annotator=annotator, groups=groups, most=REMAINING_COUNTED_BY_CLAIM
        )
        if shown or not remaining:
            break
    if shown:
        return _Given(shown, remaining)
    capped = cap_reached(project=project, annotator=annotator)
    return _Given(shown, remaining, capped or no_claim_reason(project=project, groups=groups))
