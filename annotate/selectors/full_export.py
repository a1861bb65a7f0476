"""The project's preferences with everything that is known of them, block by block."""

from typing import Any

from django.db.models import Min

from annotate.formats.full import FullCompletion, FullRow, full_line
from annotate.models import Completion, Preference, Project
from annotate.selectors.completions import completions_of, stored_ids
from annotate.selectors.exports import CHUNK, ExportBlock
from annotate.selectors.training_exclusions import training_ruling
from annotate.sides import LETTERS, Layout


def pseudonyms(*, project: Project) -> dict[int, str]:
    """Person → labeler-<n>, numbered by who gave the project's first preference, second, …: a number never changes."""
    given = Preference.objects.filter(project=project, annotator__isnull=False)
    firsts = given.order_by().values("annotator").annotate(first=Min("pk")).order_by("first")
    return {pk: f"labeler-{n}" for n, pk in enumerate(firsts.values_list("annotator", flat=True), start=1) if pk}


def full_block(*, project: Project, names: dict[int, str], after: int = 0) -> ExportBlock:
    """Lines of the live preferences that follow preference `after`; None in the answer marks the end.

    `names` is what `pseudonyms` gave at the beginning; who began to label since then is added. Three SQL statements.
    """
    rows = list(
        Preference.objects.filter(project=project, superseded_at=None, pk__gt=after)
        .select_related("comparison__prompt", "assignment", "form", "guidelines")
        .annotate(ruling=training_ruling(project=project, in_words=True))
        .order_by("pk")[:CHUNK]
    )
    if any(row.annotator_id is not None and row.annotator_id not in names for row in rows):
        names.update(pseudonyms(project=project))
    completions = completions_of(row.comparison for row in rows)
    lines = [full_line(_row(row, names, completions)) for row in rows]
    return ExportBlock(b"".join(lines), rows[-1].pk if len(rows) == CHUNK else None)


def _row(row: Any, names: dict[int, str], completions: dict[int, Completion]) -> FullRow:
    comparison = row.comparison
    return FullRow(
        preference=row.pk,
        comparison=comparison.pk,
        comparison_kind=comparison.kind,
        prompt=comparison.prompt.messages,
        completions=[_completion(completions[pk]) for pk in stored_ids(comparison)],
        kind=row.kind,
        winner=row.winner,
        strength=row.strength,
        ranking=row.ranking,
        aspects=row.aspects,
        flags=row.flags,
        reasons=row.reasons,
        ratings=row.ratings,
        spans=row.spans,
        rationale=row.rationale,
        derived_from=row.derived_from_id,
        labeler=names[row.annotator_id] if row.annotator_id else None,
        shown=_shown(row),
        active_ms=row.active_ms,
        form=row.form.number if row.form else None,
        guidelines=row.guidelines.number if row.guidelines else None,
        strategy=comparison.strategy,
        propensity=comparison.propensity,
        left_out=row.ruling,
        given_at=row.created_at,
    )


def _shown(row: Preference) -> list[str] | None:
    slot = row.assignment
    if slot is None:
        return None
    return Layout.of(left_is_a=slot.left_is_a, shown_order=slot.shown_order).in_shown_order(LETTERS)


def _completion(completion: Completion) -> FullCompletion:
    policy, checkpoint = completion.policy, completion.checkpoint
    return FullCompletion(
        id=completion.pk,
        text=completion.text,
        source=completion.source,
        policy=policy.number if policy else None,
        run=checkpoint.run_id if checkpoint else None,
        step=checkpoint.step if checkpoint else None,
    )
