"""A review room for tests: a reviewer, verdicts on comparisons, and what a reward model made of them."""

from annotate.models import (
    Comparison,
    Membership,
    ModelKind,
    ModelVersion,
    Preference,
    PreferenceEffect,
    Project,
    Role,
    User,
)
from tests.annotate.rounds_cast import label
from tests.factories import comparison_make, prompt_make, user_make


def reviewer_make(project: Project) -> User:
    """rae, a reviewer of `project`."""
    rae = user_make("rae")
    Membership.objects.create(project=project, user=rae, role=Role.REVIEWER)
    return rae


def judged(
    project: Project, text: str, *said: tuple[User, str | None], strength: int = 1, **fields: object
) -> tuple[Comparison, list[Preference]]:
    """A comparison on a prompt of its own with the verdicts that people gave; the winner None is a tie."""
    comparison = comparison_make(prompt=prompt_make(project=project, text=text), **fields)  # type: ignore[arg-type]
    return comparison, [
        label(comparison=comparison, annotator=who, winner=winner, strength=strength) for who, winner in said
    ]


def reward_model_make(project: Project, number: int = 1) -> ModelVersion:
    """A reward model that no run made."""
    return ModelVersion.objects.create(
        project=project, kind=ModelKind.REWARD_MODEL, number=number, source=f"models/{project.pk}/reward_model-{number}"
    )


def effect(
    model: ModelVersion, preference: Preference, after: float, *, pull: float = 0.1, **fields: float | None
) -> PreferenceEffect:
    """What `model` made of `preference`; `fields` are before, held_out, soft_label, support."""
    return PreferenceEffect.objects.create(reward_model=model, preference=preference, after=after, pull=pull, **fields)
