"""Existing preferences become prompts, completions, comparisons and verdicts without an annotator.

Demonstrations become completions by a person, which policies may imitate and nobody compares.
"""

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from annotate.config.env import env
from annotate.errors import AnnotateError, ErrorCode
from annotate.formats.preference_files import FileRow, PreferenceFormat, format_of, preferences_parse
from annotate.formats.records import FileError, Record, records_read
from annotate.formats.rows import DemonstrationFileRow, PreferenceRow, Rejected
from annotate.models import (
    Comparison,
    ComparisonKind,
    Completion,
    CompletionSource,
    Preference,
    PreferenceKind,
    Project,
    Prompt,
    Split,
    User,
)
from annotate.services.audit import audit_record
from annotate.services.prompts import prompt_sha256
from annotate.types import ReadModel

REJECTED_SHOWN = 200
UNPACKED_TIMES = 16
"""A gzip file may unpack to this many times the largest upload."""
_BATCH = 1000


class RejectedRow(ReadModel):
    row: int
    message: str


class ImportOut(ReadModel):
    """What became of the rows of a file; a row may hold several preferences, or none that can be used.

    Preferences of a file that was imported before, and demonstrations that are there, are not imported again.
    """

    format: PreferenceFormat
    rows: int
    imported: int
    already_imported: int
    prompts_added: int
    rejected: list[RejectedRow]
    rejected_total: int


@dataclass(slots=True)
class _Tally:
    format: PreferenceFormat | None
    rows: int = 0
    imported: int = 0
    already_imported: int = 0
    prompts_added: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    rejected_total: int = 0

    def reject(self, rejected: Rejected) -> None:
        self.rejected_total += 1
        if len(self.rejected) < REJECTED_SHOWN:
            self.rejected.append(rejected)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where rows come from; its hash and a row's number name the row for good."""

    project: Project
    name: str
    sha256: str

    def client_id(self, row: PreferenceRow) -> UUID:
        place = f"{row.row}.{row.part}" if row.part else str(row.row)
        return uuid5(NAMESPACE_URL, f"prefloop:import:{self.project.pk}:{self.sha256}:{place}")


@transaction.atomic
def preferences_import(
    *, project: Project, actor: User, file: BinaryIO, name: str, format: PreferenceFormat | None = None
) -> ImportOut:
    """Store the pairs of a file; rows that cannot be used are reported by number and the rest is kept.

    Which completion becomes a and which b follows from their texts alone, so that 'a always wins' is an honest
    baseline. Memory does not grow with the file.

    Args:
        format: None tells it from the first readable row.
    Raises: AnnotateError 400 for a file that cannot be read as a whole, is empty or unpacks to too much.
    """
    source = _Source(project, name[:200], _file_sha256(file))
    tally = _Tally(format)
    try:
        records = records_read(file, max_bytes=UNPACKED_TIMES * env().upload_mb * 2**20)
        for batch in _batched(_rows(records, tally)):
            _store(source, [row for row in batch if isinstance(row, PreferenceRow)], tally)
            _imitable(source.project, [row for row in batch if isinstance(row, DemonstrationFileRow)], tally)
            # The driver's writers of arrays refer to themselves and hold the batch's text until they are collected.
            gc.collect()
    except FileError as error:
        raise AnnotateError(ErrorCode.IMPORT_UNREADABLE, str(error), status=400) from error
    audit_record(
        actor=actor,
        project=project,
        action="preferences.imported",
        target=source.name,
        sha256=source.sha256,
        imported=tally.imported,
        rejected=tally.rejected_total,
    )
    return ImportOut(
        format=tally.format or "trl",
        rows=tally.rows,
        imported=tally.imported,
        already_imported=tally.already_imported,
        prompts_added=tally.prompts_added,
        rejected=[RejectedRow(row=bad.row, message=bad.message) for bad in tally.rejected],
        rejected_total=tally.rejected_total,
    )


def _file_sha256(file: BinaryIO) -> str:
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def _rows(records: Iterable[Record | Rejected], tally: _Tally) -> Iterator[FileRow]:
    """The usable rows; the others are tallied."""
    for record in records:
        tally.rows += 1
        if isinstance(record, Rejected):
            tally.reject(record)
            continue
        tally.format = tally.format or format_of(record.value)
        for found in preferences_parse(record.value, row=record.row, format=tally.format):
            if isinstance(found, Rejected):
                tally.reject(found)
            else:
                yield found


