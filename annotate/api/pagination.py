"""Lists are read in pages by key, newest first, so that rows added meanwhile neither repeat nor hide others."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, QuerySet
from pydantic import Field

from annotate.api.wire import Query
from annotate.types import Item, Page


class PageQuery(Query):
    """Which part of a list."""

    cursor: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200, description="Rows wanted.")


def page_read(
    rows: QuerySet[Any], *, query: PageQuery, encode: Callable[[list[Any]], Iterable[Item]], ascending: bool = False
) -> Page[Item]:
    """The rows after `query.cursor`, ordered by primary key, as read models. Two SQL statements plus `encode`'s."""
    total = rows.count()
    ordered = rows.order_by("pk" if ascending else "-pk")
    if query.cursor is not None:
        ordered = ordered.filter(**{"pk__gt" if ascending else "pk__lt": int(query.cursor)})
    found: list[Model] = list(ordered[: query.limit + 1])
    more = len(found) > query.limit
    kept = found[: query.limit]
    return Page(results=list(encode(kept)), next=str(kept[-1].pk) if more else None, total=total)


def page_read_ordered(
    rows: QuerySet[Any], *, query: PageQuery, encode: Callable[[list[Any]], Iterable[Item]]
) -> Page[Item]:
    """The rows from place `query.cursor` on, in an order of their own; for lists that never change."""
    start = int(query.cursor or 0)
    found: list[Model] = list(rows[start : start + query.limit + 1])
    more = len(found) > query.limit
    next_ = str(start + query.limit) if more else None
    return Page(results=list(encode(found[: query.limit])), next=next_, total=rows.count())
