"""The engine's events as they are appended to a file, for the database."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from annotate.services.runs import EventLine
from rlhf_backend.types import Event, ProgressEvent

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_AT_ONCE_BYTES = 4 * 2**20


class EventTail:
    """Reads whole lines from where it stopped; `advance` once they are stored, so that a failed write is read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = self._line = 0
        self._next = (0, 0)

    def read(self) -> tuple[list[EventLine], dict[str, Any] | None]:
        """New events, and the last progress among them. Progress in between is dropped: only the last one is shown."""
        data = self._data()
        whole = data[: data.rfind(b"\n") + 1]
        lines = whole.split(b"\n")[:-1]
        self._next = (self._offset + len(whole), self._line + len(lines))
        events: list[EventLine] = []
        progress: EventLine | None = None
        for number, line in enumerate(lines, start=self._line + 1):
            event = _parsed(number, line)
            if event is not None and event.type == "progress":
                progress = event
            elif event is not None:
                events.append(event)
        if progress is None:
            return events, None
        return [*events, progress], progress.data

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
        data = _storable(data)
    return EventLine(line=number, at=datetime.fromtimestamp(event.at, UTC), type=event.type, data=data)


def _storable(data: dict[str, Any]) -> dict[str, Any]:
    """Without NUL characters, which the database cannot hold."""
    return {key: value.replace("\0", "\ufffd") if isinstance(value, str) else value for key, value in data.items()}
