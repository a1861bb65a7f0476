"""Which preferences a run may train on, and how they are written."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from annotate.models import ComparisonKind, Preference, PreferenceKind, Project, Snapshot, Split
from rlhf_backend.types import ComparisonRow

_CHUNK = 1000
RANKED = frozenset({PreferenceKind.PREFER, PreferenceKind.TIE})
"""Verdicts that say how the two completions compare; the others say something about both."""


@dataclass(frozen=True)
class Usable:
    """Ids of preferences to train on, how many of them compare, and how many were left out for which reason."""

    ids: list[int]
    ranked: int
    excluded: dict[str, int]


def preferences_usable(*, project: Project) -> Usable:
    """Live preferences on train prompts, in order of their id; never of the panel. One SQL statement."""
    rows = Preference.objects.filter(project=project, superseded_at=None).order_by("pk")
    ids: list[int] = []
    ranked = 0
    excluded: Counter[str] = Counter()
    fields = ("pk", "kind", "comparison__prompt__split", "comparison__kind")
    for pk, kind, split, comparison_kind in rows.values_list(*fields).iterator(_CHUNK):
        reason = _reason_out(kind, split, comparison_kind)
        if reason:
            excluded[reason] += 1
            continue
        ids.append(pk)
        ranked += kind in RANKED
    return Usable(ids, ranked, dict(excluded))


def preferences_ranked_count(*, project: Project) -> int:
    """How many preferences that compare could be trained on now; `preferences_usable` without reading them."""
    return _trainable(project).filter(kind__in=RANKED).count()


def preferences_new_since(*, project: Project, snapshot: Snapshot | None) -> int:
    """Live preferences on train prompts given after the snapshot was taken."""
    rows = _trainable(project)
    return (rows.filter(created_at__gt=snapshot.created_at) if snapshot else rows).count()


def snapshot_lines(*, preference_ids: list[int]) -> Iterator[bytes]:
    """The preferences as lines of `comparisons.jsonl`, in the order given; the same ids always give the same bytes."""
    for start in range(0, len(preference_ids), _CHUNK):
        chunk = preference_ids[start : start + _CHUNK]
        related = ("comparison__prompt", "comparison__completion_a", "comparison__completion_b")
        found = Preference.objects.select_related(*related).in_bulk(chunk)
        for pk in chunk:
            yield comparison_row(found[pk]).model_dump_json().encode() + b"\n"


def snapshot_sha256(*, preference_ids: list[int]) -> str:
    """The hash of the file that `snapshot_lines` makes."""
    digest = hashlib.sha256()
    for line in snapshot_lines(preference_ids=preference_ids):
        digest.update(line)
    return digest.hexdigest()


def comparison_row(preference: Preference) -> ComparisonRow:
    """A preference as the engine reads it; load it with its comparison, prompt and completions."""
    comparison = preference.comparison
    return ComparisonRow.model_validate(
        {
            "id": preference.pk,
            "prompt": comparison.prompt.messages,
            "completion_a": comparison.completion_a.text,
            "completion_b": comparison.completion_b.text,
            "verdict": preference.winner if preference.kind == PreferenceKind.PREFER else preference.kind,
            "strength": preference.strength or 1,
            "annotator": preference.annotator_id,
        }
    )


def _reason_out(kind: str, split: str, comparison_kind: str) -> str | None:
    if split != Split.TRAIN:
        return f"{split} prompt"
    if comparison_kind == ComparisonKind.PANEL:
        return "panel comparison"
    if comparison_kind == ComparisonKind.GOLD:
        return "gold comparison"
    return "cannot judge" if kind == PreferenceKind.CANNOT_JUDGE else None


def _trainable(project: Project) -> QuerySet[Preference]:
    live = Preference.objects.filter(project=project, superseded_at=None, comparison__prompt__split=Split.TRAIN)
    out = Q(kind=PreferenceKind.CANNOT_JUDGE) | Q(comparison__kind__in=[ComparisonKind.PANEL, ComparisonKind.GOLD])
    return live.exclude(out)
