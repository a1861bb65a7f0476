"""Lineage, walked both ways: label → snapshot → reward model → policy → completions → comparisons → labels."""

from django.db.models import Q, QuerySet

from annotate.models import (
    HIDDEN_KINDS,
    Comparison,
    Completion,
    ModelKind,
    ModelVersion,
    Preference,
    Round,
    Snapshot,
)
from annotate.selectors.rounds import VersionRef, version_ref
from annotate.selectors.runs import SnapshotRef
from annotate.types import ReadModel


class LineageOut(ReadModel):
    """What a version was made from (labels, snapshot, the other model) and what was made from it."""

    labels: int
    snapshot: SnapshotRef | None
    reward_model: VersionRef | None
    policy: VersionRef | None
    completions: int
    comparisons: int
    preferences: int


def version_ancestors(*, version: ModelVersion) -> set[int]:
    """The ids of `version` and of every version it was tuned from. One SQL statement."""
    parents = dict(
        ModelVersion.objects.filter(project=version.project_id, kind=version.kind).values_list("pk", "parent")
    )
    found: set[int] = set()
    current: int | None = version.pk
    while current is not None and current not in found:
        found.add(current)
        current = parents.get(current)
    return found


def version_lineage(*, version: ModelVersion) -> LineageOut:
    """Backwards to the labels a version learned from, forwards to the labels its completions received.

    A reward model's completions are those of the policy that was tuned against it.
    """
    rounds = Round.objects.select_related("snapshot", "reward_model", "policy")
    round_ = rounds.filter(Q(runs__model_version=version) | Q(runs__checkpoints__model_version=version)).first()
    snapshot = round_.snapshot if round_ else None
    is_policy = version.kind == ModelKind.POLICY
    tuned = version if is_policy else (round_.policy if round_ else None)
    writer = version.parent if is_policy else tuned
    reward_model = (round_.reward_model if round_ else None) if is_policy else version
    return LineageOut(
        labels=len(snapshot.preference_ids) if snapshot else 0,
        snapshot=SnapshotRef(id=snapshot.pk, sha256=snapshot.sha256, size=len(snapshot.preference_ids))
        if snapshot
        else None,
        reward_model=version_ref(reward_model),
        policy=version_ref(writer),
        completions=Completion.objects.filter(policy=tuned).count() if tuned else 0,
        comparisons=version_comparisons(version=tuned).count() if tuned else 0,
        preferences=version_preferences(version=tuned).count() if tuned else 0,
    )


def version_comparisons(*, version: ModelVersion) -> QuerySet[Comparison]:
    """Comparisons that show a completion of this policy; those that measure labelers are left out."""
    shows = Comparison.objects.filter(Q(completion_a__policy=version) | Q(completion_b__policy=version))
    return shows.exclude(kind__in=HIDDEN_KINDS)


def version_preferences(*, version: ModelVersion) -> QuerySet[Preference]:
    """Live preferences on completions of this policy."""
    return Preference.objects.filter(comparison__in=version_comparisons(version=version), superseded_at=None)


def version_labels(*, version: ModelVersion) -> QuerySet[Preference]:
    """The preferences that a version learned from: those of its round's snapshot."""
    by_run = Q(rounds__runs__model_version=version) | Q(rounds__runs__checkpoints__model_version=version)
    snapshot = Snapshot.objects.filter(by_run).first()
    return Preference.objects.filter(pk__in=snapshot.preference_ids if snapshot else [])


def preference_snapshots(*, preference: Preference) -> QuerySet[Snapshot]:
    """The snapshots that hold this preference."""
    return Snapshot.objects.filter(project=preference.project_id, preference_ids__contains=[preference.pk])


def preference_versions(*, preference: Preference) -> QuerySet[ModelVersion]:
    """Every reward model and policy that learned from this preference, oldest first."""
    held = preference_snapshots(preference=preference).values_list("pk", flat=True)
    return versions_learned_from(project_id=preference.project_id, snapshot_ids=list(held))


def versions_learned_from(*, project_id: int, snapshot_ids: list[int]) -> QuerySet[ModelVersion]:
    """The versions made in rounds on these snapshots, and the policies tuned further from those, oldest first."""
    made_on = Q(run__round__snapshot__in=snapshot_ids) | Q(checkpoint__run__round__snapshot__in=snapshot_ids)
    direct = ModelVersion.objects.filter(made_on, project=project_id)
    learned = set(direct.values_list("pk", flat=True))
    later = ModelVersion.objects.filter(project=project_id, parent__isnull=False, kind=ModelKind.POLICY)
    for pk, parent in later.order_by("pk").values_list("pk", "parent"):
        if parent in learned:
            learned.add(pk)
    return ModelVersion.objects.filter(pk__in=learned).order_by("pk")
