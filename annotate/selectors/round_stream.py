"""What has happened in a round since an event, read from rows: the live stream and nothing else."""

from dataclasses import dataclass
from typing import Any, Literal

from django.db import close_old_connections
from pydantic import JsonValue

from annotate.models import ROUND_FINAL, RUN_FINAL, Round, RunEvent
from annotate.selectors.rounds import ReportsOut, RoundOut, rounds_read
from annotate.types import ReadModel

EVENTS_AT_ONCE = 500


class RunEventOut(ReadModel):
    """`data` is that of the engine's event: progress, metrics, log, checkpoint {figures} or preflight {preflight}; for
    status {status, detail?}.
    """

    run_id: int
    type: Literal["progress", "metrics", "checkpoint", "preflight", "log", "status"]
    data: dict[str, JsonValue]


@dataclass(frozen=True)
class News:
    """Events after the last one seen, the round as it is now, and whether nothing more will come."""

    events: list[tuple[int, RunEventOut]]
    round: RoundOut
    is_over: bool


def round_news(*, round_id: int, after: int) -> News:
    """Read once and give the database connection back: a stream holds none while it waits."""
    try:
        round_ = Round.objects.get(pk=round_id)
        rows = RunEvent.objects.filter(run__round=round_id, pk__gt=after).order_by("pk")[:EVENTS_AT_ONCE]
        events = [(row.pk, _event(row)) for row in rows]
        shown = rounds_read([round_])[0].model_copy(update={"reports": ReportsOut()})
        settled = round_.status in ROUND_FINAL and not round_.runs.exclude(status__in=RUN_FINAL).exists()
        return News(events, shown, is_over=settled and len(events) < EVENTS_AT_ONCE)
    finally:
        close_old_connections()


def _event(row: RunEvent) -> RunEventOut:
    data: dict[str, Any] = row.data
    return RunEventOut.model_validate({"run_id": row.run_id, "type": row.type, "data": data})
