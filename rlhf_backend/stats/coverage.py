"""Which parts of the pool of prompts have been labeled, and how much: neighbors by words and tags."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

Array = npt.NDArray[np.float64]

NEAR = 0.3
"""Cosine from which two prompts are neighbors."""
_READ = 2000  # characters of a prompt that are read
_CHUNK = 256  # prompts whose neighbors are looked up at once
# Scripts without spaces between words are read character by character.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """A prompt as the queue knows it; `verdicts` are those given so far, `in_pool` says that it may be asked about."""

    prompt_id: int
    text: str = ""
    tags: tuple[str, ...] = ()
    verdicts: int = 0
    in_pool: bool = True


class Coverage:
    """Verdicts in the neighborhood of each of n prompts.

    A prompt's neighborhood is itself (1) and every prompt within `NEAR`, each counting by its cosine. Half of the
    cosine is of words (TF-IDF), half of tags; of words alone where a prompt has no tags.
    """

    def __init__(self, facts: Sequence[PromptFacts]) -> None:
        self._vectors = _vectors(facts)
        self._places = {fact.prompt_id: place for place, fact in enumerate(facts)}
        self.characters: Array = np.array([len(fact.text) for fact in facts], dtype=np.float64)
        pool = np.array([fact.in_pool for fact in facts], dtype=np.float64)
        verdicts = np.array([fact.verdicts for fact in facts], dtype=np.float64)
        sums = self._sums(np.stack([pool, verdicts], axis=1))
        self.density: Array = sums[:, 0]
        """Prompts of the pool in each neighborhood. (n,)"""
        self.labeled: Array = sums[:, 1]
        """Verdicts in each neighborhood. (n,)"""

    def places(self, prompt_ids: Sequence[int]) -> npt.NDArray[np.intp]:
        """Row of each prompt. Raises: KeyError: it is not among the facts."""
        return np.array([self._places[prompt_id] for prompt_id in prompt_ids], dtype=np.intp)

    def deficits(self, labeled: Array | None = None) -> Array:
        """How many prompts of the pool each verdict nearby stands for, one more verdict counted. (n,)

        High for prompts whose like are many and unlabeled. Weighted by density, so that one odd prompt does not count
        as much as a topic that many ask about.
        Source: information density, Settles & Craven 2008, EMNLP. Differs: divided by the labels already there.
        """
        result: Array = self.density / (1 + (self.labeled if labeled is None else labeled))
        return result

    def verdicts_near(self, places: npt.NDArray[np.intp]) -> Array:
        """What `labeled` grows by when each of these prompts gets a verdict. (n,)"""
        rows, counts = np.unique(places, return_counts=True)
        grown: Array = self._near(rows).T @ counts.astype(np.float64)
        return grown

    def _sums(self, values: Array) -> Array:
        """Sum of `values` (n, V) over each prompt's neighborhood. (n, V)"""
        chunks = [np.arange(start, min(start + _CHUNK, len(values))) for start in range(0, len(values), _CHUNK)]
        parts = [self._near(rows) @ values for rows in chunks]
        return np.concatenate(parts) if parts else values

    def _near(self, rows: npt.NDArray[np.intp]) -> csr_array:
        """Cosine of the prompts in `rows` with all that are near, 1 with themselves. (R, n)"""
        cosines = csr_array(self._vectors[rows] @ self._vectors.T)
        cosines.data[cosines.data < NEAR] = 0.0
        own = csr_array((np.ones(len(rows)), (np.arange(len(rows)), rows)), shape=cosines.shape)
        return csr_array(cosines - cosines.multiply(own) + own)


def _vectors(facts: Sequence[PromptFacts]) -> csr_array:
    """Unit vectors of the prompts' words and tags; a prompt without either has none. (n, V)"""
    words = _columns([_words(fact.text) for fact in facts])
    frequency = np.bincount(words.indices, minlength=words.shape[1])
    words.data = (1 + np.log(words.data)) * (1 + np.log((1 + len(facts)) / (1 + frequency)))[words.indices]
    tags = _columns([list(fact.tags) for fact in facts])
    tagged = np.array([bool(fact.tags) for fact in facts])
    both = [_unit(words, np.where(tagged, 0.5, 1.0)), _unit(tags, np.full(len(facts), 0.5))]
    return csr_array(hstack(both, format="csr"))


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:_READ].lower())


def _columns(documents: list[list[str]]) -> csr_array:
    """Counts of each word in each document. (n, V)"""
    vocabulary: dict[str, int] = {}
    columns = [vocabulary.setdefault(word, len(vocabulary)) for words in documents for word in words]
    starts = np.concatenate([[0], np.cumsum([len(words) for words in documents])]).astype(np.int64)
    shape = (len(documents), max(len(vocabulary), 1))
    counts = csr_array((np.ones(len(columns)), np.array(columns, dtype=np.int64), starts), shape=shape)
    counts.sum_duplicates()
    return counts


def _unit(rows: csr_array, share: Array) -> csr_array:
    """Rows of squared length `share`; empty rows stay empty."""
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    scale = np.sqrt(share) / np.where(lengths > 0, lengths, 1.0)
    rows = rows.copy()
    rows.data = rows.data * np.repeat(scale, np.diff(rows.indptr))
    return rows
