"""Annotators who judge pairs by a gold reward, with the noise and the faults of people. No torch here.

    Δ = g(a) − g(b), plus what the annotator's own taste makes of an attribute, plus biases for length and for the side
    that is shown left, which may drift within a session; |Δ| below the threshold reads as a tie; else a wins with
    probability σ(β Δ). A lazy annotator at times takes the left side unread; a flip turns the verdict round.

Presets: `crowd` has three honest people, two who lean to a side, one careless, one lazy, one adversary; `alpacafarm`
has 13 judges of three kinds; `split` is two groups who like the opposite of an attribute; in `drift` sides gain within
a session; in `poison` one of four means harm.

Source: Bradley and Terry 1952; B-Pref, arXiv:2111.03026 (one knob for each irrationality); AlpacaFarm, arXiv:2305.14387
(flips of 25 %). Differs: the strength of a verdict is read from the noisy difference that decided it.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

Choice = Literal["a", "b", "tie", "both_bad"]
DEFAULT_BETA = 1.0
STRENGTH_EDGES = (1.0, 2.5)  # noisy differences from which a verdict is called better, and much better


@dataclass(frozen=True)
class Verdict:
    """One judgement of a pair in stored order."""

    choice: Choice
    strength: Literal[1, 2, 3] = 1


@dataclass(frozen=True)
class Aspect:
    """What an annotator sees of a pair beside its gold rewards, a minus b, and how many pairs they judged before it."""

    attribute: float = 0.0
    length: float = 0.0  # standard deviations
    judged: int = 0


PLAIN = Aspect()


@dataclass(frozen=True)
class Annotator:
    """One simulated person; gold differences are in standard deviations of the gold reward."""

    beta: float = DEFAULT_BETA  # inverse noise; infinity never errs, 0 tosses a coin
    tie_threshold: float = 0.1
    position_bias: float = 0.0  # added to the side shown left
    lazy: float = 0.0  # probability of taking the left side unread
    flip: float = 0.0  # probability of the opposite verdict
    bad_below: float = -2.5  # both completions under this reward are called bad
    taste: float = 0.0  # liking of the attribute
    length_bias: float = 0.0  # liking of each standard deviation of length
    drift: float = 0.0  # added to the side shown left after every thousand verdicts

    def judge(
        self,
        rng: np.random.Generator,
        *,
        gold_a: float,
        gold_b: float,
        a_is_left: bool = True,
        aspect: Aspect = PLAIN,
    ) -> Verdict:
        """The verdict on a pair whose gold rewards are given."""
        side = 1.0 if a_is_left else -1.0
        if rng.random() < self.lazy:
            return Verdict("a" if a_is_left else "b")
        if max(gold_a, gold_b) < self.bad_below:
            return Verdict("both_bad")
        difference = gold_a - gold_b + self.taste * aspect.attribute + self.length_bias * aspect.length
        difference += side * (self.position_bias + self.drift * aspect.judged / 1000)
        if abs(difference) < self.tie_threshold:
            return Verdict("tie")
        felt = self._felt(rng, difference)
        if rng.random() < self.flip:
            felt = -felt
        strength = 1 + sum(abs(felt) >= edge for edge in STRENGTH_EDGES)
        return Verdict("a" if felt > 0 else "b", strength)  # type: ignore[arg-type]  # 1 + 0 … 2

    def _felt(self, rng: np.random.Generator, difference: float) -> float:
        """The difference plus logistic noise of scale 1/β: positive with probability σ(β Δ)."""
        if math.isinf(self.beta):
            return difference
        if self.beta == 0:
            return float(rng.choice((-1.0, 1.0)))
        return difference + float(rng.logistic(0.0, 1 / self.beta))


_CROWD = (
    Annotator(beta=1.5),
    Annotator(beta=1.0),
    Annotator(beta=0.7),
    Annotator(beta=1.2, position_bias=1.0),
    Annotator(beta=1.2, position_bias=-1.0),
    Annotator(beta=1.2, flip=0.25),
    Annotator(beta=1.2, lazy=0.6),
    Annotator(beta=1.2, flip=0.9),
)

PRESETS: dict[str, tuple[Annotator, ...]] = {
    "ideal": (Annotator(beta=math.inf, tie_threshold=1e-9),),
    "bt": (Annotator(),),
    "crowd": _CROWD,
    "alpacafarm": (
        *(Annotator(beta=2.0, flip=0.25, length_bias=0.2 * i) for i in range(5)),
        *(Annotator(beta=1.5, flip=0.25, position_bias=0.2 * i) for i in range(4)),
        *(Annotator(beta=1.0, flip=0.25, position_bias=-0.2 * i) for i in range(4)),
    ),
    "split": (*(Annotator(taste=1.0) for _ in range(4)), *(Annotator(taste=-1.0) for _ in range(4))),
    "drift": tuple(Annotator(beta=1.2, drift=drift) for drift in (0.0, 1.0, 2.0, -1.0)),
    "poison": (*(Annotator() for _ in range(3)), Annotator(flip=0.9)),
    "coin": (Annotator(beta=0.0, tie_threshold=0.0, bad_below=-math.inf),),
}
