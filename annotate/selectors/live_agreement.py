"""How often the reward model foresaw new verdicts: over the pairs as chosen, and corrected to all pairs."""

from django.db.models import Count, FloatField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from pydantic import Field

from annotate.models import Comparison, ComparisonKind, PreferenceKind, Project
from annotate.selectors.training_exclusions import preferences_in_force
from annotate.types import ReadModel
from rlhf_backend.stats.weighted_share import corrected_share, correction_gap, misleads
from rlhf_backend.types import Interval

READ = 5000
"""Judged pairs that are read, the newest."""
FEWEST = 10


class LiveAgreement(ReadModel):
    """Of pairs that a round chose and people decided since, by the rewards that they were chosen with.

    Figures are null with fewer than ten such pairs.
    """

    comparisons: int = Field(description="Pairs with a decided verdict and two rewards, the newest 5,000.")
    corrected: Interval | None = Field(description="Weighted by reciprocal propensities: over all pairs sampled.")
    as_chosen: Interval | None = Field(description="Over the chosen pairs as they are.")
    gap: Interval | None = Field(description="Corrected minus as chosen.")
    alarm: bool = Field(description="The gap is more than 2 points beyond noise: figures over chosen pairs mislead.")


def live_agreement_read(*, project: Project) -> LiveAgreement:
    """Two SQL statements."""
    live = Q(preferences__in=preferences_in_force(project=project).filter(kind=PreferenceKind.PREFER).values("pk"))
    rows = (
        Comparison.objects.filter(project=project, kind=ComparisonKind.NORMAL, round__isnull=False, more=[])
        .filter(completion_a__reward__isnull=False, completion_b__reward__isnull=False, scores__has_key="inclusion")
        .annotate(
            for_a=Count("preferences", filter=live & Q(preferences__winner="a")),
            for_b=Count("preferences", filter=live & Q(preferences__winner="b")),
            inclusion=Cast(KT("scores__inclusion"), FloatField()),
        )
        .exclude(for_a=0, for_b=0)
        .order_by("-pk")
        .values_list("for_a", "for_b", "inclusion", "completion_a__reward", "completion_b__reward")[:READ]
    )
    found = list(rows)
    if len(found) < FEWEST:
        return LiveAgreement(comparisons=len(found), corrected=None, as_chosen=None, gap=None, alarm=False)
    foreseen = [
        _foreseen(for_a, for_b, lead=(reward_a or 0.0) - (reward_b or 0.0))
        for for_a, for_b, _, reward_a, reward_b in found
    ]
    inclusions = [row[2] for row in found]
    gap = correction_gap(foreseen, inclusions)
    return LiveAgreement(
        comparisons=len(found),
        corrected=corrected_share(foreseen, inclusions),
        as_chosen=corrected_share(foreseen, [1.0] * len(found)),
        gap=gap,
        alarm=misleads(gap),
    )


def _foreseen(for_a: int, for_b: int, *, lead: float) -> float:
    """Share of a pair's verdicts that the rewards foresaw, a leading by `lead`; half where they are equal."""
    if lead == 0:
        return 0.5
    return (for_a if lead > 0 else for_b) / (for_a + for_b)
