"""Log-probabilities of completions under a causal model, computed where a completion is predicted and nowhere else."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue, DialogueBatch, collate, length_buckets
from rlhf_backend.data.shared_prompt import SharedBatch, collate_shared, prompt_groups
from rlhf_backend.distributed import fewer
from rlhf_backend.models.device import autocast, device, tokens_per_forward
from rlhf_backend.models.shards import inside
from rlhf_backend.models.shared_attention import read_batch
from rlhf_backend.ops.logprobs import logprobs_and_entropies, sum_by_row
from rlhf_backend.ops.masking import predicting_mask

Batch = DialogueBatch | SharedBatch
NOTHING = Dialogue([0], [0])
"""What a process reads of a network in shards while others read more than it has."""


@dataclass(frozen=True)
class CompletionScores:
    """log π of each completion (B,) and of each completion token (N,), the token's row (N,), its position's entropy.

    Tokens stand completion by completion.
    """

    logprobs: Tensor
    token_logprobs: Tensor
    rows: Tensor
    entropies: Tensor | None


class Scorer(Protocol):
    """Scores a batch of completions. Rows of shared prompts may be given to it where `shares_prompts`.

    Where it `keeps_step`, its network is in shards: every process has to ask it as often as the others do.
    """

    @property
    def shares_prompts(self) -> bool: ...

    @property
    def keeps_step(self) -> bool: ...

    def __call__(self, batch: Batch, *, temperature: float = 1.0, with_entropies: bool = False) -> CompletionScores: ...


def score_completions(
    scorer: Scorer,
    dialogues: Sequence[Dialogue],
    *,
    pad_id: int,
    temperature: float = 1.0,
    with_entropies: bool = False,
) -> CompletionScores:
    """Scores of all completions in the order given; entropies are None unless asked for.

    Dialogues of the same prompt share its encoding where the model allows it, those of similar length a forward pass;
    if gradients are enabled all passes are kept for one backward. A scorer that keeps step is asked about nothing as
    often as other processes ask it more: then all of them have to call this.
    """
    place = device()
    order: list[int] = []
    values, entropies = [torch.zeros(0, device=place)], [torch.zeros(0, device=place)]
    passes = _passes(dialogues, shared=scorer.shares_prompts, pad_id=pad_id)
    idle = 0
    if scorer.keeps_step:
        own = list(passes)
        passes, idle = iter(own), fewer(len(own))
    for index, batch in passes:
        scores = scorer(batch, temperature=temperature, with_entropies=with_entropies)
        order += index
        values.append(scores.token_logprobs)
        if scores.entropies is not None:
            entropies.append(scores.entropies)
    lengths = torch.tensor([len(dialogue.completion) for dialogue in dialogues], dtype=torch.long)
    found = _places(torch.tensor(order, dtype=torch.long), lengths).to(place)
    rows = torch.arange(len(dialogues)).repeat_interleave(lengths).to(place)
    token_values = torch.cat(values)[found]
    for _ in range(idle):  # its gradient, 0, goes the way of all others
        nothing = scorer(collate([NOTHING], pad_id=pad_id, device=place), temperature=temperature)
        token_values = token_values + 0 * nothing.logprobs.sum()
    return CompletionScores(
        logprobs=sum_by_row(token_values, rows, len(dialogues)),
        token_logprobs=token_values,
        rows=rows,
        entropies=torch.cat(entropies)[found] if with_entropies else None,
    )


def idle_pass(*scorers: Scorer, pad_id: int) -> None:
    """Forwards and backwards with nothing, while other processes ask these scorers something, in their order."""
    found = [score_completions(scorer, [], pad_id=pad_id).token_logprobs.sum() for scorer in scorers]
    torch.stack(found).sum().backward()  # type: ignore[no-untyped-call]


def _passes(dialogues: Sequence[Dialogue], *, shared: bool, pad_id: int) -> Iterator[tuple[list[int], Batch]]:
    """Which dialogues stand in each forward pass, in their order there, and the batch of them."""
    if shared:
        for groups in prompt_groups(dialogues, tokens=tokens_per_forward()):
            together = [[dialogues[i] for i in group] for group in groups]
            yield [i for group in groups for i in group], collate_shared(together, device=device())
        return
    for index in length_buckets([len(d) for d in dialogues], tokens=tokens_per_forward()):
        yield index, collate([dialogues[i] for i in index], pad_id=pad_id, device=device())


def _places(order: Tensor, lengths: Tensor) -> Tensor:
    """Where the tokens of completion 0, 1, … stand among those of completion order[0], order[1], …. (B,), (B,) → (N,)

    lengths: tokens of completion 0, 1, ….
    """
    ordered = lengths[order]
    starts = torch.empty_like(lengths)
    starts[order] = ordered.cumsum(0) - ordered
    shifts = starts - (lengths.cumsum(0) - lengths)
    return torch.arange(int(lengths.sum())) + shifts.repeat_interleave(lengths)


class CompletionScorer:
    """Scores completions under `network`, with gradients if these are enabled.

    The output layer is applied to the predicting positions only where that is shown to equal the whole forward pass;
    models that do more after it (scaling, capping) are run whole. Prompts are shared where that is shown to change
    nothing: the model attends as it is told, and heeds positions.
    """

    def __init__(self, network: Any) -> None:
        self._network = network
        self._trunk, self._head = network.base_model, network.get_output_embeddings()
        self._splits = self._head is not None and self._trunk is not network and self._is_plain()
        self.shares_prompts: bool = self._sees_its_own_only()
        self.keeps_step = False

    def of_sharded(self, network: Any) -> "CompletionScorer":
        """A scorer of the same network in shards."""
        found = copy.copy(self)
        found._network, found._trunk, found._head = network, network.base_model, network.get_output_embeddings()
        found.keeps_step = True
        return found

    def __call__(self, batch: Batch, *, temperature: float = 1.0, with_entropies: bool = False) -> CompletionScores:
        count, rows, predictors, tokens = predicted(batch)
        with autocast():
            logits = inside(self._network, partial(self._logits, batch, predictors))
        values, entropies = logprobs_and_entropies(
            logits, tokens, temperature=temperature, with_entropies=with_entropies
        )
        return CompletionScores(sum_by_row(values, rows, count), values, rows, entropies if with_entropies else None)

    def _logits(self, batch: Batch, predictors: tuple[Tensor, Tensor]) -> Tensor:
        """At the rows and positions of the batch that predict. (N, V)"""
        output = read_batch(self._trunk if self._splits else self._network, batch)
        logits: Tensor
        logits = self._head(output.last_hidden_state[predictors]) if self._splits else output.logits[predictors]
        return logits

    @torch.no_grad()
    def _is_plain(self) -> bool:
        ids = torch.arange(4, device=next(self._network.parameters()).device).unsqueeze(0)
        whole = self._network(input_ids=ids, use_cache=False).logits
        split = self._head(self._trunk(input_ids=ids, use_cache=False).last_hidden_state)
        return bool(torch.allclose(whole, split, atol=1e-5, rtol=1e-4))

    @torch.no_grad()
    def _sees_its_own_only(self) -> bool:
        """Tried out on two completions of the same prompt, in the network's own precision."""
        weight = next(self._network.parameters())
        pair = [Dialogue([0, 1, 2], [3, 2, 1]), Dialogue([0, 1, 2], [2, 0, 3, 1])]
        apart = collate(pair, pad_id=0, device=weight.device)
        try:
            together = collate_shared([pair], device=weight.device)
            found = self._logits(together, predicted(together)[2])
        except (ValueError, TypeError, AttributeError):  # no such attention, or one that does more than ours
            return False
        expected = self._logits(apart, predicted(apart)[2])
        tolerance = 1e-3 if weight.dtype in {torch.float32, torch.float64} else 0.05
        return bool((found - expected).abs().max() < tolerance * expected.std().clamp_min(1e-6))


def predicted(batch: Batch) -> tuple[int, Tensor, tuple[Tensor, Tensor], Tensor]:
    """How many completions; of each of their tokens the completion (N,), row and position that predict it, its id."""
    if isinstance(batch, SharedBatch):
        rows, columns = batch.mask.nonzero(as_tuple=True)
        predictors = batch.predictors[rows, columns]
        return (
            len(batch.mask),
            rows,
            (torch.zeros_like(predictors), predictors),
            batch.ids[0, batch.completions[rows, columns]],
        )
    mask = predicting_mask(batch.prompt_lengths, batch.lengths, batch.ids.shape[1])
    rows, positions = mask.nonzero(as_tuple=True)
    return len(batch.ids), rows, (rows, positions), batch.ids[rows, positions + 1]
