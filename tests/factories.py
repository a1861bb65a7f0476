"""Rows for tests, made straight in the database: a project with its people, policy, prompts and queued comparisons."""

import hashlib
import json
import random
from collections.abc import Sequence
from typing import Any

from annotate.models import (
    Assignment,
    Comparison,
    ComparisonKind,
    Completion,
    CompletionSource,
    FormVersion,
    GuidelineVersion,
    Membership,
    ModelCard,
    ModelKind,
    ModelStatus,
    ModelVersion,
    Project,
    Prompt,
    Role,
    User,
)
from annotate.models.card_statement import CardStatement, card_fields
from annotate.models.project_settings import ProjectSettings
from annotate.models.question_form import QuestionForm

CARD = CardStatement(**{field.name: f"{field.title} of a test." for field in card_fields() if field.mandatory})
"""A statement without a gap, so that no round waits for its card."""


def user_make(username: str, *, is_staff: bool = False, password: str | None = None) -> User:
    """A person; without a password nobody can log in as them except by `force_login`."""
    user = User(username=username, is_staff=is_staff)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    return user


def project_make(*, created_by: User, labelers: tuple[User, ...] = (), name: str = "Tone") -> Project:
    """A project on the starter with guidelines 1, a card, an active policy 0, its creator as admin and the labelers."""
    project = Project.objects.create(
        name=name,
        base_policy="starter",
        reward_backbone="starter-judge",
        settings=ProjectSettings().model_dump(mode="json"),
        created_by=created_by,
    )
    GuidelineVersion.objects.create(project=project, number=1, text="Prefer the kinder reply.", created_by=created_by)
    FormVersion.objects.create(
        project=project, number=1, form=QuestionForm().model_dump(mode="json"), created_by=created_by
    )
    ModelCard.objects.create(project=project, number=1, statement=CARD.model_dump(), created_by=created_by)
    Membership.objects.create(project=project, user=created_by, role=Role.ADMIN)
    for labeler in labelers:
        Membership.objects.create(project=project, user=labeler, role=Role.LABELER)
    ModelVersion.objects.create(
        project=project, kind=ModelKind.POLICY, number=0, status=ModelStatus.ACTIVE, source="starter"
    )
    return project


def prompt_make(*, project: Project, text: str, split: str = "train") -> Prompt:
    """A prompt of one user message."""
    messages = [{"role": "user", "content": text}]
    digest = hashlib.sha256(json.dumps(messages).encode()).hexdigest()
    return Prompt.objects.create(project=project, messages=messages, content_sha256=digest, split=split)


def completion_make(*, prompt: Prompt, text: str, policy: ModelVersion | None = None, **fields: Any) -> Completion:
    """A completion by `policy`, or by the project's active policy."""
    policy = policy or ModelVersion.objects.get(project=prompt.project, kind="policy", status="active")
    return Completion.objects.create(
        project=prompt.project, prompt=prompt, source=CompletionSource.POLICY, policy=policy, text=text, **fields
    )


def comparison_make(
    *, prompt: Prompt, a: str = "Of course, gladly.", b: str = "No.", wanted: int = 1, priority: int = 0, **fields: Any
) -> Comparison:
    """A queued comparison with `wanted` open assignments."""
    comparison = Comparison.objects.create(
        project=prompt.project,
        prompt=prompt,
        completion_a=completion_make(prompt=prompt, text=a),
        completion_b=completion_make(prompt=prompt, text=b),
        wanted=wanted,
        priority=priority,
        **{"kind": ComparisonKind.NORMAL, **fields},
    )
    draw = random.Random(comparison.pk)
    Assignment.objects.bulk_create(
        Assignment(project=prompt.project, comparison=comparison, priority=priority, rnd=draw.random())
        for _ in range(wanted)
    )
    return comparison


def ranking_make(*, prompt: Prompt, texts: Sequence[str], wanted: int = 1, **fields: Any) -> Comparison:
    """A queued ranking of `texts`, in stored order, with `wanted` open assignments."""
    a, b, *further = texts
    more = [completion_make(prompt=prompt, text=text).pk for text in further]
    comparison = comparison_make(prompt=prompt, a=a, b=b, wanted=wanted, more=more, **fields)
    draw = random.Random(comparison.pk)
    for slot in comparison.assignments.all():
        slot.shown_order = draw.sample(range(len(texts)), len(texts))
        slot.save()
    return comparison


def queue_make(*, project: Project, comparisons: int, wanted: int = 1) -> list[Comparison]:
    """A queue of comparisons, each on a prompt of its own."""
    start = Prompt.objects.filter(project=project).count()
    return [
        comparison_make(
            prompt=prompt_make(project=project, text=f"Question {start + index}?"),
            a=f"Reply a{start + index}.",
            b=f"Reply b{start + index}.",
            wanted=wanted,
        )
        for index in range(comparisons)
    ]
