"""Completions of one prompt behind it: it is encoded once for all of them, and nothing is padded.

All prompts of a batch stand in one row, prompt, a, b, prompt, a, b, …; layers that treat each token for itself see no
padding at all. Only attention takes them apart again, by the indices kept here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue


@dataclass(frozen=True)
class SharedLayout:
    """Where attention finds the tokens of N prompts and their completions among the T of the row; of padding it is 0.

    first (N, S): each prompt with its first completion, causal in themselves. rest (M, U): the prompt again, with each
    completion after the first. queries (M, V): that completion alone, whose token j sees `visible` (M, 1, V, U) of the
    rest. back (T,): each token's place in the N·S of the first, then the M·V of the queries.
    """

    first: Tensor
    rest: Tensor
    queries: Tensor
    visible: Tensor
    back: Tensor


@dataclass(frozen=True)
class SharedBatch:
    """ids and positions (1, T), in which every completion counts on from its prompt; `completions` and `mask` (C, W):
    the tokens of each completion in turn, True where there is one; `predictors` (C, W): the token before each of them.
    """

    ids: Tensor
    positions: Tensor
    completions: Tensor
    predictors: Tensor
    mask: Tensor
    layout: SharedLayout


def tokens_shared(group: Sequence[Dialogue]) -> int:
    """Tokens of the completions of one prompt, the prompt counted once."""
    return len(group[0].prompt) + sum(len(dialogue.completion) for dialogue in group)


def prompt_groups(dialogues: Sequence[Dialogue], *, tokens: int) -> Iterator[list[list[int]]]:
    """Indices of dialogues by prompt, in batches of at most `tokens` positions, those of the longest dialogues first.

    Completions that take more together are parted, each part with the prompt; one dialogue alone may be longer.
    """
    of_prompt: dict[tuple[int, ...], list[int]] = {}
    for i, dialogue in enumerate(dialogues):
        of_prompt.setdefault(tuple(dialogue.prompt), []).append(i)
    parts = [part for group in of_prompt.values() for part in _parted(group, dialogues, tokens=tokens)]
    parts.sort(key=lambda part: -max(len(dialogues[i]) for i in part))
    batch: list[list[int]] = []
    filled = 0
    for part in parts:
        size = tokens_shared([dialogues[i] for i in part])
        if batch and filled + size > tokens:
            yield batch
            batch, filled = [], 0
        batch.append(part)
        filled += size
    if batch:
        yield batch


def _parted(group: Sequence[int], dialogues: Sequence[Dialogue], *, tokens: int) -> Iterator[list[int]]:
    part: list[int] = []
    filled = 0
    for i in group:
        completion = len(dialogues[i].completion)
        if part and filled + completion > tokens:
            yield part
            part = []
        filled = completion + (filled if part else len(dialogues[i].prompt))
        part.append(i)
    yield part


def collate_shared(groups: Sequence[Sequence[Dialogue]], *, device: torch.device) -> SharedBatch:
    """One row of all groups, each the completions of one prompt.

    Raises: ValueError: the completions of a group have different prompts, or a prompt has no token.
    """
    if any(dialogue.prompt != group[0].prompt for group in groups for dialogue in group):
        raise ValueError("the completions of a group have different prompts: expected the same one")
    prompts = torch.tensor([len(group[0].prompt) for group in groups])
    if (prompts < 1).any():
        raise ValueError("a prompt without tokens predicts nothing: expected at least one token")
    sizes = torch.tensor([len(group) for group in groups])
    lengths = torch.tensor([len(dialogue.completion) for group in groups for dialogue in group])
    totals = torch.tensor([tokens_shared(group) for group in groups])
    starts = totals.cumsum(0) - totals
    is_first = torch.zeros(len(lengths), dtype=torch.bool)
    is_first[sizes.cumsum(0) - sizes] = True
    # In the row only prompts stand between the completions.
    owner = torch.arange(len(groups)).repeat_interleave(sizes)
    begins = prompts.cumsum(0)[owner] + lengths.cumsum(0) - lengths
    completions, mask = _runs(begins, lengths)
    prompt_ends = (starts + prompts - 1)[owner][:, None]
    predictors = torch.where(mask, torch.cat([prompt_ends, completions[:, :-1]], 1), 0)
    layout = _layout(starts, prompts, begins, lengths, owner, is_first)
    ids = [i for group in groups for part in (group[0].prompt, *(d.completion for d in group)) for i in part]
    positions = [
        i
        for group in groups
        for part in (range(len(group[0].prompt)), *(range(len(d.prompt), len(d)) for d in group))
        for i in part
    ]
    return SharedBatch(
        ids=torch.tensor([ids]).to(device),
        positions=torch.tensor([positions]).to(device),
        completions=completions.to(device),
        predictors=predictors.to(device),
        mask=mask.to(device),
        layout=SharedLayout(**{name: value.to(device) for name, value in layout.items()}),
    )


def _layout(
    starts: Tensor, prompts: Tensor, begins: Tensor, lengths: Tensor, owner: Tensor, is_first: Tensor
) -> dict[str, Tensor]:
    """The fields of the layout. starts, prompts: where prompts begin and how long they are (N,); begins, lengths: the
    same of completions, owner: their prompt, is_first: whether they stand right behind it (C,).
    """
    first, in_first = _runs(starts, prompts + lengths[is_first])
    rest_begins, rest_lengths, rest_owner = begins[~is_first], lengths[~is_first], owner[~is_first]
    queries, in_queries = _runs(rest_begins, rest_lengths)
    seen = prompts[rest_owner][:, None]
    places = torch.arange(int((seen[:, 0] + rest_lengths).max()) if len(rest_owner) else 0)
    rest = torch.where(places < seen, starts[rest_owner][:, None] + places, rest_begins[:, None] + places - seen)
    rest = torch.where(places < seen + rest_lengths[:, None], rest, 0)
    back = torch.empty(int(prompts.sum() + lengths.sum()), dtype=torch.long)
    back[first[in_first]] = in_first.flatten().nonzero().flatten()
    back[queries[in_queries]] = first.numel() + in_queries.flatten().nonzero().flatten()
    return {
        "first": first,
        "rest": rest,
        "queries": queries,
        "visible": (places <= (seen + torch.arange(queries.shape[1]))[..., None])[:, None],
        "back": back,
    }


def _runs(starts: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Indices start, start + 1, … of each run (N, longest), 0 behind its end, and where there is one."""
    places = torch.arange(int(lengths.max()) if len(lengths) else 0)
    inside = places < lengths[:, None]
    return torch.where(inside, starts[:, None] + places, 0), inside
