"""Corrected completions: each becomes a preference of the correction over what it corrects."""

from collections.abc import Sequence
from uuid import uuid5

from annotate.models import Comparison, ComparisonKind, Completion, CompletionSource, Preference, PreferenceKind
from annotate.services.verdicts import Verdict
from annotate.sides import Layout


def corrections_keep(
    verdict: Verdict, *, preference: Preference, layout: Layout, completions: Sequence[Completion]
) -> list[Preference]:
    """Keep the corrections of a verdict just taken on `completions` (in stored order); the preferences they became.

    Call it in the verdict's transaction. Which of the two is a comes from the verdict's own id, as good as chance.
    """
    by_slot = dict(zip(layout.slots, layout.in_shown_order(completions), strict=True))
    kept = []
    for slot, text in sorted(verdict.edits.items()):
        original = by_slot[slot]
        corrected = Completion.objects.create(
            project_id=original.project_id, prompt_id=original.prompt_id, source=CompletionSource.HUMAN, text=text
        )
        client_id = uuid5(verdict.client_id, slot)
        edit_is_a = client_id.int % 2 == 0
        a, b = (corrected, original) if edit_is_a else (original, corrected)
        comparison = Comparison.objects.create(
            project_id=original.project_id,
            prompt_id=original.prompt_id,
            completion_a=a,
            completion_b=b,
            kind=ComparisonKind.EDIT,
            original_id=preference.comparison_id,
            strategy="edit",
        )
        kept.append(
            Preference.objects.create(
                project_id=preference.project_id,
                comparison=comparison,
                annotator_id=preference.annotator_id,
                kind=PreferenceKind.PREFER,
                winner="a" if edit_is_a else "b",
                strength=1,
                derived_from=preference,
                guidelines_id=preference.guidelines_id,
                form_id=preference.form_id,
                client_id=client_id,
            )
        )
    return kept