def _batched(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    batch: list[FileRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _store(source: _Source, batch: list[PreferenceRow], tally: _Tally) -> None:
    ids = {(row.row, row.part): source.client_id(row) for row in batch}
    known = set(Preference.objects.filter(client_id__in=ids.values()).values_list("client_id", flat=True))
    fresh = [row for row in batch if ids[row.row, row.part] not in known]
    prompts = _prompts(source.project, fresh, tally)
    pairs = [(row, *_stored_order(row)) for row in fresh]
    project = source.project
    completions = [
        Completion(project=project, prompt_id=prompt, source=CompletionSource.IMPORTED, text=text)
        for (_, a, b, _), prompt in zip(pairs, prompts, strict=True)
        for text in (a, b)
    ]
    Completion.objects.bulk_create(completions, batch_size=_BATCH)
    comparisons = [
        Comparison(
            project=project,
            prompt_id=prompt,
            completion_a=completions[2 * index],
            completion_b=completions[2 * index + 1],
            kind=ComparisonKind.IMPORTED,
            strategy="imported",
            wanted=0,
        )
        for index, prompt in enumerate(prompts)
    ]
    Comparison.objects.bulk_create(comparisons, batch_size=_BATCH)
    Preference.objects.bulk_create(
        [
            Preference(
                project=project,
                comparison=comparison,
                kind=PreferenceKind.TIE if row.strength is None else PreferenceKind.PREFER,
                winner=None if row.strength is None else winner,
                strength=row.strength,
                client_id=ids[row.row, row.part],
                source={"file": source.name, "sha256": source.sha256, "format": tally.format, "row": row.row},
            )
            for (row, _, _, winner), comparison in zip(pairs, comparisons, strict=True)
        ],
        batch_size=_BATCH,
    )
    tally.imported += len(fresh)
    tally.already_imported += len(batch) - len(fresh)


def _imitable(project: Project, rows: list[DemonstrationFileRow], tally: _Tally) -> None:
    """Store demonstrations; one whose text a person has already written to its prompt is there."""
    prompts = _prompts(project, rows, tally)
    found = Completion.objects.filter(project=project, source=CompletionSource.HUMAN, prompt__in=prompts)
    known = set(found.values_list("prompt_id", "text"))
    fresh = dict.fromkeys((prompt, row.completion) for prompt, row in zip(prompts, rows, strict=True))
    Completion.objects.bulk_create(
        [
            Completion(project=project, prompt_id=prompt, source=CompletionSource.HUMAN, text=text)
            for prompt, text in fresh
            if (prompt, text) not in known
        ],
        batch_size=_BATCH,
    )
    imported = len(fresh.keys() - known)
    tally.imported += imported
    tally.already_imported += len(rows) - imported


def _prompts(project: Project, rows: Sequence[FileRow], tally: _Tally) -> list[int]:
    """The id of each row's prompt, made where there was none; a share by content is kept for validation."""
    digests = [prompt_sha256(row.prompt) for row in rows]
    share = project.typed_settings().rounds.validation_share
    known = _prompt_ids(project, digests)
    missing = {digest: row for digest, row in zip(digests, rows, strict=True) if digest not in known}
    Prompt.objects.bulk_create(
        [
            Prompt(
                project=project,
                messages=list(row.prompt),
                content_sha256=digest,
                split=Split.VALIDATION if int(digest[:8], 16) < share * 2**32 else Split.TRAIN,
                tags=["imported"],
            )
            for digest, row in missing.items()
        ],
        batch_size=_BATCH,
        ignore_conflicts=True,
    )
    if missing:
        known = _prompt_ids(project, digests)
        tally.prompts_added += len(missing)
    return [known[digest] for digest in digests]


def _prompt_ids(project: Project, digests: list[str]) -> dict[str, int]:
    rows = Prompt.objects.filter(project=project, content_sha256__in=digests)
    return dict(rows.values_list("content_sha256", "pk"))


def _stored_order(row: PreferenceRow) -> tuple[str, str, str]:
    """Completion a, completion b and the winner; the order depends on the texts, not on which was chosen."""
    first, second = sorted((row.chosen, row.rejected))
    content = json.dumps([prompt_sha256(row.prompt), first, second])
    if hashlib.sha256(content.encode()).digest()[0] & 1:
        first, second = second, first
    return first, second, "a" if first == row.chosen else "b"
