"""Prompts as admins see them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from annotate.models import Completion, Prompt, Split
from annotate.types import ReadModel
from rlhf_backend.types import Message


class PromptOut(ReadModel):
    id: int
    messages: list[Message]
    split: Split
    tags: list[str]
    completions: int
    created_at: datetime


def prompts_read(prompts: Iterable[Prompt]) -> list[PromptOut]:
    """Prompts with the number of their completions. One SQL statement."""
    rows = list(prompts)
    completions = dict(
        Completion.objects.filter(prompt__in=[row.pk for row in rows])
        .values("prompt_id")
        .annotate(n=Count("pk"))
        .values_list("prompt_id", "n")
    )
    return [
        PromptOut(
            id=row.pk,
            messages=row.messages,
            split=Split(row.split),
            tags=row.tags,
            completions=completions.get(row.pk, 0),
            created_at=row.created_at,
        )
        for row in rows
    ]
