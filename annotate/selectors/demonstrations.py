"""Completions that people wrote, for policies to imitate."""

from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef, Q

from annotate.models import Comparison, ComparisonKind, Completion, CompletionSource, Preference, Project, Split
from rlhf_backend.types import DemonstrationRow

_CHUNK = 1000


def demonstrations(*, project: Project, preference_ids: Sequence[int]) -> Iterator[DemonstrationRow]:
    """Imported demonstrations on train prompts, and the corrections among these preferences of a snapshot.

    `id` is the completion's, below 0, or the preference's: rows of one preference are told from those of others by it.
    """
    edits = Comparison.objects.filter(project=project, kind=ComparisonKind.EDIT)
    corrected = edits.filter(Q(completion_a=OuterRef("pk")) | Q(completion_b=OuterRef("pk")))
    human = Completion.objects.filter(project=project, source=CompletionSource.HUMAN, prompt__split=Split.TRAIN)
    imported = human.exclude(Exists(corrected))
    for completion in imported.select_related("prompt").order_by("pk").iterator(chunk_size=_CHUNK):
        yield DemonstrationRow(id=-completion.pk, prompt=completion.prompt.messages, completion=completion.text)
    yield from _corrected(preference_ids)


def _corrected(preference_ids: Sequence[int]) -> Iterator[DemonstrationRow]:
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
