"""What a preference says beside its direction, as a reward model reads it: rows of `details.jsonl`."""

from collections.abc import Iterator, Sequence
from typing import Any

from annotate.models import ComparisonKind, FormVersion, Preference
from annotate.selectors.queue import completion_texts
from annotate.sides import LETTERS
from rlhf_backend.types import AspectVerdict, MarkedPassage, PreferenceDetailsRow

_CHUNK = 1000


def details_lines(*, preference_ids: Sequence[int]) -> Iterator[bytes]:
    """A line for each preference, in the order given. Three SQL statements for a thousand."""
    for start in range(0, len(preference_ids), _CHUNK):
        chunk = preference_ids[start : start + _CHUNK]
        found = Preference.objects.select_related("comparison__prompt", "assignment").in_bulk(chunk)
        ranked = [pk for row in found.values() if row.ranking for pk in _completion_ids(row)]
        texts = completion_texts(ids=set(ranked))
        scales = _rating_scales({row.form_id for row in found.values() if row.ratings and row.form_id})
        for pk in chunk:
            row = found[pk]
            ordered = [texts[completion] for completion in _completion_ids(row)] if row.ranking else []
            details = preference_details(row, texts=ordered, rating_scale=scales.get(row.form_id or 0, 0))
            yield details.model_dump_json().encode() + b"\n"


def preference_details(preference: Preference, *, texts: Sequence[str], rating_scale: int) -> PreferenceDetailsRow:
    """The details of a preference; load it with its comparison, prompt and assignment.

    Args:
        texts: of a ranking, all its completions in stored order. (k,)
        rating_scale: points of the scale that ratings were given on; without one they say nothing and are left out.
    """
    comparison, assignment = preference.comparison, preference.assignment
    is_ranking = preference.ranking is not None
    ratings = preference.ratings if rating_scale > 1 else {}
    return PreferenceDetailsRow(
        id=preference.pk,
        pair=comparison.pk,
        tags=comparison.prompt.tags,
        source=comparison.kind,
        left_is_a=None if assignment is None or is_ranking else assignment.left_is_a,
        is_edit=comparison.kind == ComparisonKind.EDIT,
        completions=list(texts),
        ranks=preference.ranking or [],
        ratings={LETTERS.index(place): (points - 1) / (rating_scale - 1) for place, points in ratings.items()},
        aspects={key: verdict for key, said in preference.aspects.items() if (verdict := _aspect(said)) is not None},
        passages=[_passage(place, span) for place, spans in preference.spans.items() for span in spans],
        flags={LETTERS.index(place): keys for place, keys in preference.flags.items() if keys},
    )


def _aspect(said: dict[str, Any]) -> AspectVerdict | None:
    """The verdict on one aspect; None where it cannot be judged."""
    if said["kind"] == "cannot_judge":
        return None
    return AspectVerdict(verdict=said["winner"] or "tie", strength=said["strength"] or 1)


def _passage(place: str, span: dict[str, Any]) -> MarkedPassage:
    return MarkedPassage(place=LETTERS.index(place), start=span["start"], end=span["end"], good=span["sign"] == "good")


def _completion_ids(preference: Preference) -> list[int]:
    comparison = preference.comparison
    return [comparison.completion_a_id, comparison.completion_b_id, *comparison.more]


def _rating_scales(form_ids: set[int]) -> dict[int, int]:
    """Form → points of its rating, 0 for none."""
    if not form_ids:
        return {}
    return {form.pk: form.typed().rating for form in FormVersion.objects.filter(pk__in=form_ids)}
