import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest

from annotate.formats import records
from annotate.formats.records import FileError, Record, records_read
from annotate.formats.rows import Rejected

MB = 2**20


def read(content: bytes, max_bytes: int = MB) -> list[tuple[int, object]]:
    found = records_read(io.BytesIO(content), max_bytes=max_bytes)
    return [(item.row, item.value if isinstance(item, Record) else item.message) for item in found]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_lines_are_numbered_as_an_editor_does(pack: object, end: bytes) -> None:
    content = b'{"a": 1}\r\n\n{"a": 2}' + end
    assert read(pack(content)) == [(1, {"a": 1}), (3, {"a": 2})]  # type: ignore[operator]


def test_leading_blank_lines_and_a_byte_order_mark_are_passed_over() -> None:
    assert read(b"\xef\xbb\xbf\n \n{}\n") == [(3, {})]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "not JSON: expecting property name enclosed in double quotes at character 2 of the line"),
        (b'{"a": "\xff"}', "not UTF-8: invalid start byte at byte 8"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": "' + b"x" * (records.MAX_ROW_BYTES + 1) + b'"}', "longer than 4 MB"),
    ],
    ids=["json", "utf-8", "nesting", "length"],
)
def test_a_bad_line_is_reported_and_the_rest_is_read(line: bytes, reason: str) -> None:
    found = read(b'{"n": 1}\n' + line + b'\n{"n": 3}', max_bytes=8 * MB)
    assert [found[0], found[2]] == [(1, {"n": 1}), (3, {"n": 3})]
    assert found[1][0] == 2
    assert reason in str(found[1][1])


def test_a_bad_last_line_is_reported() -> None:
    long = b'{"n": 1}\n' + b"x" * (records.MAX_ROW_BYTES + 1)
    assert [row for row, _ in read(long, max_bytes=8 * MB)] == [1, 2]


@pytest.mark.parametrize("spaces", ["", "\n  "])
def test_an_array_is_read_element_by_element(spaces: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "CHUNK_BYTES", 7)  # every element spans chunks, every separator begins one once
    values = [{"n": n, "text": "ünïcödé 🙂" * n} for n in range(6)]
    content = f"{spaces}[{spaces}" + f"{spaces},{spaces}".join(json.dumps(v, ensure_ascii=False) for v in values)
    assert read(f"{content}{spaces}]{spaces}".encode()) == list(enumerate(values, start=1))


def test_an_empty_array_has_no_rows() -> None:
    assert read(b" [ ] ") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (gzip.compress(b'{"a": 1}\n' * 100, mtime=0)[:-20], "damaged or cut off"),
        (b"\x1f\x8bnot gzip at all", "damaged or cut off"),
        (b'[{"a": 1}', "After element 1 of the array stands the end of the file"),
        (b'[{"a": 1} {"a": 2}]', "After element 1"),
        (b'[{"a": 1}, {"a"', "Element 2 of the array"),
        (b'[{"a": "\xff"}]', "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(FileError, match=reason):
        read(content)


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\n" * 64 * MB, mtime=0)
    assert len(bomb) < MB
    with pytest.raises(FileError, match="more than 2 MB when unpacked"):
        read(bomb, max_bytes=2 * MB)


def test_a_plain_file_has_the_same_limit() -> None:
    with pytest.raises(FileError, match="more than 1 MB"):
        read(b'{"a": 1}\n' * 200_000)


class _Endless(io.RawIOBase):
    """Many rows without a file that large."""

    def __init__(self, rows: int) -> None:
        self._rows = self._left = rows
        self._line = json.dumps({"chosen": "x" * 300, "rejected": "y" * 300}).encode() + b"\n"

    def read(self, size: int = -1) -> bytes:
        rows = min(self._left, max(size // len(self._line), 1))
        self._left -= rows
        return self._line * rows

    def seek(self, *_: int) -> int:
        self._left = self._rows
        return 0


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        found: Iterator[Record | Rejected] = records_read(cast("BinaryIO", _Endless(rows)), max_bytes=10**9)
        assert sum(1 for _ in found) == rows
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(20_000) < 2 * peak(2_000)
