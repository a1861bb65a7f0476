"""The one place that knows stored order (a, b) from shown order (left, right)."""

from typing import Literal, TypeVar

Side = Literal["left", "right"]
Winner = Literal["a", "b"]
Thing = TypeVar("Thing")


def winner_of(side: Side, *, left_is_a: bool) -> Winner:
    """Which stored completion was preferred by who chose `side`."""
    return "a" if (side == "left") == left_is_a else "b"


def side_of(winner: str, *, left_is_a: bool) -> Side:
    """On which side the stored completion `winner` was shown."""
    return "left" if (winner == "a") == left_is_a else "right"


def shown(a: Thing, b: Thing, *, left_is_a: bool) -> tuple[Thing, Thing]:
    """Left and right as shown."""
    return (a, b) if left_is_a else (b, a)
