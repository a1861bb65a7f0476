"""Verdicts that a reward model is measured on and never trained on."""

from annotate.models import HIDDEN_KINDS, PreferenceKind, Project, Split
from annotate.selectors.training_exclusions import preferences_in_force

PANEL_SPLITS = (Split.PANEL, Split.VALIDATION)
NEWEST = 2000
"""More verdicts than this narrow the intervals little, and each costs the reading of two completions."""


def panel_preference_ids(*, project: Project) -> list[int]:
    """Live preferences on panel and validation prompts, in order of their id; at most the newest 2,000.

    Left out is what reviews and exclusions keep out of training, and what measures labelers. Two SQL statements.
    """
    rows = preferences_in_force(project=project).filter(comparison__prompt__split__in=PANEL_SPLITS)
    rows = rows.exclude(kind=PreferenceKind.CANNOT_JUDGE).exclude(comparison__kind__in=HIDDEN_KINDS)
    return sorted(rows.order_by("-pk").values_list("pk", flat=True)[:NEWEST])
