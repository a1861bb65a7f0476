"""The samples of one step of a policy gradient, what is known of their tokens, and how updates share them out."""

from collections.abc import Sequence

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue, length_buckets
from rlhf_backend.data.order import derived_seed, step_rows
from rlhf_backend.distributed import gathered, world
from rlhf_backend.models.device import device
from rlhf_backend.recipes.online import Samples
from rlhf_backend.recipes.policy_gradient_methods import Judged, Signals


class PolicyBatch:
    """Tensors of all tokens, completion by completion, filled as they become known; constants. (N,) each

    logprobs are those of the policy that sampled, values those of the critic then.
    """

    def __init__(self, samples: Samples, scores: Tensor, ref_logprobs: Tensor) -> None:
        """scores (B,): what the completions earn, scaled and clipped."""
        self.samples, self.scores, self.ref_logprobs = samples, scores, ref_logprobs
        lengths = torch.tensor([len(dialogue.completion) for dialogue in samples.dialogues])
        self._ends = [0, *lengths.cumsum(0).tolist()]
        self.rows = torch.arange(len(lengths)).repeat_interleave(lengths).to(device())
        shape = (len(self.rows),)
        self.logprobs, self.values = torch.zeros(shape, device=device()), torch.zeros(shape, device=device())
        self.advantages, self.returns = torch.zeros(shape, device=device()), torch.zeros(shape, device=device())

    def dialogues(self, completions: Sequence[int]) -> list[Dialogue]:
        return [self.samples.dialogues[i] for i in completions]

    def tokens(self, completions: Sequence[int]) -> Tensor:
        """Where the tokens of these completions stand, in their order. (n,)"""
        spans = [torch.arange(self._ends[i], self._ends[i + 1]) for i in completions]
        return torch.cat([torch.zeros(0, dtype=torch.long), *spans]).to(device())

    def judged(self, completions: list[int], rows: Tensor, tokens: Tensor) -> Judged:
        """These completions by themselves; `rows` count from the first of them."""
        return Judged(
            self.scores[completions], rows, self.logprobs[tokens], self.ref_logprobs[tokens], self.values[tokens]
        )

    def note(self, tokens: Tensor, signals: Signals) -> None:
        self.advantages[tokens] = signals.advantages
        if signals.returns is not None:
            self.returns[tokens] = signals.returns

    def share(self, completions: Sequence[int]) -> None:
        """Put what this process has noted of these completions beside what the others have of theirs."""
        if world() == 1:
            return
        tokens = self.tokens(completions)
        noted = (self.logprobs, self.values, self.advantages, self.returns)
        for theirs, *values in gathered([(tokens, *(tensor[tokens] for tensor in noted))]):
            for tensor, found in zip(noted, values, strict=True):
                tensor[theirs] = found


def minibatch(number: int, *, prompts: int, samples: int, parts: int, seed: int) -> list[int]:
    """Completions of update `number` (from 0) of a batch of `prompts` × `samples`: those of whole prompts.

    Each pass over the batch takes `parts` updates and every prompt once, in an order of its own.
    """
    epoch, part = divmod(number, parts)
    order = list(range(prompts))
    if parts > 1:
        order = sorted(
            step_rows(prompts, per_step=prompts, step=0, seed=derived_seed(seed, epoch))[
                part * prompts // parts : (part + 1) * prompts // parts
            ]
        )
    return [prompt * samples + i for prompt in order for i in range(samples)]


def backward_parts(
    dialogues: Sequence[Dialogue], completions: Sequence[int], *, samples: int, tokens: int
) -> list[list[int]]:
    """These completions in parts of whole prompts for one backward pass each, of at most so many tokens with padding.

    One prompt alone may have more.
    """
    prompts = [completions[start : start + samples] for start in range(0, len(completions), samples)]
    widths = [max(len(dialogues[i]) for i in prompt) * samples for prompt in prompts]
    return [[i for place in part for i in prompts[place]] for part in length_buckets(widths, tokens=tokens)]
