"""What of a verdict cannot be stored: parts that its comparison does not have, keys that no form ever had."""

from collections.abc import Sequence

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import FormVersion, PreferenceKind, Project
from annotate.services.verdicts import Verdict
from annotate.sides import Layout

PARTS = ("aspects", "flags", "reasons")
_OF_PAIRS = (PreferenceKind.PREFER, PreferenceKind.TIE)
Fields = dict[str, list[str]]


def verdict_check(verdict: Verdict, *, project: Project, layout: Layout, texts: Sequence[str]) -> None:
    """Make sure that the verdict fits its comparison, whose completions in stored order are `texts`.

    Whether the form in force offers what was said does not matter: the labeler may have seen an earlier one.
    Raises: AnnotateError 400 with `fields`.
    """
    fields = _unfitting(verdict, layout)
    if not fields:
        by_slot = dict(zip(layout.slots, layout.in_shown_order(texts), strict=True))
        fields = _outside(verdict, by_slot) | _no_edits(verdict, by_slot) | _unknown(verdict, project)
    if fields:
        name, messages = next(iter(fields.items()))
        raise AnnotateError(ErrorCode.INVALID, f"{name}: {messages[0]}", status=400, fields=fields)


def _unfitting(verdict: Verdict, layout: Layout) -> Fields:
    k = len(layout.slots)
    ranking = verdict.details.ranking
    fields: Fields = {}
    if layout.is_ranking and verdict.kind in _OF_PAIRS:
        fields["kind"] = [f"this comparison has {k} completions: give kind 'rank' with a ranking of them"]
    if not layout.is_ranking and verdict.kind == PreferenceKind.RANK:
        fields["kind"] = ["this comparison has two completions: give kind 'prefer' with a side, or 'tie'"]
    elif ranking is not None and len(ranking) != k:
        fields["ranking"] = [f"has {len(ranking)} ranks; expected {k}, one for each completion in the order shown"]
    if layout.is_ranking and verdict.details.aspects:
        fields["aspects"] = ["are questions about a pair; this comparison is a ranking"]
    said = {part: getattr(verdict.details, part) for part in ("flags", "reasons", "ratings", "spans")}
    for part, by_slot in {**said, "edits": verdict.edits}.items():
        for slot in by_slot:
            if slot not in layout.slots:
                fields[f"{part}.{slot}"] = [f"no completion was shown there; expected one of {', '.join(layout.slots)}"]
    return fields


def _outside(verdict: Verdict, by_slot: dict[str, str]) -> Fields:
    return {
        f"spans.{slot}": [f"a passage ends at {end}, the completion has {len(by_slot[slot])} characters"]
        for slot, end in verdict.span_ends().items()
        if end > len(by_slot[slot])
    }


def _no_edits(verdict: Verdict, by_slot: dict[str, str]) -> Fields:
    fields = {}
    for slot, text in verdict.edits.items():
        if not text.strip():
            fields[f"edits.{slot}"] = ["is empty; a correction is the whole corrected completion"]
        elif text == by_slot[slot]:
            fields[f"edits.{slot}"] = ["is the same as the completion; leave it out when nothing was corrected"]
    return fields


def _unknown(verdict: Verdict, project: Project) -> Fields:
    used = verdict.details.form_keys()
    unknown = sorted(used - _keys_of_all_forms(project)) if used else []
    fields: Fields = {}
    for name in unknown:
        part, _, key = name.partition(":")
        fields.setdefault(part, []).append(f"'{key}' is in no version of the project's question form")
    return fields


def _keys_of_all_forms(project: Project) -> set[str]:
    forms = FormVersion.objects.filter(project=project).values_list("form", flat=True)
    return {f"{part}:{item['key']}" for form in forms for part in PARTS for item in form.get(part, [])}
