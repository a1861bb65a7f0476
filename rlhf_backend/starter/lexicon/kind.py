"""The shape of one kind of request: how it is asked, and what a specific or a generic reply says."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """One kind of everyday request.

    Templates are format strings. `{topic}` is a key of `details`; `{a}`, `{b}`, `{c}` are three different details of
    that topic and `{A}`, `{B}`, `{C}` the same with a capital letter; other names are keys of `slots`. In a paired kind
    the details alternate between the two sides of a choice, and `{a}`, `{b}` come from different sides; in an ordered
    kind they are steps and keep their order.
    """

    name: str
    asks: tuple[str, ...]
    details: Mapping[str, tuple[str, ...]]
    specific: tuple[str, ...]
    generic: tuple[str, ...]
    points: tuple[str, ...]
    leads: tuple[str, ...]
    warm: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paired: bool = False
    ordered: bool = False
