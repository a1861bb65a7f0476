"""What every reader gives: rows that can be used, and rows that cannot, each with its number."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeGuard

ROLES = ("system", "user", "assistant")

Message = dict[str, str]
"""{"role": one of ROLES, "content": text}"""
Strength = Literal[1, 2, 3, 4]


class RowError(ValueError):
    """A row cannot be used; the message says why. `field` names the part of the row that is wrong, if one is."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out. Rows are counted from 1 as an editor counts lines."""

    row: int
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """One pair and its verdict. `strength` None means that neither was preferred; `part` numbers the pairs of a row."""

    row: int
    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    strength: Strength | None = 1
    part: int = 0


@dataclass(frozen=True, slots=True)
class DemonstrationFileRow:
    """A prompt with a completion worth imitating."""

    row: int
    prompt: tuple[Message, ...]
    completion: str


@dataclass(frozen=True, slots=True)
class PromptFileRow:
    """One prompt; `split` None leaves the choice to the project."""

    row: int
    messages: tuple[Message, ...]
    split: str | None = None
    tags: tuple[str, ...] = field(default=())


def text_check(value: object, *, field: str) -> str:
    """`value` if it is text that can be stored.

    Raises: RowError: not text, or it contains NUL or half a surrogate pair.
    """
    if not isinstance(value, str):
        raise RowError(f"{field} is {_kind(value)}; expected text", field=field)
    if "\x00" in value:
        raise RowError(f"{field} contains a NUL character, which cannot be stored", field=field)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise RowError(f"{field} contains half of a surrogate pair, which is no character", field=field) from error
    return value


def messages_check(value: object, *, field: str) -> tuple[Message, ...]:
    """`value` if it is a list of messages with a known role and storable text.

    Raises: RowError naming the message that is wrong.
    """
    if not isinstance(value, list) or not value:
        raise RowError(f"{field} is {_kind(value)}; expected a list of messages", field=field)
    found = []
    for index, message in enumerate(value):
        place = f"{field}[{index}]"
        if not _is_object(message) or "role" not in message or "content" not in message:
            raise RowError(f"{place} is not a message with role and content", field=field)
        if message["role"] not in ROLES:
            raise RowError(f"{place} has the role {message['role']!r}; expected one of {', '.join(ROLES)}", field=field)
        found.append({"role": message["role"], "content": text_check(message["content"], field=f"{place}.content")})
    return tuple(found)


def pair_check(chosen: str, rejected: str) -> None:
    """Raises: RowError: a completion is empty, or both are the same."""
    for name, completion in (("chosen", chosen), ("rejected", rejected)):
        if not completion.strip():
            raise RowError(f"the completion of {name} is empty", field=name)
    if chosen == rejected:
        raise RowError("chosen and rejected are identical")


def user_prompt(text: str) -> tuple[Message, ...]:
    """A conversation of one user message."""
    return ({"role": "user", "content": text},)


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _kind(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "empty" if value in ([], {}) else kinds.get(type(value), type(value).__name__)
