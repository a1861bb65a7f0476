"""An estimate, or the reason why there is none."""

from dataclasses import dataclass

from rlhf_backend.types import Interval


@dataclass(frozen=True, slots=True)
class Undefined:
    """The data cannot answer; `reason` is a sentence for people."""

    reason: str


Estimate = Interval | Undefined
