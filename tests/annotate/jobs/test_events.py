import json
from pathlib import Path

from annotate.jobs.events import EventTail, News


def line(**event: object) -> str:
    return json.dumps({"at": 1.0, **event}) + "\n"


def metrics(step: int, value: float | None = 0.5) -> str:
    return line(type="metrics", step=step, values={"train/loss": value})


def test_a_file_that_does_not_exist_yet_has_no_events(tmp_path: Path) -> None:
    assert EventTail(tmp_path / "events.jsonl").read() == News()


def test_what_was_not_stored_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(metrics(1))
    tail = EventTail(path)
    assert [e.line for e in tail.read().events] == [1]
    assert [e.line for e in tail.read().events] == [1]
    assert tail.advance()
    assert tail.read().events == []
    assert not tail.advance()


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    whole = metrics(2)
    path.write_text(metrics(1) + whole[:10])
    tail = EventTail(path)
    assert [e.line for e in tail.read().events] == [1]
    tail.advance()
    with path.open("a") as file:
        file.write(whole[10:])
    assert [(e.line, e.data["step"]) for e in tail.read().events] == [(2, 2)]


def test_a_torn_line_is_passed_over_but_counted(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"type": "metr\n' + metrics(1))
    assert [e.line for e in EventTail(path).read().events] == [2]


def test_only_the_last_progress_of_a_reading_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    steps = [line(type="progress", phase="training", step=step, of=9) for step in (1, 2, 3)]
    path.write_text("".join([*steps[:2], metrics(2), steps[2]]))
    news = EventTail(path).read()
    assert [(e.line, e.type) for e in news.events] == [(3, "metrics"), (4, "progress")]
    assert news.progress == {"phase": "training", "step": 3, "of": 9, "eta_seconds": None}


def test_numbers_that_are_not_finite_leave_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(metrics(1, None))
    (event,) = EventTail(path).read().events
    assert event.data == {"step": 1, "values": {}}


def test_a_nul_in_a_message_does_not_reach_the_database(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(line(type="log", level="info", message="a\0b"))
    (event,) = EventTail(path).read().events
    assert event.data["message"] == "a\ufffdb"
