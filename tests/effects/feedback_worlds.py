"""Replies of the starter's grammar as the judge reads them, and people who compare, rank, rate and mark them.

Everybody feels a completion's gold reward with noise: logistic of scale 1 in a comparison or a rating, Gumbel noise in
a ranking (which makes its comparisons the same), half of it for one sentence. A sentence is worth what the gold
reward loses without it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import torch

from rlhf_backend.data.feedback import Aspects, Feedback, Pairs, Passages, Rankings, Ratings
from rlhf_backend.data.observations import standardised_by_rater
from rlhf_backend.models.features import FeatureReader, load_readout
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.models.passages import passage_features
from rlhf_backend.recipes.feedback_head import Evidence, fit_heads
from rlhf_backend.recipes.reward_objective import Objective
from rlhf_backend.simulation.gold import TASTES, gold_reward
from rlhf_backend.starter.grammar import Request, Style, draw_request, draw_style, write_reply
from rlhf_backend.types import Message

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

JUDGE = Path("rlhf_backend/starter/weights/judge")
THRESHOLD = 0.5
PRECISION = 1.0
RATERS = np.array([-0.8, -0.4, 0.0, 0.4, 0.8])
"""How mild each rater is."""


@dataclass(frozen=True)
class Pool:
    """Completions, `each` of one prompt after the other. features (N, F). gold: by taste (N,).

    sentences: of which completion (M,), their features (M, F), and what they add to the gold reward by taste (M,).
    """

    each: int
    features: torch.Tensor
    gold: dict[str, Array]
    sentences: Ints
    sentence_features: torch.Tensor
    worth: dict[str, Array]

    @property
    def prompts(self) -> int:
        return len(self.features) // self.each


Write = Callable[[Random, Request], list[str]]


def any_four(rng: Random, request: Request) -> list[str]:
    """Four replies of independent styles."""
    texts: list[str] = []
    while len(texts) < 4:
        text = write_reply(rng, request, draw_style(rng, request))
        texts += [text] if text not in texts else []
    return texts


def two_of_other_manner(rng: Random, request: Request) -> list[str]:
    """Two replies that differ in tone, confidence and rambling, not in substance."""
    styles = rng.sample([Style(t, c, r) for t in (-1, 0, 1) for c in (-1, 0, 1) for r in (False, True)], 2)
    return [write_reply(rng, request, style) for style in styles]


def four_of_other_substance(rng: Random, request: Request) -> list[str]:
    """Four replies in a plain manner that differ in details, topic, form and safety."""
    styles = [
        Style(is_specific=specific, is_on_topic=topic, is_list=listed, is_safe=rng.random() < 0.5)
        for specific in (False, True)
        for topic in (False, True)
        for listed in (False, True)
    ]
    return [write_reply(rng, request, style) for style in rng.sample(styles, 4)]


@cache
def pool(write: Write, prompts: int, seed: int) -> Pool:
    """Replies to requests of the grammar, read by the judge."""
    backbone = load_backbone(str(JUDGE), warn=lambda _: None, dtype=torch.float32)
    reader = FeatureReader(backbone, load_readout(JUDGE), 512)
    rng = Random(seed)
    asked: list[list[dict[str, str]]] = []
    texts: list[str] = []
    each = 0
    for _ in range(prompts):
        request = draw_request(rng)
        replies = write(rng, request)
        each = len(replies)
        texts += replies
        asked += [[{"role": "user", "content": request.text}]] * each
    dialogues = []
    for messages, text in zip(asked, texts, strict=True):
        dialogue = reader.encode([Message.model_validate(message) for message in messages], text)
        assert dialogue is not None
        dialogues.append(dialogue)
    cuts = [
        (i, *found.span())
        for i, text in enumerate(texts)
        for found in re.finditer(r"[^.!?\n]+[.!?\n]*", text)
        if len(found.group().strip()) > 8
    ]
    tokens = [reader.backbone.codec.completion_tokens(texts[i], start, end) for i, start, end in cuts]
    cuts, tokens = map(list, zip(*[(c, t) for c, t in zip(cuts, tokens, strict=True) if t is not None], strict=True))
    sentences = np.array([i for i, _, _ in cuts], dtype=np.int64)
    first, end = torch.tensor(tokens).T
    marked = Passages(torch.tensor(sentences), first, end, first >= 0, first, first)
    unit = len(reader.readout.names) ** -0.5
    gold = {
        name: np.array([gold_reward(taste, m, t) for m, t in zip(asked, texts, strict=True)])
        for name, taste in TASTES.items()
    }
    with torch.no_grad():
        return Pool(
            each=each,
            features=reader.read(dialogues).double() * unit,
            gold=gold,
            sentences=sentences,
            sentence_features=passage_features(reader, dialogues, marked).cpu().double() * unit,
            worth={
                name: np.array([
                    gold[name][i] - gold_reward(taste, asked[i], texts[i][:start] + texts[i][end:])
                    for i, start, end in cuts
                ])
                for name, taste in TASTES.items()
            },
        )  # fmt: skip


def compared(a: Ints, b: Ints, gold: Array, rng: np.random.Generator) -> Pairs:
    """Verdicts on completions a and b (m,); small felt differences are ties."""
    felt = gold[a] - gold[b] + rng.logistic(size=len(a))
    ties = np.abs(felt) < THRESHOLD / 2
    targets = np.where(ties, 0.5, (felt > 0).astype(float))
    zeros = torch.zeros(len(a), dtype=torch.float64)
    return Pairs(
        torch.from_numpy(a), torch.from_numpy(b), torch.from_numpy(a // 2), torch.from_numpy(targets),
        torch.from_numpy(ties), zeros, zeros + 1, zeros.long(),
    )  # fmt: skip


def rated(completions: Ints, gold: Array, rng: np.random.Generator, *, shuffled: bool = False) -> Ratings:
    """Ratings of completions (m,) on five points by five raters who are mild or stern."""
    rater = rng.integers(0, len(RATERS), size=len(completions))
    felt = gold[completions] + rng.logistic(size=len(completions)) + RATERS[rater]
    points = np.clip(np.round(3 + 0.8 * felt), 1, 5)
    values = standardised_by_rater(((points - 1) / 4).tolist(), rater.tolist())
    if shuffled:
        values = rng.permutation(values)
    weights = torch.full((len(completions),), 0.5, dtype=torch.float64)  # the default of the settings
    where = torch.from_numpy(completions)
    return Ratings(where, torch.from_numpy(values), where // 2, weights)


def ranked(completions: Ints, gold: Array, rng: np.random.Generator) -> Rankings:
    """Rankings of completions (m, k)."""
    felt = gold[completions] + rng.gumbel(size=completions.shape)
    ranks = (-felt).argsort(1).argsort(1) + 1
    rows = torch.from_numpy(completions[:, 0] // 2)
    return Rankings(torch.from_numpy(completions), torch.from_numpy(ranks), rows, torch.ones(len(ranks)).double())


def marked(
    there: Pool, taste: str, completions: Ints, rng: np.random.Generator, *, shuffled: bool = False
) -> tuple[Passages, torch.Tensor]:
    """In each completion that has several sentences the one that is felt most, and what it reads like. (M, F)"""
    felt = there.worth[taste] + 0.5 * rng.logistic(size=len(there.sentences))
    chosen = []
    for completion in completions:
        own = np.flatnonzero(there.sentences == completion)
        if len(own) > 1:
            chosen.append(own[np.abs(felt[own]).argmax()])
    at = np.array(chosen)
    good = felt[at] > 0
    good = rng.permutation(good) if shuffled else good
    where = torch.from_numpy(there.sentences[at])
    weights = torch.ones(len(at), dtype=torch.float64)
    return Passages(where, where, where, torch.from_numpy(good), where // 2, weights), there.sentence_features[at]


def fitted(
    features: torch.Tensor,
    *,
    pairs: Pairs | None = None,
    rankings: Rankings | None = None,
    ratings: Ratings | None = None,
    passages: tuple[Passages, torch.Tensor] | None = None,
) -> Array:
    """Weights (F,) of a linear head fitted to what was said of completions with these features (N, F)."""
    none, flags, numbers = torch.zeros(0).long(), torch.zeros(0).bool(), torch.zeros(0).double()
    whole = torch.zeros(0, 4).long()
    nothing = Passages(none, none, none, flags, none, numbers)
    feedback = Feedback(
        pairs=pairs or Pairs(none, none, none, numbers, flags, numbers, numbers, none),
        rankings=rankings or Rankings(whole, whole, none, numbers),
        ratings=ratings or Ratings(none, numbers, none, numbers),
        passages=passages[0] if passages else nothing,
        aspects=Aspects(none, none, none, none, numbers, flags, numbers, numbers),
        aspect_names=(),
        units=torch.arange(len(features) // 2),
        items=[],
    )
    read = passages[1] if passages else features[:0]
    objective = Objective("rao_kupper", THRESHOLD)
    evidence = Evidence(features, read, feedback, objective)
    weights: Array = fit_heads(evidence, precision=PRECISION).weight[0].numpy()
    return weights


def accuracy(weights: Array, there: Pool, taste: str) -> float:
    """Share of pairs of the same prompt that a head ranks as the gold reward does."""
    rewards = (there.features.numpy() @ weights).reshape(-1, there.each)
    gold = there.gold[taste].reshape(-1, there.each)
    i, j = np.triu_indices(there.each, 1)
    return float(np.mean((rewards[:, i] > rewards[:, j]) == (gold[:, i] > gold[:, j])))
