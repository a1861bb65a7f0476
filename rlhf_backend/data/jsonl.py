"""Typed rows of JSON lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from rlhf_backend.errors import DataError
from rlhf_backend.types import Row

R = TypeVar("R", bound=Row)


def read_rows(path: Path, kind: type[R]) -> list[R]:
    """Every row of the file, validated; blank lines are passed over.

    Raises: DataError: the file is missing, empty, or a line does not fit; the message names file and line.
    """
    rows = list(stream_rows(path, kind))
    if not rows:
        raise DataError(f"{path.name} holds no rows: expected at least one {kind.__name__}")
    return rows


def stream_rows(path: Path, kind: type[R]) -> Iterator[R]:
    """The same row by row, for files that need not fit into memory; an empty file gives none.

    Raises: DataError: the file is missing or a line does not fit; the message names file and line.
    """
    if not path.is_file():
        raise DataError(f"{path.name} is missing in {path.parent}: expected rows of {kind.__name__}")
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield kind.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "row"
                raise DataError(f"{path.name}, line {number}: {where}: {first['msg']}") from error


def to_lines(rows: Iterable[Row]) -> str:
    return "".join(row.model_dump_json() + "\n" for row in rows)
