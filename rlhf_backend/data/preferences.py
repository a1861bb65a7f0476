"""Comparisons that can be learned from, and why the others cannot."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rlhf_backend.types import ComparisonRow

_TARGETS = {"a": 1.0, "b": 0.0, "tie": 0.5, "both_bad": 0.5, "both_good": 0.5}


@dataclass(frozen=True)
class Preferences:
    """Usable comparisons as arrays; row i is `rows[i]`.

    targets: 1 for a, 0 for b, .5 for a tie, both_good and both_bad. margins: how far the better reward must lead.
    groups: the same number for the same prompt, whatever its completions.
    """

    rows: list[ComparisonRow]
    targets: npt.NDArray[np.float64]
    margins: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def decided(self) -> npt.NDArray[np.bool_]:
        decided: npt.NDArray[np.bool_] = self.targets != 0.5
        return decided

    @property
    def units(self) -> npt.NDArray[np.int64]:
        """The same number, from 0, for rows of one preference: the pairs of a ranking, the halves of a soft label."""
        numbers: dict[int, int] = {}
        return np.array([numbers.setdefault(row.id, len(numbers)) for row in self.rows], dtype=np.int64)

    def subset(self, index: Sequence[int]) -> "Preferences":
        """The preferences of these rows, in this order."""
        at = np.asarray(index, dtype=np.intp)
        return Preferences(
            rows=[self.rows[i] for i in at],
            targets=self.targets[at],
            margins=self.margins[at],
            weights=self.weights[at],
            groups=self.groups[at],
        )


def usable_preferences(
    rows: Sequence[ComparisonRow], *, margin_per_strength: float
) -> tuple[Preferences, Counter[str]]:
    """The comparisons that say something about a reward, and reason → number of those left out."""
    excluded: Counter[str] = Counter()
    kept = []
    for row in rows:
        reason = _exclusion(row)
        if reason is None:
            kept.append(row)
        else:
            excluded[reason] += 1
    targets = np.array([_TARGETS[row.verdict] for row in kept], dtype=np.float64)
    strengths = np.array([row.strength - 1 for row in kept], dtype=np.float64)
    numbers: dict[str, int] = {}
    groups = [numbers.setdefault(_prompt_key(row), len(numbers)) for row in kept]
    preferences = Preferences(
        rows=kept,
        targets=targets,
        margins=np.where(targets == 0.5, 0.0, margin_per_strength * strengths),
        weights=np.array([row.weight for row in kept], dtype=np.float64),
        groups=np.array(groups, dtype=np.int64),
    )
    return preferences, excluded


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


def _prompt_key(row: ComparisonRow) -> str:
    text = "\x1e".join(f"{m.role}\x1f{' '.join(m.content.split())}" for m in row.prompt)
    return hashlib.sha256(text.encode()).hexdigest()
