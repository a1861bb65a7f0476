"""From one vector per token to one per completion."""

import torch
from torch import Tensor


def pool_last(hidden: Tensor, mask: Tensor) -> Tensor:
    """The vector at each row's last True position. (B, S, H), (B, S) → (B, H)

    Raises: ValueError: a row of mask is empty.
    """
    _refuse_empty(mask)
    positions = torch.arange(mask.shape[1], device=mask.device)
    last = torch.where(mask, positions, -1).amax(-1)
    return hidden[torch.arange(hidden.shape[0], device=hidden.device), last]


def pool_mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean of the vectors at each row's True positions. (B, S, H), (B, S) → (B, H)

    Raises: ValueError: a row of mask is empty.
    """
    _refuse_empty(mask)
    weights = mask.to(hidden.dtype)
    return torch.einsum("bsh,bs->bh", hidden, weights) / weights.sum(-1, keepdim=True)


def _refuse_empty(mask: Tensor) -> None:
    if not mask.any(-1).all():
        raise ValueError("an empty completion has nothing to pool: expected at least one position in each row")
