"""JSON records from an uploaded file: lines or one array, plain or gzip, a bit at a time and within limits."""

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from annotate.formats.rows import Rejected

CHUNK_BYTES = 256 * 2**10
MAX_ROW_BYTES = 4 * 2**20


class FileError(ValueError):
    """The file as a whole cannot be read; the message says why and what is expected."""


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON value of the file; `row` is its line, or in an array its place, from 1."""

    row: int
    value: object


def records_read(file: BinaryIO, *, max_bytes: int) -> Iterator[Record | Rejected]:
    """The file's JSON records in order; unreadable rows come as rejected and the rest goes on.

    gzip is recognised by its first bytes, an array by its bracket. At most one row and one chunk are held in memory.

    Args:
        max_bytes: of the unpacked content, so that a small gzip file cannot unpack to fill the machine.
    Raises: FileError: not gzip though it begins so, cut off, larger than `max_bytes`, empty, or not a JSON array
        though it begins so.
    """
    start = file.read(2)
    file.seek(0)
    stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if start == b"\x1f\x8b" else file
    content = _Bounded(stream, max_bytes)
    first = content.peek()
    if not first:
        raise FileError("The file is empty; expected one JSON object a line.")
    if first.startswith(b"["):
        yield from _array(content)
    else:
        yield from _lines(content)


class _Bounded:
    """Chunks of a stream that must not be longer than it may be, without what precedes the first JSON character."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._stream = stream
        self._left = max_bytes
        self._max = max_bytes
        self._head = b""
        self.skipped_lines = 0

    def peek(self) -> bytes:
        """The first chunk with content, kept for the next read."""
        while not self._head:
            chunk = self._read()
            if not chunk:
                return b""
            body = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
            self.skipped_lines += chunk[: len(chunk) - len(body)].count(b"\n")
            self._head = body
        return self._head

    def read(self) -> bytes:
        """The next chunk; empty at the end."""
        head, self._head = self._head, b""
        return head or self._read()

    def _read(self) -> bytes:
        try:
            chunk = self._stream.read(CHUNK_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise FileError(f"The gzip file is damaged or cut off: {error}.") from error
        self._left -= len(chunk)
        if self._left < 0:
            raise FileError(f"The file holds more than {self._max / 2**20:,.0f} MB when unpacked. Split it.")
        return chunk


def _lines(content: _Bounded) -> Iterator[Record | Rejected]:
    for number, line in _numbered_lines(content):
        if line is None:
            yield Rejected(number, f"longer than {MAX_ROW_BYTES // 2**20} MB")
        elif line.strip():
            yield _record(number, line)


def _numbered_lines(content: _Bounded) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers; None stands for a line that is too long, which is passed over without keeping it."""
    number = content.skipped_lines + 1
    rest, too_long = b"", False
    while chunk := content.read():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield number, None if too_long or len(line) > MAX_ROW_BYTES else line
            number, too_long = number + 1, False
        if len(rest) > MAX_ROW_BYTES:
            rest, too_long = b"", True
    if rest or too_long:
        yield number, None if too_long else rest


def _record(number: int, line: bytes) -> Record | Rejected:
    try:
        return Record(number, json.loads(line.decode()))
    except UnicodeDecodeError as error:
        return Rejected(number, f"not UTF-8: {error.reason} at byte {error.start + 1} of the line")
    except (ValueError, RecursionError) as error:
        return Rejected(number, not_json(error))


def not_json(error: Exception) -> str:
    """Why a line could not be read, and where; lines are counted by who reads the file."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg[0].lower()}{error.msg[1:]} at character {error.pos + 1} of the line"
    return f"not JSON: {error}"


def _array(content: _Bounded) -> Iterator[Record | Rejected]:
    """Elements of one JSON array, decoded one after the other as the text comes in."""
    decoder = json.JSONDecoder()
    chunks = _decoded(content)
    buffer = next(chunks, "")[1:].lstrip()
    number = 0
    while not buffer.startswith("]"):
        number += 1
        value, buffer = _element(decoder, buffer, chunks, number)
        yield Record(number, value)
        buffer = _separated(buffer, chunks, number)


def _decoded(content: _Bounded) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := content.read():
            yield decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileError(f"The file is not UTF-8: {error.reason}.") from error


def _element(decoder: json.JSONDecoder, buffer: str, chunks: Iterator[str], number: int) -> tuple[object, str]:
    while True:
        try:
            value, end = decoder.raw_decode(buffer)
            return value, buffer[end:]
        except (ValueError, RecursionError) as error:
            more = next(chunks, "") if len(buffer) <= MAX_ROW_BYTES else ""
            if not more:
                raise FileError(f"Element {number} of the array is not JSON, cut off or too long: {error}.") from error
            buffer += more


def _separated(buffer: str, chunks: Iterator[str], number: int) -> str:
    """The buffer from the next element or from the closing bracket on."""
    buffer = _filled(buffer, chunks)
    if buffer.startswith(","):
        buffer = _filled(buffer[1:], chunks)
    elif not buffer.startswith("]"):
        found = repr(buffer[:10]) if buffer else "the end of the file"
        raise FileError(f"After element {number} of the array stands {found}; expected a comma or ']'.")
    return buffer


def _filled(buffer: str, chunks: Iterator[str]) -> str:
    """The buffer without leading white space, with more text if there was nothing else."""
    buffer = buffer.lstrip()
    while not buffer and (more := next(chunks, "")):
        buffer = more.lstrip()
    return buffer
