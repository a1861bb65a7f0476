"""Rounds as people see them: steps with progress, gates, reports."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db.models import Count
from pydantic import Field

from annotate.models import Comparison, ModelVersion, Project, Prompt, Round, RoundStatus, RoundTrigger, Run, RunStatus
from annotate.selectors.panel import panel_win_rates
from annotate.selectors.round_steps import STEPS, StepOut, paused_by, step_out
from annotate.types import ReadModel
from rlhf_backend.config import RunKind
from rlhf_backend.tuning_sections import FiredRule
from rlhf_backend.types import EvaluationReport, Interval, RewardModelReport


class VersionRef(ReadModel):
    id: int
    number: int


class RoundRef(ReadModel):
    id: int
    number: int


class RunRef(ReadModel):
    """A run of the same job with another seed."""

    id: int
    seed: int
    status: RunStatus


class RepeatOut(RunRef):
    """The round's tuning once more with another seed, beside the round."""

    paused_by: list[FiredRule] = Field(description="Why it is paused and waits for an admin; empty otherwise.")


class GateCheck(ReadModel):
    """One demand of a gate: `value` `comparison` `limit`."""

    name: str
    label: str
    value: float
    limit: float
    comparison: Literal[">", "<"]
    passed: bool


class GateOverride(ReadModel):
    by: str
    reason: str
    at: datetime


class GateOut(ReadModel):
    passed: bool
    checks: list[GateCheck]
    override: GateOverride | None = None


class GatesOut(ReadModel):
    reward_gate: GateOut | None = None
    policy_gate: GateOut | None = None


class ReportsOut(ReadModel):
    """`panel`: how often people preferred the new policy to its predecessor on panel prompts, as verdicts come in.

    `prompts`: the last message of each prompt that the evaluation's samples answer, by the prompt's id.
    """

    reward_model: RewardModelReport | None = None
    evaluation: EvaluationReport | None = None
    panel: Interval | None = None
    prompts: dict[int, str] = {}


class RoundOut(ReadModel):
    """Labelers get number, status and dates; the rest is empty for them."""

    id: int
    number: int
    status: RoundStatus
    trigger: RoundTrigger
    started_by: str | None
    created_at: datetime
    finished_at: datetime | None
    blocked_at: str | None
    failure_code: str | None
    failure_detail: str | None
    preferences: int | None
    steps: list[StepOut]
    repeats: list[RepeatOut]
    reward_model: VersionRef | None
    policy: VersionRef | None
    start_policy: VersionRef | None
    gates: GatesOut
    reports: ReportsOut
    queued_comparisons: int


def rounds_read(rounds: list[Round], *, samples: bool = False) -> list[RoundOut]:
    """Rounds of one project with everything an admin sees; the evaluation's texts only when `samples`.

    Six SQL statements, and one for each round whose samples are read.
    """
    ids = [round_.pk for round_ in rounds]
    runs: dict[int, dict[str, Run]] = {round_id: {} for round_id in ids}
    repeats: dict[int, list[Run]] = {round_id: [] for round_id in ids}
    for run in Run.objects.filter(round__in=ids).order_by("pk"):
        if run.repeats_id is not None:
            repeats[run.round_id or 0].append(run)
        else:
            runs[run.round_id or 0][run.kind] = run  # the last attempt at a step counts
    queued = dict(
        Comparison.objects.filter(round__in=ids).values_list("round").annotate(n=Count("pk")).values_list("round", "n")
    )
    full = Round.objects.select_related("project", "snapshot", "started_by", "reward_model", "policy", "start_policy")
    by_id = full.in_bulk(ids)
    panel = panel_win_rates(project=by_id[ids[0]].project, round_ids=ids) if ids else {}
    return [
        _round_out(
            by_id[round_id],
            runs[round_id],
            repeats=[_repeat_out(run) for run in repeats[round_id]],
            queued=queued.get(round_id, 0),
            reports=_reports(runs[round_id], panel.get(round_id), samples=samples),
        )
        for round_id in ids
    ]


def rounds_read_brief(rounds: Iterable[Round]) -> list[RoundOut]:
    """The rounds as labelers see them: that the model learns, not how."""
    return [
        RoundOut(
            id=round_.pk,
            number=round_.number,
            status=RoundStatus(round_.status),
            trigger=RoundTrigger(round_.trigger),
            started_by=None,
            created_at=round_.created_at,
            finished_at=round_.finished_at,
            blocked_at=None,
            failure_code=None,
            failure_detail=None,
            preferences=None,
            steps=[],
            repeats=[],
            reward_model=None,
            policy=None,
            start_policy=None,
            gates=GatesOut(),
            reports=ReportsOut(),
            queued_comparisons=0,
        )
        for round_ in rounds
    ]


def round_active(*, project: Project) -> Round | None:
    """The project's unfinished round."""
    return project.rounds.exclude(status__in=["done", "failed", "cancelled"]).first()


def _round_out(
    round_: Round, runs: dict[str, Run], *, repeats: list[RepeatOut], queued: int, reports: ReportsOut
) -> RoundOut:
    return RoundOut(
        id=round_.pk,
        number=round_.number,
        status=RoundStatus(round_.status),
        trigger=RoundTrigger(round_.trigger),
        started_by=round_.started_by.username if round_.started_by else None,
        created_at=round_.created_at,
        finished_at=round_.finished_at,
        blocked_at=round_.blocked_at or None,
        failure_code=round_.failure_code or None,
        failure_detail=round_.failure_detail or None,
        preferences=len(round_.snapshot.preference_ids) if round_.snapshot else None,
        steps=[step_out(round_, name, runs.get(name)) for name in STEPS],
        repeats=repeats,
        reward_model=version_ref(round_.reward_model),
        policy=version_ref(round_.policy),
        start_policy=version_ref(round_.start_policy),
        gates=GatesOut.model_validate(round_.gates),
        reports=reports,
        queued_comparisons=queued,
    )


def version_ref(version: ModelVersion | None) -> VersionRef | None:
    return None if version is None else VersionRef(id=version.pk, number=version.number)


def _repeat_out(run: Run) -> RepeatOut:
    return RepeatOut(id=run.pk, seed=run.seed, status=RunStatus(run.status), paused_by=paused_by(run))


def _reports(runs: dict[str, Run], panel: Interval | None, *, samples: bool) -> ReportsOut:
    reward, evaluation = runs.get(RunKind.REWARD_MODEL), runs.get(RunKind.EVALUATION)
    report = EvaluationReport.model_validate(evaluation.report) if evaluation and evaluation.report else None
    if report is not None and not samples:
        report = report.model_copy(update={"samples": []})
    return ReportsOut(
        reward_model=RewardModelReport.model_validate(reward.report) if reward and reward.report else None,
        evaluation=report,
        panel=panel,
        prompts=_last_messages({sample.prompt_id for sample in report.samples}) if report else {},
    )


def _last_messages(prompt_ids: set[int]) -> dict[int, str]:
    """Prompt → what its last message says."""
    rows = Prompt.objects.filter(pk__in=prompt_ids).values_list("pk", "messages")
    return {pk: messages[-1]["content"] for pk, messages in rows if messages}
