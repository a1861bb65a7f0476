"""Everything around a method of tuning: looks of the monitor, the steps, the report, the files.

A method brings what leaves a gradient on the policy and what it has to report; it holds nothing of this itself.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from rlhf_backend.config import PolicyJob
from rlhf_backend.distributed import first_alone, world
from rlhf_backend.durable import MANIFEST, replaced_directory, verify_directory
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.cards import policy_card
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.shards import IN_SHARDS
from rlhf_backend.models.value import CRITIC, Critic
from rlhf_backend.policy_config import POLICY_GRADIENT, PolicyConfig
from rlhf_backend.recipes.monitor import Monitor, open_monitor, policy_directory
from rlhf_backend.recipes.preflight import preflight_of, used_kl_coef
from rlhf_backend.recipes.training_loop import Metrics, Schedule, TrainingLog, train_steps
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.tuning_sections import FiredRule
from rlhf_backend.types import PolicyReport


def tune_policy(
    run: Run,
    job: PolicyJob,
    tuning: Tuning,
    gradient_step: Callable[[int], Metrics],
    *,
    report: Callable[[TrainingLog], PolicyReport],
    critic: Critic | None = None,
    beside: Mapping[str, Tensor] | None = None,
    schedule: Schedule | None = None,
) -> PolicyReport:
    """Run the steps of a method, look at the policy before, between and after them, write `model/`.

    Args:
        gradient_step: as `train_steps` has it; "train/loss" is among its metrics.
        report: what the method has to say of the whole run; looks and pre-flight are added to it.
        critic: what is trained beside the policy.
        beside: tensors that steps change in place beside the network.
        schedule: where it is not `policy_schedule` of the settings.
    Raises: RunPaused: rules of the monitor fired. RunCancelled, RunInterrupted: a stop was asked for. ConfigError:
    training broke down, or the run is to end with a checkpoint that keeps no weights.
    """
    monitor = open_monitor(run, job, tuning)
    if run.finish_at is not None:
        return _finished(run, job, tuning, monitor, step=run.finish_at)
    schedule = schedule or policy_schedule(job.config)
    preflight = preflight_of(run, job, tuning)
    stop_sqrt_kl = preflight.stop_sqrt_kl if preflight is not None else None

    def watch(step: int) -> list[FiredRule]:
        if monitor is None or (step % job.monitor.every and step != schedule.steps):
            return []
        with tuning.policy.whole(everywhere=False):
            return first_alone(lambda: monitor.look(step, stop_sqrt_kl=stop_sqrt_kl))

    watch(0)
    network = _trained(run, tuning.policy, critic)
    log = train_steps(
        run, network, schedule, gradient_step, beside=beside, watch=watch, put_together=tuning.policy.put_together
    )
    checkpoints = monitor.figures if monitor is not None else []
    told = report(log).model_copy(update={"checkpoints": checkpoints, "preflight": preflight})
    save_policy(run, job, tuning.policy, told)
    return told


def _trained(run: Run, policy: TunedPolicy, critic: Critic | None) -> Any:
    """What takes gradients, in shards where that must be."""
    if policy.must_be_sharded:
        policy.shard()
        if critic is not None:
            critic.shard()
        run.events.log(IN_SHARDS.format(world()))
    return policy.trained if critic is None else nn.ModuleDict({"policy": policy.trained, CRITIC: critic})


def policy_schedule(config: PolicyConfig) -> Schedule:
    return Schedule(
        phase="policy",
        steps=config.steps,
        learning_rate=config.learning_rate,
        warmup_share=config.warmup_share,
        max_grad_norm=config.max_grad_norm,
        checkpoint_every=config.checkpoint_every,
    )


def save_policy(run: Run, job: PolicyJob, policy: TunedPolicy, report: PolicyReport) -> None:
    """Write `model/` whole or not at all."""
    with replaced_directory(run.model_directory) as directory:
        policy.save(directory)
        _write_card(directory, run, job, report)


def _write_card(directory: Path, run: Run, job: PolicyJob, report: PolicyReport) -> None:
    """With the KL penalty that was taken where none was set."""
    if job.config.method in POLICY_GRADIENT:
        taken = used_kl_coef(job.config, report.preflight)
        job = job.model_copy(update={"config": job.config.model_copy(update={"kl_coef": taken})})
    (directory / "README.md").write_text(policy_card(job, report, seed=run.seed), encoding="utf-8")


def _finished(run: Run, job: PolicyJob, tuning: Tuning, monitor: Monitor | None, *, step: int) -> PolicyReport:
    """End with the policy of a checkpoint, step 0 being the policy before tuning.

    Raises: ConfigError: there is no such checkpoint, or it keeps no weights.
    """
    seen = {figures.step: figures for figures in (monitor.figures if monitor is not None else [])}
    kept = policy_directory(run, step)
    if step not in seen or (step > 0 and not kept.is_dir()):
        found = ", ".join(str(number) for number in seen if number == 0 or policy_directory(run, number).is_dir())
        raise ConfigError(
            f"the run cannot end with step {step}: no weights are kept of it. Steps with weights: {found or 'none'}"
        )
    told = PolicyReport(
        method=job.config.method,
        steps=step,
        reward_first=seen[0].reward.value,
        reward_last=seen[step].reward.value,
        kl=seen[step].kl.value,
        tokens_mean=seen[step].tokens.value,
        preflight=preflight_of(run, job, tuning),
        checkpoints=list(seen.values()),
        finished_at=step,
    )
    if step == 0:
        save_policy(run, job, tuning.policy, told)
        return told
    verify_directory(kept)
    with replaced_directory(run.model_directory) as directory:
        shutil.copytree(kept, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MANIFEST))
        _write_card(directory, run, job, told)
    return told
