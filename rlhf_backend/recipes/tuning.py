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

    @property
    def on_the_policys_weights(self) -> list[str]:
        """The models that are read by the policy's weights, itself included."""
        judge, trunk = self.reward_model, self.policy.network.base_model
        reads_them = isinstance(judge, RewardModel) and judge.reader.backbone.network is trunk
        beside = {"reference": self.reference.is_policy, "reward model": reads_them}
        return ["policy", *(name for name, shares in beside.items() if shares)]
