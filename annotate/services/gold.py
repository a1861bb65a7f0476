"""Known pairs: made from a comparison, from texts or from a file, and withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from annotate.config.env import env
from annotate.errors import AnnotateError, ErrorCode, invalid, not_found
from annotate.formats.gold import GoldRow, completions_check, gold_parse, prompt_check
from annotate.formats.records import FileError, records_read
from annotate.formats.rows import Message, Rejected, RowError
from annotate.models import (
    Assignment,
    AssignmentStatus,
    Comparison,
    ComparisonKind,
    Completion,
    CompletionSource,
    Project,
    Prompt,
    Split,
    User,
    WithdrawnFor,
)
from annotate.selectors.gold import Expected
from annotate.services.audit import audit_record
from annotate.services.prompts import prompt_sha256
from annotate.services.qualifications import qualifications_apply
from annotate.types import ReadModel

REJECTED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class NewGold:
    """A known pair by its texts, with the verdict it deserves."""

    prompt: str | Sequence[Message]
    completion_a: str
    completion_b: str
    expected: Expected
    explanation: str


class RejectedGold(ReadModel):
    row: int
    field: str
    message: str


class GoldImported(ReadModel):
    """What became of the rows of a file of known pairs."""

    added: int
    rejected: list[RejectedGold]


@transaction.atomic
def gold_from_comparison(
    *, project: Project, actor: User, comparison_id: int, expected: Expected, explanation: str
) -> Comparison:
    """A known pair with the two completions of a comparison, which itself stays as it is.

    Raises: AnnotateError 404; 400 for a ranking, or a comparison that is hidden itself.
    """
    found = Comparison.objects.filter(project=project, pk=comparison_id).first()
    if found is None:
        raise not_found("comparison")
    if found.more:
        raise invalid("comparison_id", "this is a ranking; a known pair has two completions.")
    source = found.original if found.original and found.kind != ComparisonKind.EDIT else found
    gold = Comparison.objects.create(
        project=project,
        prompt=found.prompt,
        completion_a=found.completion_a,
        completion_b=found.completion_b,
        original=source,
        **_as_gold(expected, explanation),
    )
    return _added(project, actor, [gold])[0]


@transaction.atomic
def gold_from_texts(*, project: Project, actor: User, new: NewGold) -> Comparison:
    """A known pair with completions of its own.

    Raises: AnnotateError 400 for a prompt that does not end where a completion begins, or empty or equal completions.
    """
    try:
        prompt = prompt_check(new.prompt if isinstance(new.prompt, str) else list(new.prompt))
        texts = completions_check(new.completion_a, new.completion_b)
    except RowError as error:
        raise invalid(error.field, str(error)) from error
    gold = _make(project, prompt, texts, new.expected, new.explanation)
    return _added(project, actor, [gold])[0]


@transaction.atomic
def gold_import(*, project: Project, actor: User, file: BinaryIO) -> GoldImported:
    """Known pairs from JSON lines; rows that cannot be used are reported with their field, and the rest is kept.

    Raises: AnnotateError 400 for a file that cannot be read as a whole.
    """
    added: list[Comparison] = []
    rejected: list[RejectedGold] = []
    try:
        for record in records_read(file, max_bytes=env().upload_mb * 2**20):
            if isinstance(record, Rejected):
                rejected.append(RejectedGold(row=record.row, field=record.field, message=record.message))
                continue
            try:
                row = gold_parse(record.value)
            except RowError as error:
                rejected.append(RejectedGold(row=record.row, field=error.field, message=str(error)))
                continue
            added.append(
                _make(project, row.prompt, (row.completion_a, row.completion_b), _expected(row), row.explanation)
            )
    except FileError as error:
        raise AnnotateError(ErrorCode.IMPORT_UNREADABLE, str(error), status=400) from error
    if added:
        _added(project, actor, added)
    return GoldImported(added=len(added), rejected=rejected[:REJECTED_SHOWN])


@transaction.atomic
def gold_withdraw(*, project: Project, actor: User, comparison_id: int) -> None:
    """Give the known pair to nobody any more; verdicts on it stay, and one on its way is taken. Twice changes nothing.

    Raises: AnnotateError 404 for what is no known pair of this project.
    """
    gold = Comparison.objects.select_for_update().filter(project=project, pk=comparison_id, kind=ComparisonKind.GOLD)
    comparison = gold.first()
    if comparison is None:
        raise not_found("known pair")
    if comparison.withdrawn_at is not None:
        return
    comparison.withdrawn_at, comparison.withdrawn_for = timezone.now(), WithdrawnFor.ADMIN
    comparison.save(update_fields=["withdrawn_at", "withdrawn_for"])
    Assignment.objects.filter(comparison=comparison, status=AssignmentStatus.LEASED).update(
        status=AssignmentStatus.WITHDRAWN
    )
    audit_record(actor=actor, project=project, action="gold.withdrawn", target=f"comparison {comparison.pk}")


def _as_gold(expected: Expected, explanation: str) -> dict[str, object]:
    """What makes a comparison a known pair; its slots are made when it is given."""
    return {
        "kind": ComparisonKind.GOLD,
        "strategy": "gold",
        "wanted": 0,
        "expected": expected.model_dump(mode="json"),
        "explanation": explanation,
    }


def _expected(row: GoldRow) -> Expected:
    if row.expected in ("a", "b"):
        return Expected.model_validate({"kind": "prefer", "winner": row.expected})
    return Expected.model_validate({"kind": row.expected})


def _make(
    project: Project, prompt: Sequence[Message], texts: tuple[str, str], expected: Expected, explanation: str
) -> Comparison:
    kept, _ = Prompt.objects.get_or_create(
        project=project,
        content_sha256=prompt_sha256(prompt),
        defaults={"messages": list(prompt), "split": Split.GOLD},
    )
    a, b = (
        Completion.objects.create(project=project, prompt=kept, source=CompletionSource.HUMAN, text=text)
        for text in texts
    )
    return Comparison.objects.create(
        project=project, prompt=kept, completion_a=a, completion_b=b, **_as_gold(expected, explanation)
    )


def _added(project: Project, actor: User, added: list[Comparison]) -> list[Comparison]:
    qualifications_apply(project=project, prompts=[comparison.prompt_id for comparison in added])
    audit_record(actor=actor, project=project, action="gold.added", target=f"{len(added)} known pairs")
    return added
