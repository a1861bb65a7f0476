"""Completions that may be shown, the pairs and sets made of them, and what is believed of their rewards."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from rlhf_backend.stats.acquisition import Array, Beliefs

Ints = npt.NDArray[np.intp]
_DRAWS = 16  # guesses of a reward of which only mean and spread are known


@dataclass(frozen=True, slots=True)
class Candidate:
    """A completion that may be shown; reward and its spread in the units of the reward model.

    `head_rewards` (one reward for each head of the ensemble, in the heads' order) sharpens the disagreement of a pair:
    heads err alike on both completions, which means and standard deviations cannot tell.
    """

    prompt_id: int
    completion_id: int
    reward: float | None
    reward_sd: float | None
    head_rewards: tuple[float, ...] | None = None
    characters: int = 0
    is_anchor: bool = False  # written by the reference policy


def heads_to_bytes(rewards: Sequence[float]) -> bytes:
    """Rewards as float16, little endian: a thousandth of a reward is all that a choice of pairs needs."""
    limit = float(np.finfo(np.float16).max)
    return np.clip(rewards, -limit, limit).astype("<f2").tobytes()


def heads_from_bytes(stored: bytes) -> tuple[float, ...]:
    return tuple(np.frombuffer(stored, dtype="<f2").astype(np.float64).tolist())


Unit = tuple[Candidate, ...]
"""Completions of one prompt that would be shown together."""


def by_prompt(candidates: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    groups: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.prompt_id, []).append(candidate)
    return groups


def all_pairs(candidates: Sequence[Candidate]) -> list[Unit]:
    """Every pair of completions of one prompt."""
    return [pair for group in by_prompt(candidates).values() for pair in combinations(group, 2)]


def anchored_pairs(candidates: Sequence[Candidate]) -> list[Unit]:
    """Every pair of a completion by the policy and one by the reference, of one prompt."""
    return [pair for pair in all_pairs(candidates) if pair[0].is_anchor != pair[1].is_anchor]


def dealt(candidates: Sequence[Candidate], size: int, rng: np.random.Generator) -> list[Unit]:
    """Disjoint sets of up to `size` completions of one prompt, dealt at random; one left alone is in no set."""
    sets: list[Unit] = []
    for group in by_prompt(candidates).values():
        shuffled = [group[i] for i in rng.permutation(len(group))]
        sets += [tuple(shuffled[start : start + size]) for start in range(0, len(shuffled), size)]
    return [members for members in sets if len(members) > 1]


def has_rewards(unit: Unit) -> bool:
    return all(candidate.reward is not None for candidate in unit)


def guesses(candidates: Sequence[Candidate], rng: np.random.Generator) -> Array:
    """Equally likely rewards of each candidate: the heads' own, else draws from N(reward, sd²). (C, K)"""
    if _share_heads(candidates):
        return np.array([candidate.head_rewards for candidate in candidates], dtype=np.float64)
    means = np.array([np.nan if c.reward is None else c.reward for c in candidates], dtype=np.float64)
    sds = np.array([c.reward_sd or 0.0 for c in candidates], dtype=np.float64)
    return means[:, None] + sds[:, None] * rng.normal(size=(len(means), _DRAWS))


def pair_beliefs(units: Sequence[Unit]) -> tuple[Beliefs, Ints]:
    """What is believed of each pair within each unit, and the unit that each pair belongs to. (R, Q), (R,)

    By the heads where all candidates have the same number of them, else by means and spreads, as if independent.
    """
    pairs = [(place, a, b) for place, unit in enumerate(units) for a, b in combinations(unit, 2)]
    owners = np.array([place for place, _, _ in pairs], dtype=np.intp)
    firsts, seconds = [a for _, a, _ in pairs], [b for _, _, b in pairs]
    if pairs and _share_heads([*firsts, *seconds]):
        heads = [np.array([c.head_rewards for c in side], dtype=np.float64) for side in (firsts, seconds)]
        return Beliefs.of_heads(heads[0] - heads[1]), owners
    means = [np.array([np.nan if c.reward is None else c.reward for c in side]) for side in (firsts, seconds)]
    sds = [np.array([c.reward_sd or 0.0 for c in side]) for side in (firsts, seconds)]
    return Beliefs.normal(means[0] - means[1], np.hypot(sds[0], sds[1])), owners


def _share_heads(candidates: Sequence[Candidate]) -> bool:
    counts = {len(candidate.head_rewards or ()) for candidate in candidates}
    return len(counts) == 1 and 0 not in counts
