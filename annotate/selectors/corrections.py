"""Corrected completions beside the verdicts they came with."""

from collections.abc import Sequence

from annotate.models import Preference
from annotate.selectors.completions import stored_ids
from annotate.sides import LETTERS


def corrections_of(*, preferences: Sequence[Preference]) -> dict[int, dict[str, str]]:
    """Preference → a, b, c, … → the corrected text; load the preferences with their comparison. One SQL statement."""
    if not preferences:
        return {}
    found: dict[int, dict[str, str]] = {}
    stored = {row.pk: stored_ids(row.comparison) for row in preferences}
    rows = Preference.objects.filter(derived_from__in=stored).values_list(
        "derived_from", "winner",
        "comparison__completion_a", "comparison__completion_a__text",
        "comparison__completion_b", "comparison__completion_b__text",
    )  # fmt: skip
    for verdict, winner, a, a_text, b, b_text in rows:
        original, corrected = (b, a_text) if winner == "a" else (a, b_text)
        if verdict is not None:
            found.setdefault(verdict, {})[LETTERS[stored[verdict].index(original)]] = corrected
    return found
