"""Prompts of a project: added once each, and split into those to train on and the panel."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from annotate.formats.prompt_files import PromptFormat, prompts_parse
from annotate.formats.rows import Message, PromptFileRow, Rejected
from annotate.models import Project, Prompt, Split, User
from annotate.services.audit import audit_record
from annotate.services.round_starts import round_bootstrap
from annotate.types import ReadModel

PANEL_SHARE = 0.2
PANEL_LEAST = 4
PROMPTS_FOR_PANEL = 12
REJECTED_SHOWN = 200
_BATCH = 1000


class RejectedPrompt(ReadModel):
    row: int
    field: str
    message: str


class PromptsAdded(ReadModel):
    """What became of the rows of a list of prompts."""

    added: int
    duplicates: int
    rejected: list[RejectedPrompt]
    rejected_total: int


@dataclass(slots=True)
class _Sorted:
    """Rows of a list by what can be done with them; the first of equal prompts counts."""

    rows: dict[str, PromptFileRow] = field(default_factory=dict)
    repeated: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def prompt_sha256(messages: Sequence[Message]) -> str:
    """The identity of a prompt within a project."""
    pairs = [[message["role"], message["content"]] for message in messages]
    return hashlib.sha256(json.dumps(pairs, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def prompts_add(
    *, project: Project, actor: User, text: str, format: PromptFormat, split: Split | None = None
) -> PromptsAdded:
    """Add the prompts in `text`; rows that cannot be used are reported and the rest is kept.

    Where neither `split` nor any row says what belongs to the panel, a fifth goes there by content. The first prompts
    to train on start the project's bootstrap round.
    """
    rows = _sort(prompts_parse(text, format=format))
    prompts = [
        Prompt(
            project=project,
            messages=list(row.messages),
            content_sha256=digest,
            split=chosen,
            tags=list(row.tags),
        )
        for (digest, row), chosen in zip(rows.rows.items(), _splits(project, rows.rows, split), strict=True)
    ]
    before = Prompt.objects.filter(project=project).count()
    Prompt.objects.bulk_create(prompts, batch_size=_BATCH, ignore_conflicts=True)
    added = Prompt.objects.filter(project=project).count() - before
    audit_record(actor=actor, project=project, action="prompts.added", added=added, rejected=len(rows.rejected))
    if added and _wants_bootstrap(project):
        round_bootstrap(project=project, actor=actor)
    return PromptsAdded(
        added=added,
        duplicates=rows.repeated + len(prompts) - added,
        rejected=[
            RejectedPrompt(row=bad.row, field=bad.field, message=bad.message) for bad in rows.rejected[:REJECTED_SHOWN]
        ],
        rejected_total=len(rows.rejected),
    )


def _wants_bootstrap(project: Project) -> bool:
    """True while nothing was sampled for a project that now has something to sample for."""
    train = Prompt.objects.filter(project=project, split=Split.TRAIN)
    return project.archived_at is None and not project.rounds.exists() and train.exists()


def _sort(parsed: Iterable[PromptFileRow | Rejected]) -> _Sorted:
    found = _Sorted()
    for row in parsed:
        if isinstance(row, Rejected):
            found.rejected.append(row)
            continue
        digest = prompt_sha256(row.messages)
        if digest in found.rows:
            found.repeated += 1
        else:
            found.rows[digest] = row
    return found


def _splits(project: Project, rows: dict[str, PromptFileRow], split: Split | None) -> list[str]:
    """The split of each row, in order."""
    if split is not None or any(row.split == Split.PANEL for row in rows.values()):
        return [row.split or split or Split.TRAIN for row in rows.values()]
    known = set(
        Prompt.objects.filter(project=project, content_sha256__in=list(rows)).values_list("content_sha256", flat=True)
    )
    unmarked = sorted(digest for digest, row in rows.items() if row.split is None and digest not in known)
    panel = {digest for digest in unmarked if int(digest[:8], 16) < PANEL_SHARE * 2**32}
    total = Prompt.objects.filter(project=project).count() + len(rows) - len(known)
    have = Prompt.objects.filter(project=project, split=Split.PANEL).count() + len(panel)
    if total >= PROMPTS_FOR_PANEL and have < PANEL_LEAST:
        # The smallest hashes are in the panel already; the next ones follow.
        panel |= set(unmarked[: len(panel) + PANEL_LEAST - have])
    return [row.split or (Split.PANEL if digest in panel else Split.TRAIN) for digest, row in rows.items()]
