"""Everything around a method of tuning: looks of the monitor, the steps, the report, the files.

A method brings what leaves a gradient on the policy and what it has to report; it holds nothing of this itself.
"""

import shutil
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from rlhf_backend.config import PolicyJob
from rlhf_backend.distributed import first_alone
from rlhf_backend.durable import MANIFEST, replaced_directory, verify_directory
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.cards import policy_card
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.monitor import Monitor, open_monitor, policy_directory
from rlhf_backend.recipes.preflight import preflight_of
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
    network: Any = None,
    beside: Mapping[str, Tensor] | None = None,
    schedule: Schedule | None = None,
) -> PolicyReport:
    """Run the steps of a method, look at the policy before, between and after them, write `model/`.

    Args:
        gradient_step: as `train_steps` has it; "train/loss" is among its metrics.
        report: what the method has to say of the whole run; looks and pre-flight are added to it.
        network: what is trained, where that is more than the policy (a critic).
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
        due = step % job.monitor.every == 0 or step == schedule.steps
        return monitor.look(step, stop_sqrt_kl=stop_sqrt_kl) if monitor is not None and due else []

    first_alone(lambda: watch(0))
    trained = tuning.policy.network if network is None else network
    log = train_steps(run, trained, schedule, gradient_step, beside=beside, watch=watch)
    checkpoints = monitor.figures if monitor is not None else []
    told = report(log).model_copy(update={"checkpoints": checkpoints, "preflight": preflight})
    save_policy(run, job, tuning.policy, told)
    return told


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
        (directory / "README.md").write_text(policy_card(job, told, seed=run.seed), encoding="utf-8")
    return told
