"""Comparisons that can be learned from, and why the others cannot."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rlhf_backend.types import ComparisonRow, Message, PreferenceDetailsRow

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_SAYS = {"a": 1.0, "b": 0.0, "tie": 0.5, "both_bad": 0.5, "both_good": 0.5}


@dataclass(frozen=True)
class Preferences:
    """Usable comparisons as arrays; row i is `rows[i]`.

    targets: P(a better) to train on, anywhere in [0, 1]; at first what the verdict says. ties: verdicts that neither
    is better (tie, both_good, both_bad), of target .5; a target of .5 without it is a coin flip between a and b.
    margins: how far the better reward must lead. groups: the same number for the same prompt, whatever its completions.
    details: what else is known, None where nothing is. given: False where a model labeled the pair, not a person.
    """

    rows: list[ComparisonRow]
    targets: Array
    ties: Flags
    margins: Array
    weights: Array
    groups: npt.NDArray[np.int64]
    details: list[PreferenceDetailsRow | None]
    given: Flags

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def decided(self) -> Flags:
        return ~self.ties

    @property
    def said(self) -> Array:
        """The verdicts as they were given, whatever `targets` became of them: 1 for a, 0 for b, .5 for a tie. (n,)"""
        return np.array([_SAYS[row.verdict] for row in self.rows], dtype=np.float64)

    @property
    def given_weights(self) -> Array:
        """The weights that the rows came with, whatever `weights` became of them. (n,)"""
        return np.array([row.weight for row in self.rows], dtype=np.float64)

    @property
    def units(self) -> npt.NDArray[np.int64]:
        """The same number, from 0, for rows of one preference: the pairs of a ranking, the halves of a soft label."""
        numbers: dict[int, int] = {}
        return np.array([numbers.setdefault(row.id, len(numbers)) for row in self.rows], dtype=np.int64)

    @property
    def independent_weights(self) -> Array:
        """The weights, less what verdicts on the same completions have in common: `independent_weights`. (n,)"""
        numbers: dict[tuple[int, str], int] = {}
        seen = [
            (
                numbers.setdefault((group, row.completion_a), len(numbers)),
                numbers.setdefault((group, row.completion_b), len(numbers)),
            )
            for group, row in zip(self.groups.tolist(), self.rows, strict=True)
        ]
        return independent_weights(self.weights, self.groups, np.array(seen, dtype=np.int64).reshape(-1, 2))

    def subset(self, index: Sequence[int] | npt.NDArray[np.intp]) -> "Preferences":
        """The preferences of these rows, in this order."""
        at = np.asarray(index, dtype=np.intp)
        return Preferences(
            rows=[self.rows[i] for i in at],
            targets=self.targets[at],
            ties=self.ties[at],
            margins=self.margins[at],
            weights=self.weights[at],
            groups=self.groups[at],
            details=[self.details[i] for i in at],
            given=self.given[at],
        )

    def with_labeled(self, rows: Sequence[ComparisonRow], targets: Array) -> "Preferences":
        """These and rows that a model labeled: decided, without margin, P(a better) as `targets` (m,) says."""
        count, everything = len(rows), [*self.rows, *rows]
        return Preferences(
            rows=everything,
            targets=np.r_[self.targets, targets],
            ties=np.r_[self.ties, np.zeros(count, dtype=np.bool_)],
            margins=np.r_[self.margins, np.zeros(count)],
            weights=np.r_[self.weights, [row.weight for row in rows]],
            groups=_groups(everything),
            details=[*self.details, *[None] * count],
            given=np.r_[self.given, np.zeros(count, dtype=np.bool_)],
        )


def usable_preferences(
    rows: Sequence[ComparisonRow],
    *,
    margin_per_strength: float,
    details: Mapping[int, PreferenceDetailsRow] | None = None,
    edit_weight: float = 1.0,
) -> tuple[Preferences, Counter[str]]:
    """The comparisons that say something about a reward, and reason → number of those left out.

    Args:
        details: by preference id.
        edit_weight: what a correction weighs against a verdict, in training; figures count it like any other.
    """
    excluded: Counter[str] = Counter()
    kept = []
    for row in rows:
        reason = _exclusion(row)
        if reason is None:
            kept.append(row)
        else:
            excluded[reason] += 1
    targets = np.array([_SAYS[row.verdict] for row in kept], dtype=np.float64)
    strengths = np.array([row.strength - 1 for row in kept], dtype=np.float64)
    ties: Flags = targets == 0.5
    known = [(details or {}).get(row.id) for row in kept]
    edits = np.array([detail is not None and detail.is_edit for detail in known], dtype=np.bool_)
    preferences = Preferences(
        rows=kept,
        targets=targets,
        ties=ties,
        margins=np.where(ties, 0.0, margin_per_strength * strengths),
        weights=np.array([row.weight for row in kept], dtype=np.float64) * np.where(edits, edit_weight, 1.0),
        groups=_groups(kept),
        details=known,
        given=np.ones(len(kept), dtype=np.bool_),
    )
    return preferences, excluded


def independent_weights(weights: Array, prompts: npt.NDArray[np.int64], pairs: npt.NDArray[np.int64]) -> Array:
    """The weights (n,), of which a prompt with k completions keeps k − 1 at most: the comparisons that order them.

    What the features of a completion do not say is in every verdict on it, so further verdicts on the same completions
    tell ever less of what the features are worth.

    Args:
        prompts: the same number for the same prompt (n,). pairs: for the same completion of a prompt (n, 2).
    """
    _, prompt = np.unique(prompts, return_inverse=True)
    of_completion = np.unique(np.c_[np.repeat(prompt, 2), pairs.ravel()], axis=0)[:, 0]
    needed, given = np.bincount(of_completion) - 1, np.bincount(prompt, weights)
    scaled: Array = weights * (needed / np.maximum(given, needed))[prompt]
    return scaled


def group_folds(groups: npt.NDArray[np.int64], *, folds: int, seed: int) -> npt.NDArray[np.int64]:
    """A fold for each row, such that rows of one group share it and folds are of similar size. (n,) → (n,)

    At most as many folds as groups are used.
    """
    names, sizes = np.unique(groups, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled = np.zeros(min(folds, len(names)), dtype=np.int64)
    fold_of = np.empty(len(names), dtype=np.int64)
    for group in order:
        fold_of[group] = filled.argmin()
        filled[fold_of[group]] += sizes[group]
    result: npt.NDArray[np.int64] = fold_of[np.searchsorted(names, groups)]
    return result


def _exclusion(row: ComparisonRow) -> str | None:
    if not row.completion_a.strip() or not row.completion_b.strip():
        return "empty completion"
    if row.completion_a == row.completion_b:
        return "identical completions"
    if not any(message.content.strip() for message in row.prompt):
        return "empty prompt"
    if row.weight == 0:
        return "weight 0"
    return None


def _groups(rows: Sequence[ComparisonRow]) -> npt.NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(prompt_key(row.prompt), len(numbers)) for row in rows], dtype=np.int64)


def prompt_key(prompt: Sequence[Message]) -> str:
    """The same hexadecimal digits for prompts that differ in white space only."""
    text = "\x1e".join(f"{m.role}\x1f{' '.join(m.content.split())}" for m in prompt)
    return hashlib.sha256(text.encode()).hexdigest()
