"""Signs that a labeler does not read, or no longer does: haste, the same side over and over, decline in a session."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from rlhf_backend.stats.estimate import Estimate, Undefined
from rlhf_backend.types import Interval

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

READING_CHARACTERS_PER_SECOND = 100.0
"""About 1,000 words a minute. Readers manage 200 to 400; beyond, understanding falls (Rayner et al. 2016, Psychological
Science in the Public Interest 17:4)."""
DECIDING_SECONDS = 0.5
HASTE = 1 / 3
"""A verdict in less than this part of the time that reading at full speed, or that others, would take is too fast."""
PAUSE_HOURS = 0.5
"""A session ends when this long passes without a verdict."""
SHORTEST_SPREAD_HOURS = 0.1
"""Standard deviation of the times within sessions below which an hour's change would be a guess: about 20 minutes."""


def pace(seconds: Array, characters: Array) -> Array:
    """Time taken as a multiple of what a fast reader needs for that much text and a decision. (n,)"""
    multiple: Array = seconds / (DECIDING_SECONDS + characters / READING_CHARACTERS_PER_SECOND)
    return multiple


def hasty(paces: Array, *, others: float | None) -> npt.NDArray[np.bool_]:
    """True for verdicts too fast to have been read; `others` is the median pace of the other labelers. (n,)

    Where others are faster than the fast reader (long texts are told apart by their beginnings), they set the measure.
    """
    fast: npt.NDArray[np.bool_] = paces < HASTE * min(1.0, 1.0 if others is None else others)
    return fast


@dataclass(frozen=True, slots=True)
class Run:
    """The longest run of one side among n verdicts: where it starts, how long it is, and how likely chance is to make
    one at least as long."""

    start: int
    length: int
    n: int
    probability: float


def longest_run(sides: npt.NDArray[np.bool_]) -> Run:
    """Of sides in the order in which they were taken; shown sides are random, so each is a toss of a fair coin."""
    n = len(sides)
    if n == 0:
        return Run(0, 0, 0, 1.0)
    starts = np.concatenate([[0], np.flatnonzero(sides[1:] != sides[:-1]) + 1])
    lengths = np.diff(np.concatenate([starts, [n]]))
    longest = int(lengths.argmax())
    length = int(lengths[longest])
    return Run(int(starts[longest]), length, n, run_probability(n, length))


def run_probability(n: int, length: int) -> float:
    """Probability that n tosses of a fair coin hold a run of at least `length` heads or of as many tails.

    Source: Schilling 1990, The College Mathematics Journal 21:196: a run of r equal tosses is one of r − 1 repetitions
    among the n − 1 pairs of neighbours.
    """
    if length <= 1:
        return 1.0 if n >= length else 0.0
    if length > n:
        return 0.0
    repetitions = length - 1
    # within[m]: probability that m pairs of neighbours hold no run of that many repetitions.
    within = np.ones(n)
    for m in range(repetitions, n):
        ended_by = within[m - repetitions - 1] if m > repetitions else 1.0
        within[m] = within[m - 1] - ended_by * 0.5 ** (repetitions + (1 if m > repetitions else 0))
    return float(min(1.0, max(0.0, 1 - within[n - 1])))


def session_numbers(hours: Array) -> Ints:
    """Which session each verdict belongs to, 0 for the first; `hours` in ascending order. (n,)"""
    new = np.diff(hours, prepend=hours[:1]) > PAUSE_HOURS
    return np.cumsum(new).astype(np.int64)


def session_trend(hours: Array, outcomes: Array, *, confidence: float = 0.95) -> Estimate:
    """How much the outcome changes with each hour of work within a session; `hours` in ascending order. (n,) each

    Ordinary least squares with a level of its own for each session, so that better and worse days do not count;
    standard errors that allow unequal variances (HC1, White 1980).
    """
    sessions = session_numbers(hours)
    n, groups = len(hours), int(sessions.max(initial=-1)) + 1
    freedom = n - groups - 1
    if freedom < 10:
        return Undefined("Too few verdicts in a row to see a trend.")
    x, y = _centred(hours, sessions), _centred(outcomes, sessions)
    spread = float(x @ x)
    if spread / n < SHORTEST_SPREAD_HOURS**2:
        return Undefined("The sessions are too short to see a trend.")
    slope = float(x @ y) / spread
    error = float(np.sqrt(((y - slope * x) ** 2 @ x**2) * n / freedom)) / spread
    half = float(student.ppf(0.5 + confidence / 2, freedom)) * error
    return Interval(value=slope, low=slope - half, high=slope + half, n=n)


def _centred(values: Array, groups: Ints) -> Array:
    means = np.bincount(groups, weights=values) / np.bincount(groups)
    centred: Array = values - means[groups]
    return centred
