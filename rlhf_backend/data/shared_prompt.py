"""Both completions of a comparison in one row, behind the prompt that they share: it is encoded once, not twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue

_PROMPT, _A, _B, _PADDING = range(4)


@dataclass(frozen=True)
class PairBatch:
    """Rows [prompt, a, b, padding] in which b does not see a, and stands where it would without a.

    ids (B, S); positions (B, S) count on from the prompt in both completions; attention (B, 1, S, S) is True where the
    query (last but one axis) sees the key; a and b (B, S) are True on each completion's tokens.
    """

    ids: Tensor
    positions: Tensor
    attention: Tensor
    a: Tensor
    b: Tensor


def collate_pairs(pairs: Sequence[tuple[Dialogue, Dialogue]], *, pad_id: int, device: torch.device) -> PairBatch:
    """One batch as wide as its longest row.

    Raises: ValueError: two completions of a pair have different prompts.
    """
    if any(a.prompt != b.prompt for a, b in pairs):
        raise ValueError("the completions of a pair have different prompts: expected the same one")
    width = max(len(a) + len(b.completion) for a, b in pairs)
    ids, positions, segments = [], [], []
    for a, b in pairs:
        p, n, m = len(a.prompt), len(a.completion), len(b.completion)
        rest = width - p - n - m
        ids.append([*a.prompt, *a.completion, *b.completion, *[pad_id] * rest])
        positions.append([*range(p + n), *range(p, p + m), *[0] * rest])
        segments.append([*[_PROMPT] * p, *[_A] * n, *[_B] * m, *[_PADDING] * rest])
    segment = torch.tensor(segments, device=device)
    earlier = torch.ones(width, width, dtype=torch.bool, device=device).tril()
    key, query = segment.unsqueeze(1), segment.unsqueeze(2)
    return PairBatch(
        ids=torch.tensor(ids, device=device),
        positions=torch.tensor(positions, device=device),
        attention=(earlier & ((key == _PROMPT) | (key == query))).unsqueeze(1),
        a=segment == _A,
        b=segment == _B,
    )
