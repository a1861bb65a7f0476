"""Prompts as pasted lines, JSONL or CSV.

Lines: one prompt each; blank lines are passed over. JSONL: `{"prompt": text or messages}` or `{"messages": [...]}`,
with optional `split` (train, validation, panel) and `tags`; a bare JSON string is a prompt too. CSV: a header with
`prompt` and optionally `split` and `tags` (separated by semicolons).
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal, get_args

from annotate.formats.records import not_json
from annotate.formats.rows import Message, PromptFileRow, Rejected, RowError, messages_check, text_check, user_prompt

PromptFormat = Literal["lines", "jsonl", "csv"]
Split = Literal["train", "validation", "panel"]
MAX_CHARACTERS = 200_000


def prompts_parse(text: str, *, format: PromptFormat) -> Iterator[PromptFileRow | Rejected]:
    """Each row of `text` as a prompt or as rejected with its reason; rows are counted from 1."""
    readers: dict[PromptFormat, Callable[[str], Iterator[PromptFileRow | Rejected]]] = {
        "lines": _lines,
        "jsonl": _jsonl,
        "csv": _csv,
    }
    yield from readers[format](text.removeprefix("\ufeff"))


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Non-blank lines with their numbers. Only line feeds end a line: other separators may stand within a prompt."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _lines(text: str) -> Iterator[PromptFileRow | Rejected]:
    for number, line in _numbered(text):
        yield _row(number, partial(_record, line.strip()))


def _jsonl(text: str) -> Iterator[PromptFileRow | Rejected]:
    for number, line in _numbered(text):
        yield _row(number, partial(_from_json, line))


def _csv(text: str) -> Iterator[PromptFileRow | Rejected]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in reader.fieldnames or []]
    except csv.Error as error:
        yield Rejected(1, f"the header cannot be read: {error}")
        return
    reader.fieldnames = header
    if "prompt" not in header:
        yield Rejected(1, f"the header has no column 'prompt'; found {', '.join(header) or 'nothing'}", "prompt")
        return
    while True:
        number = reader.line_num + 1  # where the row begins; its cells may hold line feeds
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(number, f"not CSV from here on: {error}")
            return
        if None in record or None in record.values():
            yield Rejected(number, f"the row does not have {len(header)} columns as the header has")
            continue
        tags = [tag.strip() for tag in (record.get("tags") or "").split(";") if tag.strip()]
        cells = {"prompt": record["prompt"].strip(), "split": (record.get("split") or "").strip() or None, "tags": tags}
        yield _row(number, partial(_record, cells))


def _row(number: int, read: Callable[[], PromptFileRow]) -> PromptFileRow | Rejected:
    try:
        row = read()
    except RowError as error:
        return Rejected(number, str(error), error.field)
    return PromptFileRow(number, row.messages, row.split, row.tags)


def _from_json(line: str) -> PromptFileRow:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RowError(not_json(error)) from error
    return _record(record)


def _record(record: object) -> PromptFileRow:
    if isinstance(record, str):
        return PromptFileRow(0, _prompt(record))
    if not isinstance(record, dict):
        raise RowError("expected an object with 'prompt' or 'messages'")
    if ("prompt" in record) == ("messages" in record):
        raise RowError("expected either 'prompt' or 'messages'", field="prompt")
    name = "prompt" if "prompt" in record else "messages"
    split = record.get("split")
    if split is not None and split not in get_args(Split):
        raise RowError(f"split is {split!r}; expected one of {', '.join(get_args(Split))}", field="split")
    tags = record.get("tags") or []
    if not isinstance(tags, list):
        raise RowError("tags is not a list", field="tags")
    kept = tuple(text_check(tag, field="tags") for tag in tags)
    return PromptFileRow(0, _prompt(record[name], field=name), split, kept)


def _prompt(value: object, *, field: str = "prompt") -> tuple[Message, ...]:
    messages = (
        messages_check(value, field=field) if isinstance(value, list) else user_prompt(text_check(value, field=field))
    )
    if not messages[-1]["content"].strip():
        raise RowError(f"{field} is empty", field=field)
    if messages[-1]["role"] == "assistant":
        raise RowError(f"{field} ends with the assistant; expected it to end where the completion begins", field=field)
    size = sum(len(message["content"]) for message in messages)
    if size > MAX_CHARACTERS:
        raise RowError(f"{field} has {size:,} characters; at most {MAX_CHARACTERS:,} are allowed", field=field)
    return messages
