"""Projects as people see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from pydantic import Field

from annotate.models import (
    HIDDEN_KINDS,
    ROUND_FINAL,
    Assignment,
    AssignmentStatus,
    Completion,
    FormVersion,
    GuidelineVersion,
    Membership,
    ModelKind,
    ModelStatus,
    ModelVersion,
    Preference,
    Project,
    Prompt,
    Role,
    Round,
    RoundStatus,
    Split,
    User,
)
from annotate.models.project_settings import ProjectSettings
from annotate.models.question_form import QuestionForm
from annotate.selectors.queue import form_current, guidelines_current
from annotate.selectors.rounds import VersionRef, round_active, version_ref
from annotate.selectors.snapshots import preferences_new_since
from annotate.types import ReadModel


class ActiveRound(ReadModel):
    id: int
    number: int
    status: RoundStatus


class ProjectRowCounts(ReadModel):
    prompts: int
    preferences: int
    open: int
    mine: int


class ProjectRow(ReadModel):
    """A project in the list."""

    id: int
    name: str
    description: str
    role: Role
    archived: bool
    counts: ProjectRowCounts
    active_policy_number: int | None
    round: ActiveRound | None


class GuidelinesOut(ReadModel):
    number: int
    text: str
    changes: str = Field(description="What changed against the version before.")
    created_at: datetime


class FormOut(ReadModel):
    """One version of the question form."""

    number: int
    form: QuestionForm
    created_at: datetime


class ProjectCounts(ReadModel):
    prompts: int
    panel_prompts: int
    completions: int
    comparisons: int
    open_assignments: int
    leased_assignments: int
    preferences: int
    preferences_since_round: int


class ProjectOut(ReadModel):
    """A project in full."""

    id: int
    name: str
    description: str
    role: Role
    base_policy: str
    reward_backbone: str
    guidelines: GuidelinesOut
    form: FormOut
    settings: ProjectSettings
    archived_at: datetime | None
    created_at: datetime
    counts: ProjectCounts
    active_policy: VersionRef | None
    active_round: ActiveRound | None


def projects_visible(*, user: User) -> QuerySet[Project]:
    """All projects for a site admin, else those the person is a member of."""
    return Project.objects.all() if user.is_staff else Project.objects.filter(memberships__user=user)


def project_rows(projects: Sequence[Project], *, user: User) -> list[ProjectRow]:
    """List entries of `projects` for `user`, in the same order. Seven SQL statements, however many projects."""
    ids = [project.pk for project in projects]
    roles = dict(Membership.objects.filter(project__in=ids, user=user).values_list("project_id", "role"))
    prompts = _counted(Prompt.objects.filter(project__in=ids))
    live = Preference.objects.filter(project__in=ids, superseded_at=None)
    given = _counted(live.exclude(comparison__kind__in=HIDDEN_KINDS))
    # One's own count every verdict: nothing may tell a hidden pair from others.
    mine = _counted(live.filter(annotator=user, derived_from__isnull=True))
    waiting = _counted(_waiting(Assignment.objects.filter(project__in=ids)))
    policies = dict(_active_policies(ids).values_list("project_id", "number"))
    rounds = {round_.project_id: round_ for round_ in _active_rounds(ids)}
    return [
        ProjectRow(
            id=project.pk,
            name=project.name,
            description=project.description,
            role=Role.ADMIN if user.is_staff else Role(roles[project.pk]),
            archived=project.archived_at is not None,
            counts=ProjectRowCounts(
                prompts=prompts.get(project.pk, 0),
                preferences=given.get(project.pk, 0),
                open=waiting.get(project.pk, 0),
                mine=mine.get(project.pk, 0),
            ),
            active_policy_number=policies.get(project.pk),
            round=_round(rounds.get(project.pk)),
        )
        for project in projects
    ]


def project_read(*, project: Project, role: Role) -> ProjectOut:
    """The project in full."""
    guidelines = guidelines_current(project=project)
    policy = _active_policies([project.pk]).first()
    return ProjectOut(
        id=project.pk,
        name=project.name,
        description=project.description,
        role=role,
        base_policy=project.base_policy,
        reward_backbone=project.reward_backbone,
        guidelines=guidelines_read(guidelines),
        form=form_read(form_current(project=project)),
        settings=project.typed_settings(),
        archived_at=project.archived_at,
        created_at=project.created_at,
        counts=_counts(project),
        active_policy=version_ref(policy),
        active_round=_round(round_active(project=project)),
    )


def guidelines_read(version: Any) -> GuidelinesOut:
    """One published text of the guidelines."""
    return GuidelinesOut(
        number=version.number, text=version.text, changes=version.changes, created_at=version.created_at
    )


def guidelines_listed(*, project: Project) -> QuerySet[GuidelineVersion]:
    """Every version of the project's guidelines."""
    return GuidelineVersion.objects.filter(project=project)


def guidelines_read_all(versions: Sequence[GuidelineVersion]) -> list[GuidelinesOut]:
    """Published guidelines, in the same order."""
    return [guidelines_read(version) for version in versions]


def form_read(version: FormVersion) -> FormOut:
    """One published question form."""
    return FormOut(number=version.number, form=version.typed(), created_at=version.created_at)


def forms_listed(*, project: Project) -> QuerySet[FormVersion]:
    """Every version of the project's question form."""
    return FormVersion.objects.filter(project=project)


def forms_read(versions: Sequence[FormVersion]) -> list[FormOut]:
    """Published question forms, in the same order."""
    return [form_read(version) for version in versions]


def _counts(project: Project) -> ProjectCounts:
    prompts = Prompt.objects.filter(project=project).aggregate(
        n=Count("pk"), panel=Count("pk", filter=Q(split=Split.PANEL))
    )
    slots = Assignment.objects.filter(project=project, reserved=False).aggregate(
        open=Count("pk", filter=Q(status=AssignmentStatus.OPEN)),
        leased=Count("pk", filter=Q(status=AssignmentStatus.LEASED)),
    )
    live = Preference.objects.filter(project=project, superseded_at=None).exclude(comparison__kind__in=HIDDEN_KINDS)
    last = Round.objects.filter(project=project, snapshot__isnull=False).order_by("-number").first()
    return ProjectCounts(
        prompts=prompts["n"],
        panel_prompts=prompts["panel"],
        completions=Completion.objects.filter(project=project).count(),
        comparisons=project.comparisons.exclude(kind__in=HIDDEN_KINDS).count(),
        open_assignments=slots["open"],
        leased_assignments=slots["leased"],
        preferences=live.count(),
        preferences_since_round=preferences_new_since(project=project, snapshot=last.snapshot if last else None),
    )


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.values("project_id").annotate(n=Count("pk")).values_list("project_id", "n"))


def _waiting(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return rows.filter(
        status__in=[AssignmentStatus.OPEN, AssignmentStatus.LEASED], reserved=False, comparison__withdrawn_at=None
    )


def _active_policies(project_ids: Sequence[int]) -> QuerySet[ModelVersion]:
    return ModelVersion.objects.filter(project__in=project_ids, kind=ModelKind.POLICY, status=ModelStatus.ACTIVE)


def _active_rounds(project_ids: Sequence[int]) -> QuerySet[Round]:
    return Round.objects.filter(project__in=project_ids).exclude(status__in=ROUND_FINAL)


def _round(round_: Round | None) -> ActiveRound | None:
    if round_ is None:
        return None
    return ActiveRound(id=round_.pk, number=round_.number, status=RoundStatus(round_.status))
