"""How far a labeler and the project are, and what the labeler is to be told on arrival."""

from datetime import datetime

from django.db.models import QuerySet
from pydantic import Field

from annotate.models import (
    HIDDEN_KINDS,
    Assignment,
    AssignmentStatus,
    GuidelineVersion,
    ModelKind,
    ModelStatus,
    ModelVersion,
    Preference,
    Project,
    Round,
    RoundStatus,
    User,
)
from annotate.selectors.daily_caps import labeler_done_today
from annotate.selectors.queue import claimable_count
from annotate.selectors.standing import Standing, standing_of
from annotate.selectors.warm_up import WarmUp, warm_up_state
from annotate.types import ReadModel


class LastRound(ReadModel):
    number: int
    finished_at: datetime | None
    status: RoundStatus


class Paused(ReadModel):
    """Since when a labeler is given nothing, and why."""

    at: datetime
    reason: str


class Daily(ReadModel):
    """Verdicts of today, of the most that one labeler may give a day."""

    cap: int
    done: int


class GuidelinesChanged(ReadModel):
    """The guidelines in force, and what changed since the labeler last saw them."""

    number: int
    changes: str


class ProgressOfMine(ReadModel):
    """How far a labeler and the project are.

    A labeler's own figures count every verdict, so that nothing tells known and repeated pairs from others; the
    project's leave those out.
    """

    done_today: int
    done_total: int
    remaining: int
    project_done: int
    project_goal: int
    policy_number: int | None
    last_round: LastRound | None
    paused: Paused | None
    warm_up: WarmUp | None = Field(description="Null when there is none, or none was needed.")
    daily: Daily | None
    guidelines_changed: GuidelinesChanged | None = Field(
        description="Null until the guidelines change after the labeler has seen them once."
    )
    content_warning: str
    blur: bool
    pause_after_minutes: int
    chat: bool


def verdicts_of_people(*, project: Project) -> QuerySet[Preference]:
    """Live verdicts given in this project, known and repeated pairs among them; what follows by itself is none."""
    return Preference.objects.filter(
        project=project, superseded_at=None, annotator__isnull=False, derived_from__isnull=True
    )


def progress_of(*, project: Project, annotator: User) -> ProgressOfMine:
    """How far `annotator` and the project are; today begins at midnight UTC."""
    given = verdicts_of_people(project=project)
    standing = standing_of(project=project, annotator=annotator)
    settings = project.typed_settings()
    waiting = Assignment.objects.filter(
        project=project,
        status__in=[AssignmentStatus.OPEN, AssignmentStatus.LEASED],
        reserved=False,
        comparison__withdrawn_at=None,
    ).count()
    done = given.exclude(comparison__kind__in=HIDDEN_KINDS).count()
    policy = ModelVersion.objects.filter(project=project, kind=ModelKind.POLICY, status=ModelStatus.ACTIVE).first()
    last = Round.objects.filter(project=project).order_by("-number").first()
    today = labeler_done_today(project=project, annotator=annotator)
    cap = settings.queue.labeler_daily_cap
    return ProgressOfMine(
        done_today=today,
        done_total=given.filter(annotator=annotator).count(),
        remaining=claimable_count(project=project, annotator=annotator, groups=standing.groups),
        project_done=done,
        project_goal=done + waiting,
        policy_number=policy.number if policy else None,
        last_round=None
        if last is None
        else LastRound(number=last.number, finished_at=last.finished_at, status=RoundStatus(last.status)),
        paused=Paused(at=standing.paused_at, reason=standing.paused_reason) if standing.paused_at else None,
        warm_up=_warm_up(project, annotator, standing),
        daily=None if cap is None else Daily(cap=cap, done=today),
        guidelines_changed=_guidelines_changed(project, standing),
        content_warning=settings.labeling.content_warning,
        blur=settings.labeling.blur,
        pause_after_minutes=settings.labeling.pause_after_minutes,
        chat=settings.labeling.chat,
    )


def _warm_up(project: Project, annotator: User, standing: Standing) -> WarmUp | None:
    if not project.typed_settings().labeling.warm_up_pairs or not standing.is_member:
        return None
    state = warm_up_state(project=project, annotator=annotator.pk, groups=standing.groups)
    if standing.warmed_up_at is not None:
        return state.model_copy(update={"of": state.done, "passed": True}) if state.done else None
    return state if state.of else None


def _guidelines_changed(project: Project, standing: Standing) -> GuidelinesChanged | None:
    """What all versions since the one last seen say about their changes, the oldest first."""
    if not 0 < standing.guidelines_seen < standing.guidelines_number:
        return None
    since = GuidelineVersion.objects.filter(project=project, number__gt=standing.guidelines_seen).order_by("number")
    changes = [text.strip() for text in since.values_list("changes", flat=True)]
    return GuidelinesChanged(number=standing.guidelines_number, changes="\n\n".join(text for text in changes if text))
