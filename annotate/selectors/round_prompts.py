"""Which prompts a round's runs work on."""

import hashlib
import random
from collections.abc import Iterable

from django.db.models import Max

from annotate.models import Project, Prompt, Split
from rlhf_backend.types import Message, PromptRow

EVALUATION_PROMPTS = 400
"""More panel prompts than this add little to the win rate's interval and much to the time."""
RESERVED_EVERY = 5
"""Without panel or validation prompts, every fifth train prompt is evaluated on and not tuned on."""


def prompts_for_policy(*, project: Project) -> list[PromptRow]:
    """What the policy is tuned on: the train prompts, but for those that must serve as panel."""
    train = _ids(project, Split.TRAIN)
    reserved = set() if _held_out(project) else set(_reserved(train))
    return _rows([pk for pk in train if pk not in reserved] or train)


def prompts_for_evaluation(*, project: Project, seed: int) -> list[PromptRow]:
    """What policies are compared on: the panel, else the validation prompts, else train prompts kept from tuning."""
    candidates = _held_out(project) or _reserved(_ids(project, Split.TRAIN))
    return _rows(_some(candidates, EVALUATION_PROMPTS, seed))


def prompts_for_monitor(*, project: Project, wanted: int) -> list[PromptRow]:
    """At most `wanted` of the prompts that policies are compared on, by which tuning is watched.

    A prompt's place depends on itself alone: runs of a project share prompts, and fewer are a part of more.
    """
    candidates = _held_out(project) or _reserved(_ids(project, Split.TRAIN))
    return _rows(sorted(sorted(candidates, key=_draw)[:wanted]))


def prompts_for_sampling(*, project: Project, wanted: int, seed: int) -> list[PromptRow]:
    """At most `wanted` train prompts, those asked about least recently first, equals in random order."""
    asked = Prompt.objects.filter(project=project, split=Split.TRAIN).annotate(asked_at=Max("comparisons__created_at"))
    rows = list(asked.order_by("pk").values_list("pk", "asked_at"))
    random.Random(seed).shuffle(rows)  # noqa: S311  (no secret depends on it)
    rows.sort(key=lambda row: (row[1] is not None, row[1]))
    return _rows(sorted(pk for pk, _ in rows[:wanted]))


def _draw(prompt_id: int) -> bytes:
    return hashlib.sha256(f"monitored prompt {prompt_id}".encode()).digest()


def _held_out(project: Project) -> list[int]:
    return _ids(project, Split.PANEL) or _ids(project, Split.VALIDATION)


def _reserved(train: list[int]) -> list[int]:
    return train[::RESERVED_EVERY]


def _ids(project: Project, split: Split) -> list[int]:
    return list(Prompt.objects.filter(project=project, split=split).order_by("pk").values_list("pk", flat=True))


def _some(ids: list[int], wanted: int, seed: int) -> list[int]:
    if len(ids) <= wanted:
        return ids
    return sorted(random.Random(seed).sample(ids, wanted))  # noqa: S311  (no secret depends on it)


def _rows(ids: Iterable[int]) -> list[PromptRow]:
    kept = list(ids)
    found = Prompt.objects.in_bulk(kept)
    return [
        PromptRow(
            id=pk, messages=[Message.model_validate(message) for message in found[pk].messages], tags=found[pk].tags
        )
        for pk in kept
    ]
