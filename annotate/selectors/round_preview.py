"""What would happen if a round were started now."""

from django.db.models import Avg, F
from pydantic import Field

from annotate.models import ModelKind, Project, Prompt, Round, RoundStatus, RoundTrigger, Snapshot, Split
from annotate.models.card_statement import card_fields
from annotate.selectors.cards import card_statement
from annotate.selectors.rounds import round_active
from annotate.selectors.self_labels import self_labels_stopped
from annotate.selectors.snapshots import preferences_new_since, preferences_ranked_count
from annotate.selectors.versions import version_active
from annotate.types import ReadModel


class RoundPreviewOut(ReadModel):
    """`preferences` could be trained on, `need` must be there; `estimated_seconds` is the mean of earlier rounds."""

    can_start: bool
    reason: str | None
    preferences: int
    new_since_last: int
    need: int
    estimated_seconds: float | None
    card_missing: list[str] = Field(description="What no card says yet; the round would wait for it at its first gate.")
    self_labels_stopped: str | None = Field(
        description="Why its reward model would label nothing itself; null: it may."
    )


def round_preview(*, project: Project) -> RoundPreviewOut:
    """Whether the button would work, and why not."""
    have = preferences_ranked_count(project=project)
    need = project.typed_settings().reward_model.min_preferences
    reason = _obstacle(project, have=have, need=need)
    return RoundPreviewOut(
        can_start=reason is None,
        reason=reason,
        preferences=have,
        new_since_last=preferences_new_since(project=project, snapshot=snapshot_last(project=project)),
        need=need,
        estimated_seconds=_mean_seconds(project),
        card_missing=_card_missing(project),
        self_labels_stopped=self_labels_stopped(project=project, config=project.typed_settings().reward_model),
    )


def _card_missing(project: Project) -> list[str]:
    missing = set(card_statement(project=project, version=None).missing())
    return [field.title for field in card_fields() if field.name in missing]


def snapshot_last(*, project: Project) -> Snapshot | None:
    """What the project's last round trained on, however it ended: after a failure, only new labels start another."""
    last = project.rounds.exclude(snapshot=None).select_related("snapshot").order_by("number").last()
    return last.snapshot if last else None


def _obstacle(project: Project, *, have: int, need: int) -> str | None:
    if project.archived_at is not None:
        return "The project is archived."
    active = round_active(project=project)
    if active is not None:
        return f"Round {active.number} is unfinished."
    if version_active(project=project, kind=ModelKind.POLICY) is None:
        return "The project has no policy in use."
    if not Prompt.objects.filter(project=project, split=Split.TRAIN).exists():
        return "There are no prompts for training."
    return f"{need - have} more preferences are needed." if have < need else None


def _mean_seconds(project: Project) -> float | None:
    done = Round.objects.filter(project=project, status=RoundStatus.DONE).exclude(trigger=RoundTrigger.BOOTSTRAP)
    mean = done.aggregate(mean=Avg(F("finished_at") - F("created_at")))["mean"]
    return None if mean is None else round(mean.total_seconds(), 1)
