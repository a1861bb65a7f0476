"""Log-probabilities of completions under a causal model, computed where a completion is predicted and nowhere else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue, DialogueBatch, collate, length_buckets
from rlhf_backend.models.device import autocast, device, tokens_per_forward
from rlhf_backend.ops.logprobs import sum_by_row, token_entropies, token_logprobs
from rlhf_backend.ops.masking import predicting_mask


@dataclass(frozen=True)
class CompletionScores:
    """log π of each completion (B,) and of each completion token (N,), the token's row (N,), its position's entropy."""

    logprobs: Tensor
    token_logprobs: Tensor
    rows: Tensor
    entropies: Tensor | None


class CompletionScorer:
    """Scores completions under `network`, with gradients if these are enabled.

    The output layer is applied to the predicting positions only where that is shown to equal the whole forward pass;
    models that do more after it (scaling, capping) are run whole.
    """

    def __init__(self, network: Any) -> None:
        self._network = network
        self._trunk, self._head = network.base_model, network.get_output_embeddings()
        self._splits = self._head is not None and self._trunk is not network and self._is_plain()

    def __call__(
        self, batch: DialogueBatch, *, temperature: float = 1.0, with_entropies: bool = False
    ) -> CompletionScores:
        mask = predicting_mask(batch.prompt_lengths, batch.lengths, batch.ids.shape[1])
        rows, positions = mask.nonzero(as_tuple=True)
        with autocast():
            logits = self._logits(batch.ids, rows, positions)
        values = token_logprobs(logits, batch.ids[rows, positions + 1], temperature=temperature)
        with torch.no_grad():
            entropies = token_entropies(logits, temperature=temperature) if with_entropies else None
        return CompletionScores(sum_by_row(values, rows, batch.ids.shape[0]), values, rows, entropies)

    def _logits(self, ids: Tensor, rows: Tensor, positions: Tensor) -> Tensor:
        if not self._splits:
            whole: Tensor = self._network(input_ids=ids, use_cache=False).logits
            return whole[rows, positions]
        hidden = self._trunk(input_ids=ids, use_cache=False).last_hidden_state
        logits: Tensor = self._head(hidden[rows, positions])
        return logits

    @torch.no_grad()
    def _is_plain(self) -> bool:
        ids = torch.arange(4, device=next(self._network.parameters()).device).unsqueeze(0)
        whole = self._network(input_ids=ids, use_cache=False).logits
        split = self._head(self._trunk(input_ids=ids, use_cache=False).last_hidden_state)
        return bool(torch.allclose(whole, split, atol=1e-5, rtol=1e-4))


def score_by_length(
    score: Callable[[DialogueBatch], CompletionScores], dialogues: Sequence[Dialogue], *, pad_id: int
) -> tuple[Tensor, Tensor]:
    """log π of each completion (B,) in the order given, and the entropies of all positions (N,), empty without any.

    Dialogues of similar length share a forward pass; if gradients are enabled all passes are kept for one backward.
    """
    logprobs = torch.zeros(len(dialogues), device=device())
    entropies = [torch.zeros(0, device=device())]
    for index in length_buckets([len(d) for d in dialogues], tokens=tokens_per_forward()):
        scores = score(collate([dialogues[i] for i in index], pad_id=pad_id, device=device()))
        logprobs = logprobs.index_copy(0, torch.tensor(index, device=device()), scores.logprobs)
        if scores.entropies is not None:
            entropies.append(scores.entropies)
    return logprobs, torch.cat(entropies)
