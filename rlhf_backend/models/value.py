"""A critic: what reward is still to come, read at every token before it is written."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.distributed import world
from rlhf_backend.models.device import autocast, device, must_be_sharded
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.scoring import Batch, CompletionScores, predicted, score_completions
from rlhf_backend.models.shards import sharded
from rlhf_backend.models.shared_attention import read_batch
from rlhf_backend.ops.logprobs import sum_by_row

CRITIC = "critic"
"""A component of the names of all its parameters, and the name of its adapters."""


class Critic(nn.Module):
    """A linear head, 0 at first, on a trunk: its own copy of the policy's, or adapters on the policy's own weights."""

    def __init__(self, policy: TunedPolicy, source: str, *, lora_rank: int, warn: Callable[[str], None]) -> None:
        """Raises: ConfigError: the trunk cannot be loaded. ResourceError: it cannot be trained beside the policy."""
        super().__init__()
        self._in_force: Callable[[], AbstractContextManager[None]] = nullcontext
        if lora_rank:
            self._in_force = policy.beside(CRITIC, lora_rank)
            self._trunk = [policy.network.base_model]  # in a list: its parameters are the policy's
        else:
            self.trunk = load_backbone(source, warn=warn, dtype=torch.float32).network.requires_grad_(True)
            self._trunk = [self.trunk]
            weights = sum(p.numel() for network in (policy.network, self.trunk) for p in network.parameters())
            instead = "Train LoRA adapters (lora_rank), choose a method without a critic, such as RLOO"
            if policy.will_be_trained:
                both = "policy and its critic"
                policy.must_be_sharded |= must_be_sharded(weights, both, instead=instead, processes=world())
        self.shares_prompts = policy.scorer.shares_prompts
        self.keeps_step = False
        self.head = nn.Linear(policy.network.config.hidden_size, 1, device=device())
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def shard(self) -> None:
        """Leave this process a part of every weight of the trunk. To be called by all processes at once."""
        self._trunk = [sharded(self.trunk)]
        self.keeps_step = True

    def values(self, dialogues: Sequence[Dialogue], *, pad_id: int) -> Tensor:
        """V before each token of the completions, in their order, with gradients if these are enabled. (N,)"""
        return score_completions(self, dialogues, pad_id=pad_id).token_logprobs

    def forward(self, batch: Batch, *, temperature: float = 1.0, with_entropies: bool = False) -> CompletionScores:
        """A `Scorer` whose figures are values, where another's are log-probabilities. They know no temperature."""
        count, rows, predictors, _ = predicted(batch)
        with self._in_force(), autocast():
            hidden = read_batch(self._trunk[0], batch).last_hidden_state[predictors]
        values = self.head(hidden.float()).squeeze(-1)
        return CompletionScores(sum_by_row(values, rows, count), values, rows, None)
