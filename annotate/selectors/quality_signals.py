"""When the numbers about a labeler are reason enough to ask an admin to look, and what they show.

Two kinds of signals. Gold accuracy, self-consistency and reliability are held against the project's thresholds: the
whole interval must lie below. The others are held against what chance or the other labelers do, and the departure
must also be large enough to matter. The figures are looked at again after every verdict, and the more often one looks
the more often chance deceives: hence intervals at 99 and 99.9 % where the report shows 95 %.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from annotate.models.project_settings import QualityPolicy
from annotate.selectors.quality_crowd import Crowd, hasty_rows, taken
from annotate.selectors.quality_report import consistency_rows, consistency_share, gold_share, session_outcomes
from annotate.selectors.quality_rows import Flags, Ints, VerdictColumns
from annotate.types import ReadModel
from rlhf_backend.stats.attention import longest_run, session_trend
from rlhf_backend.stats.cycles import CHANCE
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.stats.labeler_bias import against_others
from rlhf_backend.types import Interval

THRESHOLD_CONFIDENCE = 0.99
STRICT = 0.999
FEWEST = 10  # known pairs, repeats or shared pairs on which a threshold is applied
EXAMPLES = 5
SIDE_TOLERANCE = 0.1  # left shares within .4 … .6 are left alone
STYLE_TOLERANCE = 0.5  # logits for a doubling, beyond the others
HASTY_SHARE = 0.25
CYCLE_RATE = 0.2  # near the quarter of one who tosses coins
DECLINE_PER_HOUR = 0.05
RUN_PROBABILITY = 1e-5


class Signal(StrEnum):
    GOLD = "gold"
    CONSISTENCY = "consistency"
    RELIABILITY = "reliability"
    POSITION = "position"
    LENGTH = "length"
    FORMAT = "format"
    CYCLES = "cycles"
    SPEED = "speed"
    STRAIGHT_LINING = "straight_lining"
    FATIGUE = "fatigue"


class Evidence(ReadModel):
    """Why a labeler is flagged: the figure with its interval, what is normal, and verdicts that show it."""

    value: float
    low: float
    high: float
    n: int
    expected: float
    text: str
    preference_ids: list[int]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A signal about one labeler."""

    labeler: int
    signal: Signal
    evidence: Evidence


def suspicions_of(crowd: Crowd, *, policy: QualityPolicy) -> list[Suspicion]:
    """Every signal of every labeler with at least the verdicts that the policy asks for."""
    found = []
    for labeler in crowd.labelers:
        mine = crowd.rows_of(labeler)
        if len(np.unique(mine.preference)) < policy.min_verdicts:
            continue
        look = _Look(crowd, labeler, mine, policy)
        for signal, look_for in _SIGNALS.items():
            found += [Suspicion(labeler, signal, evidence) for evidence in look_for(look)]
    return found


@dataclass(frozen=True)
class _Look:
    """One labeler among the others."""

    crowd: Crowd
    labeler: int
    mine: VerdictColumns
    policy: QualityPolicy

    def others(self) -> VerdictColumns:
        return taken(self.crowd.columns, self.crowd.columns.labeler != self.labeler)


Finding = Iterator[Evidence]


def _gold(look: _Look) -> Finding:
    share, limit = gold_share(look.mine, confidence=THRESHOLD_CONFIDENCE), look.policy.gold_accuracy_below
    if share is not None and share.n >= FEWEST and share.high < limit:
        usual = gold_share(look.others())
        text = f"Judged {share.value:.0%} of {share.n} known pairs as expected; the project asks for {limit:.0%}."
        wrong = look.mine.is_gold & ~look.mine.is_right
        yield _evidence(share, usual.value if usual else limit, text, look.mine, wrong)


def _consistency(look: _Look) -> Finding:
    share, limit = consistency_share(look.mine, confidence=THRESHOLD_CONFIDENCE), look.policy.consistency_below
    if share is not None and share.n >= FEWEST and share.high < limit:
        usual = consistency_share(look.others())
        rows, same = consistency_rows(look.mine)
        text = f"Gave the same verdict again on {share.value:.0%} of {share.n} pairs; the project asks for {limit:.0%}."
        yield _evidence(share, usual.value if usual else limit, text, look.mine, rows[~same])


def _reliability(look: _Look) -> Finding:
    fitted, limit = look.crowd.reliability.get(look.labeler), look.policy.reliability_below
    if fitted is None or fitted.overlap < FEWEST or fitted.eta.high >= limit:
        return
    others = [found.eta.value for name, found in look.crowd.reliability.items() if name != look.labeler]
    usual = float(np.median(others))  # an overlap has others
    text = (
        f"Reliability η is {fitted.eta.value:.2f}, from {fitted.overlap} verdicts on pairs that others judged too; "
        f"half of the others are above {usual:.2f}, and the project asks for {limit:.2f}."
    )
    alone = look.crowd.support[look.crowd.labelers[look.labeler]] == 0
    yield _evidence(fitted.eta, usual, text, look.mine, alone)


def _position(look: _Look) -> Finding:
    sided = look.mine.side != 0
    n, left = int(sided.sum()), look.mine.side > 0
    if not n:
        return
    share = wilson_interval(int(left.sum()), n, confidence=STRICT)
    if share.low <= 0.5 <= share.high or abs(share.value - 0.5) < SIDE_TOLERANCE:
        return
    side, part = ("left", share.value) if share.value > 0.5 else ("right", 1 - share.value)
    text = f"Took the {side} side in {part:.0%} of {n} decided verdicts. Sides are drawn at random: 50% is normal."
    yield _evidence(share, 0.5, text, look.mine, left if side == "left" else look.mine.side < 0)


