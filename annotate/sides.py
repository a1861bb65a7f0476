"""The one place that knows stored order (a, b, c, …) from shown order (left and right, or places 0, 1, 2, …)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Side = Literal["left", "right"]
Slot = Literal["left", "right", "0", "1", "2", "3", "4", "5"]
"""Where a completion was shown: a side of a pair, or a place of a ranking counted from 0."""
Winner = Literal["a", "b"]
LETTERS = "abcdef"
SIDES: tuple[Side, Side] = ("left", "right")
Thing = TypeVar("Thing")
Place = TypeVar("Place", bound=str)


def winner_of(side: Side, *, left_is_a: bool) -> Winner:
    """Which stored completion was preferred by who chose `side`."""
    return "a" if (side == "left") == left_is_a else "b"


def side_of(winner: str, *, left_is_a: bool) -> Side:
    """On which side the stored completion `winner` was shown."""
    return "left" if (winner == "a") == left_is_a else "right"


def shown(a: Thing, b: Thing, *, left_is_a: bool) -> tuple[Thing, Thing]:
    """Left and right as shown."""
    return (a, b) if left_is_a else (b, a)


@dataclass(frozen=True, slots=True)
class Layout:
    """How somebody saw a comparison: `shown_order` holds stored positions in the order shown; a pair has none."""

    left_is_a: bool
    shown_order: tuple[int, ...] = ()

    @classmethod
    def of(cls, *, left_is_a: bool, shown_order: Sequence[int]) -> "Layout":
        return cls(left_is_a, tuple(shown_order))

    @property
    def is_ranking(self) -> bool:
        return bool(self.shown_order)

    @property
    def order(self) -> tuple[int, ...]:
        """The stored position of what stood at each place. (k,)"""
        if self.shown_order:
            return self.shown_order
        return (0, 1) if self.left_is_a else (1, 0)

    @property
    def slots(self) -> tuple[str, ...]:
        """The name of each place. (k,)"""
        return tuple(str(place) for place in range(len(self.shown_order))) if self.shown_order else SIDES

    def in_shown_order(self, stored: Sequence[Thing]) -> list[Thing]:
        """Things in stored order, as they were shown. (k,) → (k,)"""
        return [stored[position] for position in self.order]

    def in_stored_order(self, seen: Sequence[Thing]) -> list[Thing]:
        """Things in the order shown, in stored order. (k,) → (k,)"""
        by_position = dict(zip(self.order, seen, strict=True))
        return [by_position[position] for position in range(len(by_position))]

    def by_letter(self, by_slot: Mapping[Place, Thing]) -> dict[str, Thing]:
        """What was said of places, said of a, b, c, …

        Raises: KeyError: a place that was not shown.
        """
        letters = dict(zip(self.slots, self.in_shown_order(LETTERS), strict=True))
        return {letters[slot]: thing for slot, thing in by_slot.items()}

    def by_slot(self, by_letter: Mapping[str, Thing]) -> dict[str, Thing]:
        """What was said of a, b, c, …, said of the places where they were shown, in the order of the places."""
        letters = self.in_shown_order(LETTERS)
        return {
            slot: by_letter[letter] for slot, letter in zip(self.slots, letters, strict=True) if letter in by_letter
        }
