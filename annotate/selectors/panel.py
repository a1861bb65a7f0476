"""What people say about a new policy: their verdicts on old against new, on prompts that are never trained on."""

from collections import defaultdict

from annotate.models import ComparisonKind, PreferenceKind, Project
from annotate.selectors.training_exclusions import preferences_in_force
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.types import Interval

UNDECIDED = frozenset({PreferenceKind.TIE, PreferenceKind.BOTH_BAD, PreferenceKind.BOTH_GOOD})
"""Verdicts that count half for either side of a win rate."""


def panel_win_rates(*, project: Project, round_ids: list[int]) -> dict[int, Interval]:
    """Round → share of panel verdicts in force for its new policy, undecided ones half; none for rounds without any.

    Two SQL statements.
    """
    verdicts = (
        preferences_in_force(project=project)
        .filter(comparison__round__in=round_ids, comparison__kind=ComparisonKind.PANEL)
        .exclude(kind=PreferenceKind.CANNOT_JUDGE)
    )
    wins: dict[int, list[float]] = defaultdict(list)
    for round_id, new, kind, winner, policy_a in verdicts.values_list(
        "comparison__round",
        "comparison__round__policy",
        "kind",
        "winner",
        "comparison__completion_a__policy",
    ):
        new_won = winner == ("a" if policy_a == new else "b")
        wins[round_id].append(0.5 if kind in UNDECIDED else float(new_won))
    return {round_id: wilson_interval(sum(each), len(each)) for round_id, each in wins.items()}
