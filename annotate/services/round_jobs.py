"""The job of each step of a round that the engine does."""

from annotate.models import ModelKind, ModelVersion, Round, Run
from annotate.models.project_settings import ProjectSettings
from annotate.selectors.model_sources import model_directory
from annotate.selectors.principles import principles_in_force
from annotate.selectors.self_labels import self_labels_stopped
from annotate.selectors.versions import version_active, version_base
from annotate.services.audit import audit_record
from annotate.services.run_seeds import seed_of
from annotate.services.runs import run_create, run_warn
from rlhf_backend.config import EvaluationJob, Job, PolicyJob, RewardModelJob, RunKind, SamplingJob


def round_run_create(*, round_: Round, kind: RunKind) -> Run:
    """Queue the round's run of this kind. The seed follows from round, kind and attempt, so the run can be repeated."""
    attempt = Run.objects.filter(round=round_, kind=kind, repeats=None).count()
    seed = seed_of(f"project {round_.project_id} round {round_.number} {kind} {attempt}")
    job, stopped = _self_labels_allowed(round_, _job(round_, kind))
    run = run_create(round_=round_, job=job, seed=seed)
    if stopped is not None:
        run_warn(run=run, message=stopped)
        audit_record(actor=None, action="self_labels.stop", project=round_.project, target=f"round {round_.number}")
    return run


def _self_labels_allowed(round_: Round, job: Job) -> tuple[Job, str | None]:
    """The job without self-labels where people do not confirm those before, and what to say about it."""
    if not isinstance(job, RewardModelJob):
        return job, None
    stopped = self_labels_stopped(project=round_.project, config=job.config)
    if stopped is None:
        return job, None
    return job.model_copy(update={"config": job.config.model_copy(update={"self_label_share": 0.0})}), stopped


def _job(round_: Round, kind: RunKind) -> Job:
    """Models are named as the site knows them; the run directory's job.json gets their places on disk."""
    settings = ProjectSettings.model_validate(round_.settings)
    principles = principles_in_force(project=round_.project, at=round_.created_at)
    start, reference = _source(round_.start_policy), _source(version_base(project=round_.project))
    match kind:
        case RunKind.REWARD_MODEL:
            return RewardModelJob(
                config=settings.reward_model,
                backbone=round_.project.reward_backbone,
                predecessor=_reward_model_in_use(round_),
                principles=principles,
            )
        case RunKind.POLICY:
            return PolicyJob(
                config=settings.policy,
                monitor=settings.monitor,
                policy=start,
                reference=reference,
                reward_model=_source(round_.reward_model),
                principles=principles,
            )
        case RunKind.EVALUATION:
            return EvaluationJob(
                config=settings.evaluation,
                policy=_source(round_.policy),
                predecessor=start,
                reference=reference,
                reward_model=_source(round_.reward_model),
                principles=principles,
            )
        case RunKind.SAMPLING:
            writer = round_.policy or round_.start_policy
            base = version_base(project=round_.project)
            is_tuned = base is not None and writer != base
            return SamplingJob(
                config=settings.sampling,
                policy=_source(writer),
                reference=reference if is_tuned else None,
                anchors=settings.sampling.samples_per_prompt if is_tuned and settings.queue.is_anchored else 0,
                server_model=_server_model(settings, writer),
                reward_model=round_.reward_model.source if round_.reward_model else None,
                principles=principles,
            )
        case RunKind.SCORING:
            raise LookupError("no step of a round scores given completions")


def _reward_model_in_use(round_: Round) -> str | None:
    """What the new reward model is compared with. One that is no longer on disk must not stop the round."""
    version = version_active(project=round_.project, kind=ModelKind.REWARD_MODEL)
    return version.source if version is not None and model_directory(source=version.source) is not None else None


def _server_model(settings: ProjectSettings, writer: ModelVersion | None) -> str:
    if not settings.sampling.server or writer is None:
        return ""
    return settings.sampling.server_model.replace("{number}", str(writer.number))


def _source(version: ModelVersion | None) -> str:
    if version is None:
        raise LookupError("a round's step was begun before the model that it needs existed")
    return version.source
