"""The models that one run of policy tuning holds."""

from dataclasses import dataclass

from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.models.reward import RewardModel


@dataclass(frozen=True)
class Tuning:
    """The policy in training, what it is held to, and what it is judged by.

    The monitor measures by the reward model as well: without one it cannot look.
    """

    policy: TunedPolicy
    reference: Reference
    reward_model: RewardModel | None
