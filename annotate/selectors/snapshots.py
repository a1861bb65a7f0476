"""Which preferences a run may train on, and how they are written."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Q, QuerySet

from annotate.models import HIDDEN_KINDS, ComparisonKind, Preference, PreferenceKind, Project, Snapshot, Split
from annotate.selectors.queue import completion_texts
from annotate.selectors.training_exclusions import (
    SoftLabels,
    preferences_in_force,
    soft_shares,
    softened,
    training_ruling,
)
from rlhf_backend.types import ComparisonRow

_CHUNK = 1000
RANKED = frozenset({PreferenceKind.PREFER, PreferenceKind.TIE, PreferenceKind.RANK})
"""Verdicts that say how the completions compare; the others say something about all of them."""
SOFTENED = frozenset({PreferenceKind.PREFER, PreferenceKind.TIE})
"""Verdicts that a reviewer's soft label replaces."""
MEASURING = HIDDEN_KINDS | {ComparisonKind.PANEL}
"""Comparisons that measure a policy or a labeler; to train on them would spoil the measure or count a verdict twice."""


@dataclass(frozen=True)
class Usable:
    """Ids of preferences to train on, how many of them compare, and how many were left out for which reason.

    `soft_labels` has P(a better) for those that a review softened.
    """

    ids: list[int]
    ranked: int
    excluded: dict[str, int]
    soft_labels: dict[str, float] = field(default_factory=dict)


def preferences_usable(*, project: Project) -> Usable:
    """Live preferences on train prompts, in order of their id; never of the panel. Three SQL statements."""
    rows = Preference.objects.filter(project=project, superseded_at=None).order_by("pk")
    rows = rows.annotate(ruling=training_ruling(project=project))
    shares = soft_shares(project=project)
    ids: list[int] = []
    ranked = 0
    excluded: Counter[str] = Counter()
    soft_labels: dict[str, float] = {}
    fields = ("pk", "kind", "comparison__prompt__split", "comparison__kind", "ruling", "comparison_id")
    for pk, kind, split, comparison_kind, ruling, comparison_id in rows.values_list(*fields).iterator(_CHUNK):
        reason = _reason_out(kind, split, comparison_kind) or ruling
        if reason:
            excluded[reason] += 1
            continue
        ids.append(pk)
        ranked += kind in RANKED
        if kind in SOFTENED and comparison_id in shares:
            soft_labels[str(pk)] = shares[comparison_id]
    return Usable(ids, ranked, dict(excluded), soft_labels)


def preferences_ranked_count(*, project: Project) -> int:
    """How many preferences that compare could be trained on now; `preferences_usable` without reading them."""
    return _trainable(project).filter(kind__in=RANKED).count()


def preferences_new_since(*, project: Project, snapshot: Snapshot | None) -> int:
    """Live preferences on train prompts given after the snapshot was taken."""
    rows = _trainable(project)
    return (rows.filter(created_at__gt=snapshot.created_at) if snapshot else rows).count()


def snapshot_lines(*, preference_ids: list[int], soft_labels: SoftLabels) -> Iterator[bytes]:
    """The preferences as lines of `comparisons.jsonl`, in the order given; a ranking is one line for each of its pairs.

    The same ids and soft labels always give the same bytes, whatever was reviewed since.
    """
    for start in range(0, len(preference_ids), _CHUNK):
        chunk = preference_ids[start : start + _CHUNK]
        related = ("comparison__prompt", "comparison__completion_a", "comparison__completion_b")
        found = Preference.objects.select_related(*related).in_bulk(chunk)
        further = completion_texts(ids={pk for row in found.values() for pk in row.comparison.more})
        for pk in chunk:
            comparison = found[pk].comparison
            texts = [comparison.completion_a.text, comparison.completion_b.text]
            rows = comparison_rows(found[pk], texts=[*texts, *(further[more] for more in comparison.more)])
            share_a = soft_labels.get(str(pk))
            for line in rows if share_a is None else softened(rows[0], share_a=share_a):
                yield line.model_dump_json().encode() + b"\n"


def snapshot_sha256(*, preference_ids: list[int], soft_labels: SoftLabels) -> str:
    """The hash of the file that `snapshot_lines` makes."""
    digest = hashlib.sha256()
    for line in snapshot_lines(preference_ids=preference_ids, soft_labels=soft_labels):
        digest.update(line)
    return digest.hexdigest()


def comparison_rows(preference: Preference, *, texts: Sequence[str]) -> list[ComparisonRow]:
    """A preference as the engine reads it; load it with its comparison and prompt.

    Of k completions, every pair is a row of weight 2/k: together they weigh k − 1, as many comparisons as a ranking
    needs at least.

    Args:
        texts: all completions of its comparison, in stored order. (k,)
    Source: Ouyang et al. 2022, arXiv:2203.02155, §3.5. Differs: there all pairs of a ranking weigh one together.
    """
    k = len(texts)
    shared = {
        "id": preference.pk,
        "prompt": preference.comparison.prompt.messages,
        "strength": preference.strength or 1,
        "weight": 2 / k,
        "annotator": preference.annotator_id,
    }
    return [
        ComparisonRow.model_validate(
            {**shared, "completion_a": texts[i], "completion_b": texts[j], "verdict": _verdict(preference, i, j)}
        )
        for i, j in combinations(range(k), 2)
    ]


def _verdict(preference: Preference, i: int, j: int) -> str | None:
    """What a preference says of the completions at stored positions i and j."""
    if preference.kind == PreferenceKind.RANK and preference.ranking is not None:
        first, second = preference.ranking[i], preference.ranking[j]
        return "tie" if first == second else "a" if first < second else "b"
    return preference.winner if preference.kind == PreferenceKind.PREFER else preference.kind


def _reason_out(kind: str, split: str, comparison_kind: str) -> str | None:
    if split != Split.TRAIN:
        return f"{split} prompt"
    if comparison_kind in MEASURING:
        return f"{comparison_kind} comparison"
    return "cannot judge" if kind == PreferenceKind.CANNOT_JUDGE else None


def _trainable(project: Project) -> QuerySet[Preference]:
    out = Q(kind=PreferenceKind.CANNOT_JUDGE) | Q(comparison__kind__in=MEASURING)
    return preferences_in_force(project=project).filter(comparison__prompt__split=Split.TRAIN).exclude(out)
