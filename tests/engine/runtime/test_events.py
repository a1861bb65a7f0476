"""What a run tells while it runs."""

import json
from pathlib import Path

from rlhf_backend.events import EventLog


def test_events_are_on_disk_at_once_and_carry_an_estimate(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events = EventLog(path)
    events.progress("policy", 5, 20)
    events.progress("policy", 10, 20)
    events.progress("sampling", 0, 4)
    events.metrics(1, {"train/loss": 0.5})
    events.warn("careful")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["type"] for row in rows] == ["progress"] * 3 + ["metrics", "log"]
    assert rows[0]["eta_seconds"] is None
    # Five steps took as long as from the first event to the second, ten are left.
    assert rows[1]["eta_seconds"] == 2 * (rows[1]["at"] - rows[0]["at"])
    assert rows[2]["eta_seconds"] is None
    assert rows[4] == {"type": "log", "at": rows[4]["at"], "level": "warning", "message": "careful"}


def test_a_torn_line_is_cut_off_and_the_rest_kept(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventLog(path).log("one")
    with path.open("a") as file:
        file.write('{"type":"log","at":1')
    EventLog(path).log("two")
    assert [json.loads(line)["message"] for line in path.read_text().splitlines()] == ["one", "two"]
