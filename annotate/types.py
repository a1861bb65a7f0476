"""Shapes shared by the layers: text that can be stored, row ids, what selectors give, pages of it."""

from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("contains a NUL character, which cannot be stored")
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""Any Unicode text but NUL, which PostgreSQL cannot store. Half surrogate pairs are refused by pydantic itself."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_storable)]
"""Short, non-empty text; say `max_length` beside it."""
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=10, max_length=2000), AfterValidator(_storable)
]
"""Why somebody did what cannot go without a word."""
RowId = Annotated[int, Field(ge=1, lt=2**63)]


class ReadModel(BaseModel):
    """What a selector or service gives to the layers above; the API writes it as JSON without change."""

    model_config = ConfigDict(frozen=True)


Item = TypeVar("Item", bound=ReadModel)


class Page(ReadModel, Generic[Item]):
    """Some of a list, newest first."""

    results: list[Item]
    next: str | None = Field(description="Pass as `cursor` for what follows; null at the end.")
    total: int
