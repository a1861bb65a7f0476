"""Runs, their metric series and their log."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from annotate.models import Run, RunEvent, RunStatus
from annotate.selectors.round_steps import ProgressOut, paused_by
from annotate.selectors.rounds import RunRef
from annotate.types import ReadModel
from rlhf_backend.config import Job
from rlhf_backend.tuning_sections import FiredRule
from rlhf_backend.types import EvaluationReport, PolicyReport, RewardModelReport, SamplingReport

POINTS = 2000
"""Most points of one series; longer ones are thinned evenly, their last point is kept."""


class SnapshotRef(ReadModel):
    id: int
    sha256: str
    size: int


class RunOut(ReadModel):
    """One job of the engine and everything needed to repeat it."""

    id: int
    project_id: int
    round_id: int | None
    kind: Literal["reward_model", "policy", "sampling", "evaluation"]
    status: RunStatus
    attempt: int
    progress: ProgressOut | None
    paused_by: list[FiredRule] = Field(description="Of a paused run: the rules of the monitor that fired.")
    accepted_rules: list[str] = Field(description="Rules that an admin has seen; they pause the run no more.")
    finish_step: int | None = Field(description="The checkpoint that an admin ends the run with.")
    repeats: RunRef | None = Field(description="The run whose job this one repeats with another seed.")
    repeated_by: list[RunRef]
    report: RewardModelReport | PolicyReport | EvaluationReport | SamplingReport | None
    failure_code: str | None
    failure_detail: str | None
    job: Job
    seed: int
    input_sha256: str | None
    code_version: str | None
    libraries: dict[str, str]
    snapshot: SnapshotRef | None
    cancel_requested_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class MetricsOut(ReadModel):
    """Series by name, each a list of [step, value]; after a resume the later value of a step counts."""

    names: list[str]
    series: dict[str, list[tuple[int, float]]]


class LogLineOut(ReadModel):
    id: int
    at: datetime
    level: Literal["info", "warning", "error"]
    message: str


def run_read(*, run_id: int) -> RunOut:
    """Everything about one run."""
    run = Run.objects.select_related("snapshot", "repeats").get(pk=run_id)
    return RunOut.model_validate(
        {
            "id": run.pk,
            "project_id": run.project_id,
            "round_id": run.round_id,
            "kind": run.kind,
            "status": run.status,
            "attempt": run.attempt,
            "progress": run.progress or None,
            "paused_by": paused_by(run),
            "accepted_rules": run.accepted_rules,
            "finish_step": run.finish_step,
            "repeats": _run_ref(run.repeats) if run.repeats else None,
            "repeated_by": [_run_ref(other) for other in run.repeated_by.order_by("pk")],
            "report": run.report,
            "failure_code": run.failure_code or None,
            "failure_detail": run.failure_detail or None,
            "job": run.job,
            "seed": run.seed,
            "input_sha256": run.input_sha256 or None,
            "code_version": run.code_version or None,
            "libraries": run.libraries,
            "snapshot": snapshot_ref(run),
            "cancel_requested_at": run.cancel_requested_at,
            "created_at": run.created_at,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
        }
    )


def snapshot_ref(run: Run) -> SnapshotRef | None:
    """The run's snapshot; load it with the run."""
    snapshot = run.snapshot
    if snapshot is None:
        return None
    return SnapshotRef(id=snapshot.pk, sha256=snapshot.sha256, size=len(snapshot.preference_ids))


def _run_ref(run: Run) -> RunRef:
    return RunRef(id=run.pk, seed=run.seed, status=RunStatus(run.status))


def run_metrics(*, run_id: int) -> MetricsOut:
    """The run's series, thinned to at most 2,000 points each."""
    series: dict[str, dict[int, float]] = {}
    rows = RunEvent.objects.filter(run=run_id, type="metrics").order_by("line").values_list("data", flat=True)
    for data in rows.iterator():
        for name, value in data["values"].items():
            series.setdefault(name, {})[data["step"]] = value
    return MetricsOut(names=sorted(series), series={name: _thinned(points) for name, points in sorted(series.items())})


def run_log_lines(rows: list[RunEvent]) -> list[LogLineOut]:
    """Events of type `log` as lines."""
    return [
        LogLineOut(id=row.pk, at=row.at, level=row.data.get("level", "info"), message=row.data["message"])
        for row in rows
    ]


def _thinned(points: dict[int, float]) -> list[tuple[int, float]]:
    ordered = sorted(points.items())
    stride = -(-len(ordered) // POINTS)
    if stride <= 1:
        return ordered
    kept = ordered[::stride]
    return kept if kept[-1] == ordered[-1] else [*kept[:-1], ordered[-1]]
