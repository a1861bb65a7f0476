"""Which preferences people keep out of training, and which a reviewer softened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Q, QuerySet, Value, When

from annotate.models import Exclusion, Preference, Project, Review, ReviewOutcome
from rlhf_backend.types import ComparisonRow

MISTAKE, UNCLEAR, EXCLUDED = "mistake", "unclear", "excluded"
SoftLabels = Mapping[str, float]
"""Preference id, as JSON writes it, → P(a better)."""


def training_ruling(*, project: Project, in_words: bool = False) -> Case:
    """Why a preference is kept out of training, to annotate a query with; null where nobody said so.

    "mistake" and "unclear" are reviews, "excluded" is an exclusion; `in_words` gives the exclusion's written reason
    instead. One SQL statement for the exclusions; the reviews are read within the annotated query.
    """
    live = Review.objects.filter(project=project, superseded_at=None)
    mistaken = Review.mistaken.through.objects.filter(review__in=live.values("pk")).values("preference_id")
    unclear = live.filter(outcome=ReviewOutcome.UNCLEAR).values("comparison_id")
    whens = [
        When(pk__in=mistaken, then=Value(MISTAKE)),
        When(comparison_id__in=unclear, then=Value(UNCLEAR)),
        *(
            When(scope_covers(scope_of(exclusion)), then=Value(exclusion.reason if in_words else EXCLUDED))
            for exclusion in exclusions_in_force(project=project)
        ),
    ]
    return Case(*whens, default=None, output_field=CharField())


def preferences_in_force(*, project: Project) -> QuerySet[Preference]:
    """Live preferences that no review and no exclusion keeps out: what is trained on, measured on and reported.

    One SQL statement for the exclusions.
    """
    live = Preference.objects.filter(project=project, superseded_at=None)
    return live.annotate(ruling=training_ruling(project=project)).filter(ruling=None)


def exclusions_in_force(*, project: Project) -> QuerySet[Exclusion]:
    """Exclusions nobody lifted, oldest first."""
    return Exclusion.objects.filter(project=project, lifted_at=None).order_by("pk")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which preferences an exclusion names: all that is said must hold; times are UTC."""

    annotator_id: int | None = None
    given_from: datetime | None = None
    given_until: datetime | None = None
    guidelines_number: int | None = None


def scope_of(exclusion: Exclusion) -> Scope:
    """What a stored exclusion names."""
    return Scope(exclusion.annotator_id, exclusion.given_from, exclusion.given_until, exclusion.guidelines_number)


def scope_covers(scope: Scope) -> Q:
    """Preferences of the labeler, given from `given_from` until before `given_until`, under the guidelines.

    Raises: ValueError: nothing is named, which would cover everything.
    """
    named = {
        "annotator_id": scope.annotator_id,
        "created_at__gte": scope.given_from,
        "created_at__lt": scope.given_until,
        "guidelines__number": scope.guidelines_number,
    }
    wanted = {field: value for field, value in named.items() if value is not None}
    if not wanted:
        raise ValueError("an exclusion names a labeler, a time or a guideline version; found none of them")
    return Q(**wanted)


def soft_shares(*, project: Project) -> dict[int, float]:
    """Comparison → P(a better), where a review found a difference of values. One SQL statement."""
    live = Review.objects.filter(project=project, superseded_at=None, outcome=ReviewOutcome.VALUE_DIFFERENCE)
    return {
        comparison: share for comparison, share in live.values_list("comparison_id", "share_a") if share is not None
    }


def softened(row: ComparisonRow, *, share_a: float) -> list[ComparisonRow]:
    """The row's verdict replaced by a soft label: a with weight `share_a`, b with the rest. A weight of 0 is left out.

    How strongly one labeler felt says nothing about the share of people who agree, so both have strength 1.
    """
    shares = (("a", share_a), ("b", 1 - share_a))
    return [
        row.model_copy(update={"verdict": verdict, "strength": 1, "weight": row.weight * share})
        for verdict, share in shares
        if share > 0
    ]
