"""What marked passages add to the reward of their completion, as features: a reward is the sum of its tokens' rewards.

Where the readout pools by the mean, a token's reward is its share of that mean. Where it reads the last token, a
token's reward is by how much the reward of the text so far rises with it. Either way the rewards of all tokens of a
completion sum to the completion's, the latter but for where the prompt had left it.
Source: passage-level feedback, Wu et al. 2023, arXiv:2306.01693; values of prefixes as a potential, Ng, Harada &
Russell 1999.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue, DialogueBatch, collate, length_buckets
from rlhf_backend.data.feedback import Passages
from rlhf_backend.models.device import autocast, device, tokens_per_forward
from rlhf_backend.models.features import FeatureReader


def passage_features(reader: FeatureReader, dialogues: Sequence[Dialogue], passages: Passages) -> Tensor:
    """Features of each passage, on the device, with gradients if these are enabled: times a head, its reward. (m, F)

    `passages.completions` are places in `dialogues`.
    """
    found = torch.zeros(len(passages.rows), len(reader.readout.names), device=device())
    marked = sorted(set(passages.completions.tolist()))
    for index in length_buckets([len(dialogues[place]) for place in marked], tokens=tokens_per_forward()):
        places = [marked[i] for i in index]
        batch = collate([dialogues[i] for i in places], pad_id=reader.backbone.codec.pad_id, device=device())
        with reader.in_force(), autocast():
            hidden = reader.backbone.network(input_ids=batch.ids, use_cache=False).last_hidden_state
        row_of = {place: row for row, place in enumerate(places)}
        here = [m for m, completion in enumerate(passages.completions.tolist()) if completion in row_of]
        rows = torch.tensor([row_of[int(passages.completions[m])] for m in here], device=device())
        first, end = passages.first[here].to(device()), passages.end[here].to(device())
        found = found.index_put((torch.tensor(here, device=device()),), _read(reader, hidden, batch, rows, first, end))
    return found


def _read(
    reader: FeatureReader, hidden: Tensor, batch: DialogueBatch, rows: Tensor, first: Tensor, end: Tensor
) -> Tensor:
    """Features of tokens first … end − 1 of the completions in these rows of the batch. (m, F)"""
    places = torch.arange(hidden.shape[1], device=hidden.device)
    begin, stop = batch.prompt_lengths[rows] + first, batch.prompt_lengths[rows] + end
    until, before = places < stop[:, None], places < begin[:, None]
    if reader.readout.pooling == "last":
        return reader.readout(hidden[rows], until) - reader.readout(hidden[rows], before)
    tokens = batch.lengths[rows] - batch.prompt_lengths[rows]
    return reader.readout(hidden[rows], until & ~before) * ((end - first) / tokens)[:, None]
