"""Model versions: made by runs, put to use, taken back."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import ModelKind, ModelStatus, ModelVersion, PolicyCheckpoint, Project, Run, User
from annotate.selectors.checkpoints import checkpoint_metrics
from annotate.selectors.lineage import version_ancestors
from annotate.services.audit import audit_record
from annotate.services.cards import card_pin, card_require
from annotate.services.pair_standing import pairs_follow_policy


@dataclass(frozen=True)
class Produced:
    """A model that a run left behind, already in its place on disk."""

    number: int
    source: str
    manifest_sha256: str
    card: str
    metrics: dict[str, float] = field(default_factory=dict)


def version_number_reserve(*, project: Project, kind: ModelKind) -> int:
    """The next free number; call it in the transaction that creates the version, which holds the project until then."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    last = ModelVersion.objects.filter(project=project, kind=kind).aggregate(last=Max("number"))["last"]
    # Policy 0 is the base policy; reward models begin at 1 as well, so that a round's two models mostly share a number.
    return 1 if last is None else int(last) + 1


def version_create(*, run: Run, kind: ModelKind, produced: Produced) -> ModelVersion:
    """The candidate that `run` made; a policy descends from the round's start policy, a reward model from the last."""
    round_ = run.round
    if kind == ModelKind.POLICY:
        parent = round_.start_policy if round_ else None
    else:
        parent = ModelVersion.objects.filter(project=run.project, kind=kind).order_by("number").last()
    return ModelVersion.objects.create(
        project=run.project,
        kind=kind,
        number=produced.number,
        status=ModelStatus.CANDIDATE,
        parent=parent,
        source=produced.source,
        run=run,
        manifest_sha256=produced.manifest_sha256,
        card=produced.card,
        metrics=produced.metrics,
    )


def version_create_from_checkpoint(
    *, checkpoint: PolicyCheckpoint, produced: Produced, actor: User | None
) -> ModelVersion:
    """The candidate that a checkpoint of a finished run becomes; it descends from the round's start policy."""
    run = checkpoint.run
    version = ModelVersion.objects.create(
        project=run.project,
        kind=ModelKind.POLICY,
        number=produced.number,
        status=ModelStatus.CANDIDATE,
        parent=run.round.start_policy if run.round else None,
        source=produced.source,
        checkpoint=checkpoint,
        manifest_sha256=produced.manifest_sha256,
        card=produced.card,
        metrics=checkpoint_metrics(checkpoint=checkpoint),
    )
    audit_record(
        actor=actor,
        action="checkpoint.use",
        project=run.project,
        target=f"policy {version.number}",
        run=run.pk,
        step=checkpoint.step,
    )
    return version


def version_metrics_add(*, version: ModelVersion, metrics: dict[str, float]) -> None:
    """Add figures to the version's metrics."""
    version.metrics = {**version.metrics, **metrics}
    version.save(update_fields=["metrics"])


@transaction.atomic
def version_activate(*, version: ModelVersion, actor: User | None, reason: str = "") -> ModelVersion:
    """Put a version to use in place of the current one: a promotion, or a rollback when it is older.

    Pairs that nobody has judged yet and that a policy wrote which is neither this one nor one it descends from are
    withdrawn; those that were withdrawn and fit again are restored.
    Raises: AnnotateError model/not-activatable: it is in use already; card/incomplete: somebody puts a reward model to
    use of whose card a mandatory field is empty (a round's gate has asked before).
    """
    Project.objects.select_for_update(no_key=True).get(pk=version.project_id)
    version = ModelVersion.objects.select_for_update(no_key=True).select_related("project").get(pk=version.pk)
    if version.status == ModelStatus.ACTIVE:
        raise AnnotateError(
            ErrorCode.MODEL_NOT_ACTIVATABLE, f"{version} is already in use; choose another version.", state="active"
        )
    if version.kind == ModelKind.REWARD_MODEL:
        if actor is not None:
            card_require(version=version)
        card_pin(version=version)
    before = ModelVersion.objects.filter(project=version.project, kind=version.kind, status=ModelStatus.ACTIVE).first()
    if before is not None:
        before.status = ModelStatus.RETIRED
        before.save(update_fields=["status"])
    version.status, version.activated_at = ModelStatus.ACTIVE, timezone.now()
    version.save(update_fields=["status", "activated_at"])
    moved: dict[str, Any] = {}
    if version.kind == ModelKind.POLICY:
        moved = pairs_follow_policy(project=version.project, lineage=version_ancestors(version=version))
    audit_record(
        actor=actor,
        action="model.activate",
        project=version.project,
        target=f"{version.kind} {version.number}",
        before=before.number if before else None,
        reason=reason,
        **moved,
    )
    return version
