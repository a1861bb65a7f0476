"""Completions that people wrote, for policies to imitate."""

from collections.abc import Iterator, Sequence

from annotate.models import ComparisonKind, CompletionSource, Preference
from rlhf_backend.types import DemonstrationRow

_CHUNK = 1000


def demonstrations(*, preference_ids: Sequence[int]) -> Iterator[DemonstrationRow]:
    """The corrections among these preferences of a snapshot, in their order; `id` is the preference's.

    What reviews, exclusions and the splits of prompts keep out of training is not in a snapshot.
    """
    for start in range(0, len(preference_ids), _CHUNK):
        chunk = preference_ids[start : start + _CHUNK]
        edits = Preference.objects.filter(pk__in=chunk, comparison__kind=ComparisonKind.EDIT)
        related = ("comparison__prompt", "comparison__completion_a", "comparison__completion_b")
        found = edits.select_related(*related).in_bulk()
        for pk in (pk for pk in chunk if pk in found):
            comparison = found[pk].comparison
            for completion in (comparison.completion_a, comparison.completion_b):
                if completion.source == CompletionSource.HUMAN:
                    yield DemonstrationRow(id=pk, prompt=comparison.prompt.messages, completion=completion.text)
