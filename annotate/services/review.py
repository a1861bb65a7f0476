"""Decisions of the review room. Verdicts stay as they were given; a decision says how they are trained on."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode, invalid, not_found
from annotate.models import Comparison, Preference, Project, Review, ReviewOutcome, User
from annotate.selectors.review_candidates import reviewable
from annotate.services.audit import audit_record


@dataclass(frozen=True, slots=True)
class Decision:
    """Of a mistake the wrong verdicts; of a difference of values the soft label P(a better)."""

    outcome: ReviewOutcome
    mistaken: frozenset[int] = frozenset()
    share_a: float | None = None
    note: str = ""


@transaction.atomic
def review_settle(
    *, project: Project, comparison_id: int, decision: Decision, reviewer: User, is_admin: bool
) -> Review:
    """Record a decision in place of any earlier one; snapshots taken from now on follow it.

    Raises: AnnotateError 404 for a comparison that is not trained on or has no verdict, 409 for a reviewer who judged
        it, 400 with `fields` for a decision that does not fit.
    """
    comparison = _hold(project, comparison_id)
    _require_impartial(comparison, reviewer, is_admin=is_admin)
    _require_fit(comparison, decision)
    _supersede(comparison)
    review = Review.objects.create(
        project=project,
        comparison=comparison,
        reviewer=reviewer,
        outcome=decision.outcome,
        share_a=decision.share_a,
        note=decision.note,
    )
    review.mistaken.set(decision.mistaken)
    audit_record(
        actor=reviewer,
        project=project,
        action="review.settled",
        target=f"comparison {comparison.pk}",
        outcome=decision.outcome,
        mistaken=sorted(decision.mistaken),
        share_a=decision.share_a,
        note=decision.note,
    )
    return review


@transaction.atomic
def review_take_back(*, project: Project, comparison_id: int, reviewer: User, is_admin: bool) -> None:
    """Open a settled comparison again; the decision is kept as superseded.

    Raises: AnnotateError 404 where nothing was decided, 409 for a reviewer who judged the comparison.
    """
    comparison = _hold(project, comparison_id)
    _require_impartial(comparison, reviewer, is_admin=is_admin)
    if not _supersede(comparison):
        raise not_found("decision")
    audit_record(actor=reviewer, project=project, action="review.taken_back", target=f"comparison {comparison.pk}")


def _hold(project: Project, comparison_id: int) -> Comparison:
    """The comparison, locked, so that of two decisions at once the later replaces the earlier."""
    held = Comparison.objects.select_for_update(no_key=True).filter(pk=comparison_id, project=project).first()
    if held is None or not reviewable(project=project).filter(pk=comparison_id).exists():
        raise not_found("comparison")
    return held


def _supersede(comparison: Comparison) -> int:
    live = Review.objects.filter(comparison=comparison, superseded_at=None)
    return live.update(superseded_at=timezone.now())


def _require_impartial(comparison: Comparison, reviewer: User, *, is_admin: bool) -> None:
    """An undone verdict counts as well: taking it back must not make one's own judge."""
    if not is_admin and Preference.objects.filter(comparison=comparison, annotator=reviewer).exists():
        raise AnnotateError(
            ErrorCode.REVIEW_OWN_VERDICT,
            "You judged this comparison yourself: another reviewer or an admin has to settle it.",
        )


def _require_fit(comparison: Comparison, decision: Decision) -> None:
    is_mistake = decision.outcome == ReviewOutcome.MISTAKE
    softens = decision.outcome == ReviewOutcome.VALUE_DIFFERENCE
    if is_mistake != bool(decision.mistaken):
        raise invalid("mistaken", "name the wrong verdicts of a mistake, and of nothing else")
    if softens != (decision.share_a is not None):
        raise invalid("share_a", "say which share prefers a for a difference of values, and for nothing else")
    if softens and comparison.more:
        raise invalid("outcome", "a ranking has no single share: settle it as a mistake or as unclear")
    live = set(Preference.objects.filter(comparison=comparison, superseded_at=None).values_list("pk", flat=True))
    strangers = sorted(decision.mistaken - live)
    if strangers:
        raise invalid("mistaken", f"{strangers[0]} is no live verdict on this comparison; found {sorted(live)}")
