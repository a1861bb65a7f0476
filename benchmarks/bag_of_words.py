"""A baseline that knows no order of words: logistic regression on differences of word counts, cross-validated."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, log_expit

from rlhf_backend.data.preferences import group_folds
from rlhf_backend.types import ComparisonRow

VOCABULARY = 20_000
_WORD = re.compile(r"\w+|[^\w\s]")
_PRECISION = 10.0


def bag_of_words_differences(
    rows: Sequence[ComparisonRow], groups: npt.NDArray[np.int64], *, folds: int = 5, seed: int = 0
) -> npt.NDArray[np.float64]:
    """Reward of a minus that of b by a fit that saw nothing of the prompt. (n,)"""
    a, b = (_counts(rows, side) for side in "ab")
    wins = np.array([row.verdict == "a" for row in rows])
    fold_of = group_folds(groups, folds=folds, seed=seed)
    differences = np.zeros(len(rows))
    for fold in range(fold_of.max() + 1):
        train, test = fold_of != fold, fold_of == fold
        vocabulary = _vocabulary([counts for counts, kept in zip([*a, *b], [*train, *train], strict=True) if kept])
        x = _matrix(a, vocabulary) - _matrix(b, vocabulary)
        differences[test] = x[test] @ _fit(x[train], wins[train])
    return differences


def _counts(rows: Sequence[ComparisonRow], side: str) -> list[Counter[str]]:
    return [Counter(_WORD.findall(getattr(row, f"completion_{side}").lower())) for row in rows]


def _vocabulary(texts: Sequence[Counter[str]]) -> dict[str, int]:
    found = Counter(word for counts in texts for word in counts)
    return {word: i for i, (word, n) in enumerate(found.most_common(VOCABULARY)) if n > 1}


def _matrix(texts: Sequence[Counter[str]], vocabulary: dict[str, int]) -> csr_matrix:
    cells = [
        (row, vocabulary[word], np.log1p(n))
        for row, counts in enumerate(texts)
        for word, n in counts.items()
        if word in vocabulary
    ]
    places, words, values = zip(*cells, strict=True)
    return csr_matrix((values, (places, words)), shape=(len(texts), len(vocabulary)))


def _fit(x: csr_matrix, wins: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    sign = np.where(wins, 1.0, -1.0)

    def value_and_slope(weight: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        lead = sign * (x @ weight)
        slope = -x.T @ (sign * expit(-lead)) + _PRECISION * weight
        return float(-log_expit(lead).sum() + _PRECISION / 2 * weight @ weight), slope

    found: npt.NDArray[np.float64] = minimize(value_and_slope, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    return found
