"""The engine's events as they are appended to a file, for the database."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from annotate.services.checkpoint_checks import Look
from annotate.services.runs import EventLine
from rlhf_backend.types import CompletionRow, Event, ProgressEvent

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_AT_ONCE_BYTES = 4 * 2**20


@dataclass
class News:
    """New events, the last progress among them, and with each checkpoint event what the monitor saw."""

    events: list[EventLine] = field(default_factory=list)
    progress: dict[str, Any] | None = None
    looks: list[Look] = field(default_factory=list)


class EventTail:
    """Reads whole lines from where it stopped; `advance` once they are stored, so that a failed write is read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = self._line = 0
        self._next = (0, 0)

    def read(self) -> News:
        """What is new. Progress in between is dropped: only the last one is shown."""
        data = self._data()
        whole = data[: data.rfind(b"\n") + 1]
        lines = whole.split(b"\n")[:-1]
        self._next = (self._offset + len(whole), self._line + len(lines))
        news = News()
        progress: EventLine | None = None
        for number, line in enumerate(lines, start=self._line + 1):
            event = _parsed(number, line)
            if event is None:
                continue
            if event.type == "progress":
                progress = event
                continue
            news.events.append(event)
            if event.type == "checkpoint":
                news.looks.append(self._look(event.data["figures"]))
        if progress is not None:
            news.events.append(progress)
            news.progress = progress.data
        return news

    def advance(self) -> bool:
        """Count what was read last as stored; whether there may be more to read at once."""
        moved = self._next[0] > self._offset
        self._offset, self._line = self._next
        return moved

    def _data(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                return file.read(_AT_ONCE_BYTES)
        except FileNotFoundError:
            return b""

    def _look(self, figures: dict[str, Any]) -> Look:
        """The figures with the samples that they were measured on; without samples where the file was removed."""
        path = self._path.parent / "panel" / f"step-{figures['step']:08d}.jsonl"
        try:
            with path.open(encoding="utf-8") as file:
                rows = [CompletionRow.model_validate_json(line).model_dump(mode="json") for line in file]
        except FileNotFoundError:
            return Look(figures=figures, samples=[])
        return Look(figures=figures, samples=[storable(row) for row in rows])


def _parsed(number: int, line: bytes) -> EventLine | None:
    """None for a line that was torn by a crash."""
    try:
        raw = json.loads(line)
        if isinstance(raw, dict) and isinstance(raw.get("values"), dict):
            # A number that is not finite is written as null; a gap in the curve says so.
            raw["values"] = {name: value for name, value in raw["values"].items() if value is not None}
        event = _EVENT.validate_python(raw)
    except (ValueError, ValidationError):
        return None
    data = event.model_dump(mode="json", exclude={"type", "at"})
    if not isinstance(event, ProgressEvent):
        data = storable(data)
    return EventLine(line=number, at=datetime.fromtimestamp(event.at, UTC), type=event.type, data=data)


def storable(data: Any) -> Any:
    """JSON without NUL characters, which the database cannot hold."""
    if isinstance(data, str):
        return data.replace("\0", "\ufffd")
    if isinstance(data, dict):
        return {key: storable(value) for key, value in data.items()}
    return [storable(value) for value in data] if isinstance(data, list) else data
