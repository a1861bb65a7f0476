"""Log-probabilities of tokens and of completions."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

# Scores worked on at once: on a processor four megabytes, which stay in its cache over all passes.
_PROCESSOR_SCORES = 2**20
_ACCELERATOR_SCORES = 2**26


def token_logprobs(logits: Tensor, tokens: Tensor, *, temperature: float = 1.0) -> Tensor:
    """log π of each token under its logits, nats, float32 or better.

    Args:
        logits: unnormalised scores at the positions that predict the tokens. (N, V)
        tokens: the tokens that followed. (N,)
        temperature: divides the logits first: the probabilities are those of the sampler.
    Returns: (N,)
    """
    logprobs, _ = logprobs_and_entropies(logits, tokens, temperature=temperature, with_entropies=False)
    return logprobs


def logprobs_and_entropies(
    logits: Tensor, tokens: Tensor, *, temperature: float = 1.0, with_entropies: bool = True
) -> tuple[Tensor, Tensor]:
    """As `token_logprobs`, and the entropy of the next-token distribution at each position, nats, without gradient.

    Returns: (N,), (N,); entropies that were not asked for are empty.
    """
    found: tuple[Tensor, Tensor]
    found = _TokenScores.apply(logits, tokens, temperature, with_entropies)  # type: ignore[no-untyped-call]
    return found


def sum_by_row(values: Tensor, rows: Tensor, count: int) -> Tensor:
    """Sums of a ragged batch: `values[i]` belongs to row `rows[i]`. (N,), (N,) → (count,); empty rows give 0."""
    return torch.zeros(count, dtype=values.dtype, device=values.device).index_add(0, rows, values)


class _TokenScores(torch.autograd.Function):
    """Some rows at a time: no (N, V) tensor is made but the gradient, and none is kept but the logits themselves."""

    @staticmethod
    def forward(
        context: Any, logits: Tensor, tokens: Tensor, temperature: float, with_entropies: bool
    ) -> tuple[Tensor, Tensor]:
        like = torch.empty(0, dtype=_precision(logits), device=logits.device)
        chosen, log_z, entropies = like.new_empty(len(logits)), like.new_empty(len(logits)), like
        if with_entropies:
            entropies = like.new_empty(len(logits))
        for rows in _rows(logits):
            scores = _scores(logits[rows], temperature)
            top = scores.amax(-1, keepdim=True)
            chosen[rows] = scores.gather(-1, tokens[rows].unsqueeze(-1)).squeeze(-1)
            if with_entropies:
                shifted = scores.sub_(top)
                weights = shifted.exp()
                total = weights.sum(-1)
                # −Σ p·log p = log Z − Σ p·score, both by the largest score less.
                entropies[rows] = total.log() - weights.mul_(shifted).sum(-1) / total
            else:
                total = scores.sub_(top).exp_().sum(-1)
            log_z[rows] = top.squeeze(-1) + total.log()
        context.temperature = temperature
        context.save_for_backward(logits, tokens, log_z)
        context.mark_non_differentiable(entropies)
        return chosen - log_z, entropies

    @staticmethod
    @once_differentiable
    def backward(context: Any, slopes: Tensor, _: Tensor) -> tuple[Tensor, None, None, None]:
        logits, tokens, log_z = context.saved_tensors
        gradient = torch.empty_like(logits)
        for rows in _rows(logits):
            # Of the score of token v: slope · ([v is the token] − p(v)).
            slope = slopes[rows].unsqueeze(-1) / context.temperature
            part = _scores(logits[rows], context.temperature).sub_(log_z[rows].unsqueeze(-1)).exp_().mul_(-slope)
            gradient[rows] = part.scatter_add_(-1, tokens[rows].unsqueeze(-1), slope)
        return gradient, None, None, None


def _rows(logits: Tensor) -> list[slice]:
    at_once = _PROCESSOR_SCORES if logits.device.type == "cpu" else _ACCELERATOR_SCORES
    step = max(1, at_once // logits.shape[1])
    return [slice(start, start + step) for start in range(0, len(logits), step)]


def _scores(logits: Tensor, temperature: float) -> Tensor:
    """A copy in float32 or better, divided by the temperature."""
    scores = logits.to(_precision(logits), copy=True)
    return scores if temperature == 1 else scores.div_(temperature)


def _precision(logits: Tensor) -> torch.dtype:
    return torch.float64 if logits.dtype == torch.float64 else torch.float32
