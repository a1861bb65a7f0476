"""Pools of prompts and completions, as a project's queue meets them, with a hidden gold reward. No torch here.

The heterogeneous pool is made like the pools of real projects, without a look at what any strategy likes:

- Topics have Zipf's frequencies: a few have hundreds of prompts, most have a handful. Prompts are written from words of
  their topic and words that all topics share; nobody is told the topics, and there are no tags.
- What people like is in part the same everywhere (style), in part a matter of the topic (content).
- On most prompts the policy has little to say: its completions are near-duplicates in style and content, of which some
  are broken. Such pairs are either clear or nearly ties. On the other prompts the completions differ in everything.
- Features are a rotation of style, content and brokenness, as activations are. A part of the gold reward is in none.

The homogeneous pool is one topic whose completions all differ in everything: no pair is redundant, none is rare.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

COMPLETIONS = 4
BROKEN_COST = 3.0  # standard deviations of the gold reward of what is whole: nineteen in twenty people see it


@dataclass(frozen=True)
class Shape:
    """What a pool is like. `redundant`: share of prompts whose completions are near-duplicates."""

    topics: int
    zipf: float
    style: int
    content: int
    redundant: float
    near: float = 0.2  # how far near-duplicates are apart, where others are 1 apart
    broken: float = 0.3  # share of near-duplicates that are broken
    unread: float = 0.3  # sd of the gold reward that no feature shows, over that of the rest


HETEROGENEOUS = Shape(topics=30, zipf=1.2, style=8, content=4, redundant=0.6)
HOMOGENEOUS = Shape(topics=1, zipf=1.0, style=20, content=0, redundant=0.0)


@dataclass(frozen=True)
class Pool:
    """P prompts with C completions each.

    texts, topics: of the prompts (P,). features (P, C, F). gold: in standard deviations over completions (P, C).
    characters: length of each completion (P, C).
    """

    texts: list[str]
    topics: npt.NDArray[np.int64]
    features: Array
    gold: Array
    characters: Array

    def rows(self, start: int, stop: int) -> "Pool":
        part = slice(start, stop)
        return Pool(self.texts[part], self.topics[part], self.features[part], self.gold[part], self.characters[part])


def draw_pool(shape: Shape, *, prompts: int, seed: int) -> Pool:
    """The first prompts of a pool are as good a sample of it as the last."""
    rng = np.random.default_rng(seed)
    shares = np.arange(1, shape.topics + 1) ** -shape.zipf
    topics = rng.choice(shape.topics, size=prompts, p=shares / shares.sum())
    style, content, unread, broken = _completions(shape, prompts, rng)
    likes = rng.normal(size=shape.style)
    topical = rng.normal(size=(shape.topics, shape.content))
    gold = style @ likes + np.einsum("pcq,pq->pc", content, topical[topics])
    spread = gold.std()
    gold += spread * (shape.unread * unread[..., 0] - BROKEN_COST * broken)
    blocks = np.zeros((prompts, COMPLETIONS, shape.topics, shape.content))
    blocks[np.arange(prompts), :, topics] = content
    read = np.concatenate([style, blocks.reshape(prompts, COMPLETIONS, -1), broken[..., None]], axis=2)
    rotation = np.linalg.qr(rng.normal(size=(read.shape[2], read.shape[2])))[0]
    return Pool(
        texts=[_text(int(topic), rng) for topic in topics],
        topics=topics.astype(np.int64),
        features=read @ rotation,
        gold=(gold - gold.mean()) / gold.std(),
        characters=np.round(rng.lognormal(5.5, 0.5, size=gold.shape)),
    )


def _completions(shape: Shape, prompts: int, rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """Style (P, C, S), content (P, C, Q), what is not read (P, C, 1) and brokenness (P, C) of each completion."""
    redundant = rng.random(prompts) < shape.redundant
    apart = np.where(redundant, shape.near, 1.0)[:, None, None]
    parts = []
    for size in (shape.style, shape.content, 1):
        common = rng.normal(size=(prompts, 1, size)) * redundant[:, None, None]
        parts.append(common + apart * rng.normal(size=(prompts, COMPLETIONS, size)))
    broken = (rng.random((prompts, COMPLETIONS)) < shape.broken) & redundant[:, None]
    return parts[0], parts[1], parts[2], broken.astype(np.float64)


def _text(topic: int, rng: np.random.Generator) -> str:
    """Six of the topic's twenty words among eight of the two hundred that all topics share."""
    words = [f"topic{topic}word{k}" for k in rng.choice(20, size=6, replace=False)]
    words += [f"word{k}" for k in rng.choice(200, size=8, replace=False)]
    return " ".join(words[k] for k in rng.permutation(len(words)))
