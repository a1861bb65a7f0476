"""Which positions of a right-padded batch hold the completion, and which predict it."""

import torch
from torch import Tensor


def length_mask(lengths: Tensor, width: int) -> Tensor:
    """True on the first `lengths[i]` positions of row i. (B,) → (B, width)"""
    return torch.arange(width, device=lengths.device) < lengths.unsqueeze(-1)


def completion_mask(prompt_lengths: Tensor, lengths: Tensor, width: int) -> Tensor:
    """True on the completion's own positions of rows [prompt, completion, padding]. (B,), (B,) → (B, width)"""
    return length_mask(lengths, width) & ~length_mask(prompt_lengths, width)


def predicting_mask(prompt_lengths: Tensor, lengths: Tensor, width: int) -> Tensor:
    """True where the next token belongs to the completion: the completion's positions, one to the left.

    A prompt must not be empty: its last position predicts the completion's first token. (B,), (B,) → (B, width)
    Raises: ValueError: a prompt is empty.
    """
    if (prompt_lengths < 1).any():
        raise ValueError("a prompt without tokens predicts nothing: expected at least one token")
    return completion_mask(prompt_lengths - 1, lengths - 1, width)