def _length(look: _Look) -> Finding:
    effects = {name: found.length for name, found in look.crowd.styles.items()}
    departure = against_others(effects, confidence=STRICT).get(look.labeler)
    followed = look.mine.length * look.mine.side
    yield from _departure(look, departure, followed, ("longer", "shorter"))


def _format(look: _Look) -> Finding:
    effects = {name: found.marks for name, found in look.crowd.styles.items()}
    departure = against_others(effects, confidence=STRICT).get(look.labeler)
    followed = look.mine.marks * look.mine.side
    yield from _departure(look, departure, followed, ("more formatted", "plainer"))


def _departure(look: _Look, departure: object, followed: np.ndarray, words: tuple[str, str]) -> Finding:
    if not isinstance(departure, Interval) or (departure.high >= -STYLE_TOLERANCE and departure.low <= STYLE_TOLERANCE):
        return
    word = words[0] if departure.value > 0 else words[1]
    text = (
        f"Takes the {word} completion more than the others do: each doubling moves the odds by a factor of "
        f"{np.exp(abs(departure.value)):.1f} beyond theirs ({departure.n} verdicts)."
    )
    yield _evidence(departure, 0.0, text, look.mine, followed * np.sign(departure.value) > 0)


def _cycles(look: _Look) -> Finding:
    mine = look.crowd.triads.get(look.labeler)
    if mine is None or not mine.total:
        return
    rest = [found for name, found in look.crowd.triads.items() if name != look.labeler]
    circular, total = sum(found.circular for found in rest), sum(found.total for found in rest)
    usual = circular / total if total >= look.policy.min_verdicts else CHANCE / 2
    rate = wilson_interval(mine.circular, mine.total, confidence=STRICT)
    if rate.value < CYCLE_RATE or rate.low <= max(usual, CHANCE / 2):
        return
    text = (
        f"{mine.circular} of {mine.total} triads of verdicts go round in a circle (A over B over C over A), "
        f"{rate.value:.0%}; {usual:.0%} is normal, and tossing coins gives {CHANCE:.0%}."
    )
    chosen = set(mine.examples)
    winners = np.where(look.mine.direction > 0, look.mine.low, look.mine.high)
    losers = np.where(look.mine.direction > 0, look.mine.high, look.mine.low)
    pairs = zip(winners.tolist(), losers.tolist(), strict=True)
    in_circle = np.array([pair in chosen for pair in pairs], dtype=np.bool_) & (look.mine.direction != 0)
    yield _evidence(rate, usual, text, look.mine, in_circle)


def _speed(look: _Look) -> Finding:
    verdicts, fast = hasty_rows(look.crowd, look.labeler)
    share = wilson_interval(int(fast.sum()), len(verdicts), confidence=STRICT)
    if share.low <= HASTY_SHARE:
        return
    text = (
        f"{share.value:.0%} of {share.n} verdicts came too fast to have read the text; the median took "
        f"{np.median(verdicts.seconds):.1f} s for {np.median(verdicts.characters):.0f} characters."
    )
    yield _evidence(share, 0.0, text, verdicts, fast)


def _straight_lining(look: _Look) -> Finding:
    sided = taken(look.mine, look.mine.side != 0)
    run = longest_run(sided.side > 0)
    if run.probability >= RUN_PROBABILITY:
        return
    side = "left" if sided.side[run.start] > 0 else "right"
    usual = float(np.log2(run.n) + 1 / 3)  # Schilling 1990
    text = (
        f"Took the {side} side {run.length} times in a row, of {run.n} decided verdicts; "
        f"about {usual:.0f} in a row is normal."
    )
    within = np.arange(len(sided))
    length = Interval(value=run.length, low=run.length, high=run.length, n=run.n)
    yield _evidence(length, usual, text, sided, (within >= run.start) & (within < run.start + run.length))


def _fatigue(look: _Look) -> Finding:
    trend = session_trend(*session_outcomes(look.crowd, look.labeler), confidence=STRICT)
    if not isinstance(trend, Interval) or trend.high >= 0 or trend.value > -DECLINE_PER_HOUR:
        return
    text = (
        f"Agreement with others and with known pairs falls by {-trend.value:.0%} for each hour of a session "
        f"({trend.n} verdicts); staying level is normal."
    )
    alone = look.crowd.support[look.crowd.labelers[look.labeler]] == 0
    yield _evidence(trend, 0.0, text, look.mine, alone)


def _evidence(figure: Interval, expected: float, text: str, rows: VerdictColumns, shows: Flags | Ints) -> Evidence:
    """`shows`: which of the rows show it; the newest few are named."""
    ids = np.unique(rows.preference[shows])[-EXAMPLES:]
    return Evidence(
        value=figure.value,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        expected=expected,
        text=text,
        preference_ids=ids.tolist(),
    )


_SIGNALS: dict[Signal, Callable[[_Look], Finding]] = {
    Signal.GOLD: _gold,
    Signal.CONSISTENCY: _consistency,
    Signal.RELIABILITY: _reliability,
    Signal.POSITION: _position,
    Signal.LENGTH: _length,
    Signal.FORMAT: _format,
    Signal.CYCLES: _cycles,
    Signal.SPEED: _speed,
    Signal.STRAIGHT_LINING: _straight_lining,
    Signal.FATIGUE: _fatigue,
}
