"""Fixed SQL that requests run all the time, planned once for each database connection.

The framework writes the values into the text, so that PostgreSQL parses and plans every statement anew; for a claim
that takes longer than running it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model
from psycopg.types.numeric import Int8

PREPARED_FROM = 3
"""A statement is prepared on a connection after it has run there this many times."""


def rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What `sql` gives. It names its columns (`*` would break when a migration adds one) and casts values it may get
    as NULL, whose type the server cannot see.

    Raises: the framework's database errors.
    """
    # Whole numbers have one type each time: by size they would have three, and each combination would be planned.
    typed = {name: Int8(value) if type(value) is int else value for name, value in values.items()}
    connection.ensure_connection()
    with connection.wrap_database_errors:
        plain: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # psycopg's own cursor
    wrapped = connection.make_debug_cursor(plain) if connection.queries_logged else connection.make_cursor(plain)
    driver: Any = connection.connection
    with wrapped as cursor:
        # Here only: the driver keeps the text of every statement it counts, and those of bulk inserts are large.
        driver.prepare_threshold = PREPARED_FROM
        try:
            cursor.execute(sql, typed)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        finally:
            driver.prepare_threshold = None
        return found


Row = TypeVar("Row", bound=Model)


def columns(model: type[Model], alias: str) -> str:
    """The columns of `model`'s table, in the order that `instance` takes them."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def instance(model: type[Row], values: Sequence[Any]) -> Row:
    """The row of `model` with these values of its `columns`."""
    fields = model._meta.concrete_fields
    read = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], read)
