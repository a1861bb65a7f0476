"""What tuning a policy has in common, whatever the loss: its schedule, its files."""

from rlhf_backend.config import PolicyConfig, PolicyJob
from rlhf_backend.durable import replaced_directory
from rlhf_backend.models.cards import policy_card
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.recipes.training_loop import Schedule
from rlhf_backend.run import Run
from rlhf_backend.types import PolicyReport


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
