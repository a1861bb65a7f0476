"""Both completions of a comparison behind the prompt that they share: it is encoded once, and nothing is padded.

All pairs of a batch stand in one row, prompt, a, b, prompt, a, b, …; layers that treat each token for itself see no
padding at all. Only attention takes pairs apart again, by the indices kept here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue


@dataclass(frozen=True)
class PairLayout:
    """Where attention finds the tokens of N pairs among the T of the row; indices of padding are 0.

    first (N, S): prompt and a, causal in themselves. second (N, U): prompt and b. queries (N, V): b alone, whose token
    j sees `visible` (N, 1, V, U) of the second. back (T,): each token's place in the N·S of the first, then the N·V.
    """

    first: Tensor
    second: Tensor
    queries: Tensor
    visible: Tensor
    back: Tensor


@dataclass(frozen=True)
class PairBatch:
    """ids and positions (1, T), in which b counts on from the prompt as a does; `completions` and `mask` (2N, W): the
    tokens of a and b in turn, True where there is one.
    """

    ids: Tensor
    positions: Tensor
    completions: Tensor
    mask: Tensor
    layout: PairLayout


def collate_pairs(pairs: Sequence[tuple[Dialogue, Dialogue]], *, device: torch.device) -> PairBatch:
    """One row of all pairs.

    Raises: ValueError: two completions of a pair have different prompts.
    """
    if any(a.prompt != b.prompt for a, b in pairs):
        raise ValueError("the completions of a pair have different prompts: expected the same one")
    prompts = torch.tensor([len(a.prompt) for a, _ in pairs])
    a_lengths = torch.tensor([len(a.completion) for a, _ in pairs])
    b_lengths = torch.tensor([len(b.completion) for _, b in pairs])
    starts = (prompts + a_lengths + b_lengths).cumsum(0) - (prompts + a_lengths + b_lengths)
    ids = [i for a, b in pairs for i in (*a.prompt, *a.completion, *b.completion)]
    positions = [i for a, b in pairs for i in (*range(len(a)), *range(len(b.prompt), len(b)))]
    lengths = torch.stack([a_lengths, b_lengths], 1).flatten()
    behind = torch.stack([starts + prompts, starts + prompts + a_lengths], 1).flatten()
    completions, mask = _runs(behind, lengths)
    layout = _layout(starts, prompts, a_lengths, b_lengths)
    return PairBatch(
        ids=torch.tensor([ids]).to(device),
        positions=torch.tensor([positions]).to(device),
        completions=completions.to(device),
        mask=mask.to(device),
        layout=PairLayout(**{name: value.to(device) for name, value in layout.items()}),
    )


def _layout(starts: Tensor, prompts: Tensor, a_lengths: Tensor, b_lengths: Tensor) -> dict[str, Tensor]:
    """The fields of the layout, from each pair's start in the row and the lengths of its three parts. (N,)"""
    first, in_first = _runs(starts, prompts + a_lengths)
    queries, in_queries = _runs(starts + prompts + a_lengths, b_lengths)
    places = torch.arange(int((prompts + b_lengths).max()))
    second = torch.where(places < prompts[:, None], starts[:, None] + places, (starts + a_lengths)[:, None] + places)
    second = torch.where(places < (prompts + b_lengths)[:, None], second, 0)
    order = torch.arange(queries.shape[1])
    back = torch.empty(int((prompts + a_lengths + b_lengths).sum()), dtype=torch.long)
    back[first[in_first]] = in_first.flatten().nonzero().flatten()
    back[queries[in_queries]] = first.numel() + in_queries.flatten().nonzero().flatten()
    return {
        "first": first,
        "second": second,
        "queries": queries,
        "visible": (places <= (prompts[:, None] + order)[..., None])[:, None],
        "back": back,
    }


def _runs(starts: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Indices start, start + 1, … of each run (N, longest), 0 behind its end, and where there is one."""
    places = torch.arange(int(lengths.max()))
    inside = places < lengths[:, None]
    return torch.where(inside, starts[:, None] + places, 0), inside
