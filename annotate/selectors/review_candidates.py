"""Which comparisons a reviewer should look at: verdicts that disagree, or that the reward model does not believe."""

from typing import Any, Literal

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from annotate.models import (
    Comparison,
    ComparisonKind,
    Preference,
    PreferenceEffect,
    PreferenceKind,
    Project,
    Review,
    Split,
)
from annotate.selectors.receipts import CONTRADICTED_BELOW, DIRECTED, likelihood, reward_model_with_effects
from annotate.selectors.training_exclusions import MISTAKE, UNCLEAR, training_ruling

REVIEWED_KINDS = (ComparisonKind.NORMAL, ComparisonKind.CHAT, ComparisonKind.IMPORTED, ComparisonKind.EDIT)
"""Comparisons that are trained on: only there does a decision change anything."""
_STRONG = 2
REFUSED_BELOW = 0.25
"""A verdict is refused where smoothing left it less probability than this: some 4 to 6 % of noisy verdicts, of which
nearly all went against the planted reward. The report lists every label that moved by .4: a third of them."""
SUPPORTED_FROM = 3
"""On a prompt with fewer verdicts a refused one says that there are too few, not that it is a mistake."""


def review_listed(
    *, project: Project, kind: Literal["disagreement", "contradiction", "all"] = "all", settled: bool = False
) -> QuerySet[Any]:
    """Comparisons to settle, or settled ones, with all that `review_read` needs of them."""
    rows = reviewable(project=project)
    rows = rows.filter(is_settled=True) if settled else rows.filter(is_settled=False)
    if kind == "disagreement":
        return rows.filter(disagrees=True)
    if kind == "contradiction":
        return rows.filter(is_contradicted=True)
    return rows if settled else rows.filter(Q(disagrees=True) | Q(is_contradicted=True))


def reviewable(*, project: Project) -> QuerySet[Any]:
    """Every comparison that may be settled: trained on, with a live verdict. Says of each why it would be."""
    live = Preference.objects.filter(comparison=OuterRef("pk"), superseded_at=None)
    decided = Review.objects.filter(comparison=OuterRef("pk"), superseded_at=None)
    rows = Comparison.objects.filter(Exists(live), project=project, kind__in=REVIEWED_KINDS, prompt__split=Split.TRAIN)
    return rows.annotate(
        is_settled=Exists(decided),
        disagrees=_is_among(_disagreeing(project)),
        is_contradicted=_is_among(_contradicted(project)),
    ).select_related("project", "prompt", "completion_a", "completion_b")


def _is_among(comparison_ids: QuerySet[Any, Any]) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(Q(pk__in=comparison_ids), output_field=BooleanField())


def _counting(project: Project) -> QuerySet[Preference]:
    """Live verdicts that no exclusion covers: what an excluded labeler said needs no settling."""
    live = Preference.objects.filter(project=project, superseded_at=None).annotate(
        ruling=training_ruling(project=project)
    )
    return live.filter(Q(ruling=None) | Q(ruling__in=[MISTAKE, UNCLEAR]))


def _disagreeing(project: Project) -> QuerySet[Any, Any]:
    """Ids of comparisons with opposite winners, or a winner by two steps or more against a tie."""
    counted = (
        _counting(project)
        .values("comparison_id")
        .annotate(
            for_a=Count("pk", filter=Q(winner="a")),
            for_b=Count("pk", filter=Q(winner="b")),
            ties=Count("pk", filter=Q(kind=PreferenceKind.TIE)),
            strong=Count("pk", filter=Q(strength__gte=_STRONG)),
        )
    )
    return counted.filter(Q(for_a__gt=0, for_b__gt=0) | Q(ties__gt=0, strong__gt=0)).values("comparison_id")


def _contradicted(project: Project) -> QuerySet[Any, Any]:
    """Ids of comparisons with a verdict to which the newest reward model gives next to no chance, or which it went on
    refusing in training beside others on the same prompt.
    """
    newest = reward_model_with_effects(project=project)
    effects = PreferenceEffect.objects.filter(reward_model=newest, preference__kind__in=DIRECTED)
    refused = Q(soft_label__lt=REFUSED_BELOW, support__gte=SUPPORTED_FROM)
    unlikely = effects.annotate(p=likelihood()).filter(Q(p__lt=CONTRADICTED_BELOW) | refused)
    return _counting(project).filter(pk__in=unlikely.values("preference_id")).values("comparison_id")
