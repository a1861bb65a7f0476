"""Prompts with completions as token ids, and right-padded batches of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Token ids of a prompt, up to where the completion begins, and of the completion."""

    prompt: list[int]
    completion: list[int]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.completion)


@dataclass(frozen=True)
class DialogueBatch:
    """Rows [prompt, completion, padding]; causal models need no mask for padding on the right.

    ids (B, S); prompt_lengths and lengths, of prompt and of both, (B,).
    """

    ids: Tensor
    prompt_lengths: Tensor
    lengths: Tensor


def collate(dialogues: Sequence[Dialogue], *, pad_id: int, device: torch.device) -> DialogueBatch:
    """One right-padded batch as wide as its longest dialogue."""
    width = max(len(d) for d in dialogues)
    ids = torch.tensor([[*d.prompt, *d.completion, *[pad_id] * (width - len(d))] for d in dialogues])
    prompt_lengths = torch.tensor([len(d.prompt) for d in dialogues])
    lengths = torch.tensor([len(d) for d in dialogues])
    return DialogueBatch(ids.to(device), prompt_lengths.to(device), lengths.to(device))


def length_buckets(lengths: Sequence[int], *, tokens: int) -> Iterator[list[int]]:
    """Indices in batches of similar length, each of at most `tokens` positions with its padding.

    One dialogue alone may be longer. The longest come first, so that a lack of memory shows at once.
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) + 1) * lengths[batch[0]] > tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
