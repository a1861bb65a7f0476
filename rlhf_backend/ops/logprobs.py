"""Log-probabilities of tokens and of completions."""

import torch
from torch import Tensor


def token_logprobs(logits: Tensor, tokens: Tensor, *, temperature: float = 1.0) -> Tensor:
    """log π of each token under its logits, nats, float32 or better.

    Args:
        logits: unnormalised scores at the positions that predict the tokens. (N, V)
        tokens: the tokens that followed. (N,)
        temperature: divides the logits first: the probabilities are those of the sampler.
    Returns: (N,)
    """
    scores = _at_least_float32(logits) / temperature
    # log_softmax would keep an (N, V) tensor for the result and one for the gradient; one number a row is enough.
    return scores.gather(-1, tokens.unsqueeze(-1)).squeeze(-1) - scores.logsumexp(-1)


def token_entropies(logits: Tensor, *, temperature: float = 1.0) -> Tensor:
    """Entropy of the next-token distribution at each position, nats. (N, V) → (N,)"""
    scores = _at_least_float32(logits) / temperature
    log_z = scores.logsumexp(-1)
    # −Σ p·log p = log Z − Σ p·score: one (N, V) product instead of three.
    return log_z - torch.einsum("nv,nv->n", (scores - log_z.unsqueeze(-1)).exp_(), scores)


def sum_by_row(values: Tensor, rows: Tensor, count: int) -> Tensor:
    """Sums of a ragged batch: `values[i]` belongs to row `rows[i]`. (N,), (N,) → (count,); empty rows give 0."""
    return torch.zeros(count, dtype=values.dtype, device=values.device).index_add(0, rows, values)


def _at_least_float32(logits: Tensor) -> Tensor:
    return logits if logits.dtype == torch.float64 else logits.float()
