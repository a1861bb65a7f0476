"""Versions of policies and reward models, with what came of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from pydantic import Field

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import AssignmentStatus, Comparison, ModelKind, ModelStatus, ModelVersion, Project
from annotate.selectors.completions import CheckpointRef, checkpoint_ref
from annotate.selectors.lineage import LineageOut, version_lineage
from annotate.selectors.model_sources import directory_bytes, model_directory
from annotate.selectors.rounds import RoundRef, VersionRef, version_ref
from annotate.types import ReadModel
from rlhf_backend.types import RewardModelReport

_OPEN = [AssignmentStatus.OPEN, AssignmentStatus.LEASED]


class ModelOut(ReadModel):
    """A policy or reward model; `comparisons_open` counts queued pairs with one of its completions."""

    id: int
    kind: ModelKind
    number: int
    status: ModelStatus
    source: str
    parent: VersionRef | None
    run_id: int | None
    checkpoint: CheckpointRef | None = Field(description="Of a policy that was taken from a checkpoint of a run.")
    round: RoundRef | None
    metrics: dict[str, float]
    manifest_sha256: str | None
    created_at: datetime
    activated_at: datetime | None
    size_mb: float | None
    comparisons_open: int


class ModelDetailOut(ModelOut):
    card: str
    lineage: LineageOut


def versions_read(versions: Sequence[ModelVersion]) -> list[ModelOut]:
    """The versions as the models page lists them. Two SQL statements."""
    ids = [version.pk for version in versions]
    loaded = _with_origin().in_bulk(ids)
    counts = _open_comparisons(ids)
    return [ModelOut(**_fields(loaded[pk], counts.get(pk, 0))) for pk in ids]


def version_read(version: ModelVersion) -> ModelDetailOut:
    """One version with its card and lineage."""
    loaded = _with_origin().get(pk=version.pk)
    counts = _open_comparisons([loaded.pk])
    return ModelDetailOut(
        **_fields(loaded, counts.get(loaded.pk, 0)), card=loaded.card, lineage=version_lineage(version=loaded)
    )


def version_report(version: ModelVersion) -> RewardModelReport:
    """How far a reward model can be trusted, as its run measured it. One SQL statement at most.

    Raises: AnnotateError 404: a policy, or a reward model that no run of this site made.
    """
    if version.kind != ModelKind.REWARD_MODEL:
        raise _no_report(f"{version} is a policy; its evaluation stands with its round.")
    if version.run is None or version.run.report is None:
        raise _no_report(f"{version} was not made by a run of this site, so nothing was measured.")
    return RewardModelReport.model_validate(version.run.report)


def version_base(*, project: Project) -> ModelVersion | None:
    """The policy that the project began with."""
    return ModelVersion.objects.filter(project=project, kind=ModelKind.POLICY, number=0).first()


def version_active(*, project: Project, kind: ModelKind) -> ModelVersion | None:
    """The version in use."""
    return ModelVersion.objects.filter(project=project, kind=kind, status=ModelStatus.ACTIVE).first()


def _with_origin() -> QuerySet[ModelVersion]:
    related = ModelVersion.objects.select_related("parent", "run__round", "checkpoint__run__round")
    return related.defer("checkpoint__samples")


def _no_report(detail: str) -> AnnotateError:
    return AnnotateError(ErrorCode.NOT_FOUND, detail, status=404)


def _open_comparisons(version_ids: list[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    waiting = Comparison.objects.filter(assignments__status__in=_OPEN)
    mentioned = Q(completion_a__policy__in=version_ids) | Q(completion_b__policy__in=version_ids)
    pairs = waiting.filter(mentioned).values("completion_a__policy", "completion_b__policy")
    for row in pairs.annotate(n=Count("pk", distinct=True)):
        for version_id in {row["completion_a__policy"], row["completion_b__policy"]}:
            counts[version_id] = counts.get(version_id, 0) + row["n"]
    return counts


def _fields(version: ModelVersion, comparisons_open: int) -> dict[str, object]:
    run = version.origin
    round_ = run.round if run else None
    directory = model_directory(source=version.source)
    on_disk = directory is not None and directory.is_dir()
    return {
        "id": version.pk,
        "kind": version.kind,
        "number": version.number,
        "status": version.status,
        "source": version.source,
        "parent": version_ref(version.parent),
        "run_id": version.run_id,
        "checkpoint": checkpoint_ref(version.checkpoint),
        "round": RoundRef(id=round_.pk, number=round_.number) if round_ else None,
        "metrics": version.metrics,
        "manifest_sha256": version.manifest_sha256 or None,
        "created_at": version.created_at,
        "activated_at": version.activated_at,
        "size_mb": round(directory_bytes(directory) / 2**20, 2) if on_disk and directory else None,
        "comparisons_open": comparisons_open,
    }
