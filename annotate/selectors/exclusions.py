"""Exclusions, and what one would touch before it is made: labels, snapshots, reward models, policies."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q

from annotate.errors import invalid
from annotate.models import (
    Exclusion,
    GuidelineVersion,
    ModelKind,
    ModelStatus,
    ModelVersion,
    Preference,
    Project,
    Snapshot,
    User,
)
from annotate.selectors.lineage import versions_learned_from
from annotate.selectors.training_exclusions import EXCLUDED, Scope, scope_covers, scope_of, training_ruling
from annotate.types import ReadModel

_CHUNK = 10


class ExclusionOut(ReadModel):
    """An exclusion; `preferences` counts the live ones it covers now. Times are UTC, `given_until` is not included."""

    id: int
    annotator_id: int | None
    username: str | None
    given_from: datetime | None
    given_until: datetime | None
    guidelines_number: int | None
    reason: str
    preferences: int
    created_by: str
    created_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None


class LabelerTouched(ReadModel):
    username: str | None
    n: int


class SnapshotTouched(ReadModel):
    """A snapshot that holds `touched` of the preferences; it stays as it is."""

    id: int
    sha256: str
    size: int
    touched: int
    created_at: datetime


class ModelTouched(ReadModel):
    """A version and the share of its own round's snapshot that is touched; `inherited` came through its ancestors."""

    id: int
    number: int
    status: ModelStatus
    touched_share: float
    inherited: bool


class ExclusionPreviewOut(ReadModel):
    """What an exclusion would cover. `preferences` are live; snapshots may hold some that were undone since."""

    preferences: int
    already_excluded: int
    of_labelers: list[LabelerTouched]
    snapshots: list[SnapshotTouched]
    reward_models: list[ModelTouched]
    policies: list[ModelTouched]


def scope_require(*, project: Project, scope: Scope) -> None:
    """Raises: AnnotateError 400 with the field when the scope names nothing, nobody, no time, or unknown guidelines."""
    if scope == Scope():
        raise invalid("annotator_id", "name a labeler, a time or a guideline version: all preferences cannot be meant")
    if scope.given_from and scope.given_until and scope.given_from >= scope.given_until:
        raise invalid("given_until", "the window ends before it begins")
    taken_part = Q(memberships__project=project) | Q(preferences__project=project)
    if scope.annotator_id is not None and not User.objects.filter(taken_part, pk=scope.annotator_id).exists():
        raise invalid("annotator_id", "nobody with this id ever took part in the project")
    number = scope.guidelines_number
    if number is not None and not GuidelineVersion.objects.filter(project=project, number=number).exists():
        raise invalid("guidelines_number", f"the project has no guidelines {number}")


def exclusions_read(exclusions: Iterable[Exclusion]) -> list[ExclusionOut]:
    """Exclusions with the names of people and the number of live preferences covered. Two SQL statements."""
    ids = [exclusion.pk for exclusion in exclusions]
    loaded = Exclusion.objects.select_related("annotator", "created_by", "lifted_by").in_bulk(ids)
    if not loaded:
        return []
    live = Preference.objects.filter(project=loaded[ids[0]].project_id, superseded_at=None)
    covered = {str(pk): Count("pk", filter=scope_covers(scope_of(row))) for pk, row in loaded.items()}
    counts: dict[str, int] = live.aggregate(**{f"n{pk}": count for pk, count in covered.items()})
    return [_exclusion(loaded[pk], counts[f"n{pk}"]) for pk in ids]


def exclusion_preview(*, project: Project, scope: Scope) -> ExclusionPreviewOut:
    """What an exclusion of `scope` would cover, walked along the lineage; nothing is written. Nine SQL statements.

    Raises: AnnotateError 400: see `scope_require`.
    """
    scope_require(project=project, scope=scope)
    ever = Preference.objects.filter(scope_covers(scope), project=project)
    live = ever.filter(superseded_at=None)
    excluded = live.annotate(ruling=training_ruling(project=project)).filter(ruling=EXCLUDED)
    of_labelers = live.values("annotator__username").annotate(n=Count("pk")).order_by("-n", "annotator__username")
    snapshots = _snapshots(project, set(ever.values_list("pk", flat=True)))
    shares = {snapshot.id: snapshot.touched / snapshot.size for snapshot in snapshots}
    versions = versions_learned_from(project_id=project.pk, snapshot_ids=list(shares))
    related = versions.select_related("run__round", "checkpoint__run__round").defer("checkpoint__samples")
    models = [(version.kind, _model(version, shares)) for version in related]
    return ExclusionPreviewOut(
        preferences=live.count(),
        already_excluded=excluded.count(),
        of_labelers=[LabelerTouched(username=row["annotator__username"], n=row["n"]) for row in of_labelers],
        snapshots=snapshots,
        reward_models=[model for kind, model in models if kind == ModelKind.REWARD_MODEL],
        policies=[model for kind, model in models if kind == ModelKind.POLICY],
    )


def _snapshots(project: Project, preference_ids: set[int]) -> list[SnapshotTouched]:
    """The snapshots that hold any of these, oldest first; reads each one's ids once, a few snapshots at a time."""
    fields = ("pk", "sha256", "created_at", "preference_ids")
    rows = Snapshot.objects.filter(project=project).order_by("pk").values_list(*fields)
    found = []
    for pk, sha256, created_at, held in rows.iterator(_CHUNK):
        touched = len(preference_ids.intersection(held))
        if touched:
            found.append(SnapshotTouched(id=pk, sha256=sha256, size=len(held), touched=touched, created_at=created_at))
    return found


def _model(version: ModelVersion, shares: dict[int, float]) -> ModelTouched:
    round_ = version.origin.round if version.origin else None
    share = shares.get(round_.snapshot_id or 0, 0.0) if round_ else 0.0
    return ModelTouched(
        id=version.pk,
        number=version.number,
        status=ModelStatus(version.status),
        touched_share=share,
        inherited=share == 0,
    )


def _exclusion(row: Exclusion, preferences: int) -> ExclusionOut:
    return ExclusionOut(
        id=row.pk,
        annotator_id=row.annotator_id,
        username=row.annotator.username if row.annotator else None,
        given_from=row.given_from,
        given_until=row.given_until,
        guidelines_number=row.guidelines_number,
        reason=row.reason,
        preferences=preferences,
        created_by=row.created_by.username,
        created_at=row.created_at,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by.username if row.lifted_by else None,
    )
