"""The loop's state machine. `round_advance` alone knows the order of a round's steps; it decides from rows."""

import logging
from collections.abc import Callable
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from annotate.errors import AnnotateError
from annotate.models import (
    ROUND_FINAL,
    RUN_FINAL,
    ModelKind,
    ModelStatus,
    Round,
    RoundStatus,
    RoundTrigger,
    Run,
    RunStatus,
    User,
)
from annotate.models.project_settings import ProjectSettings
from annotate.selectors.cards import card_statement
from annotate.selectors.rounds import GateOut
from annotate.selectors.versions import version_active
from annotate.services.gates import policy_gate, reward_gate
from annotate.services.queueing import round_queue
from annotate.services.round_jobs import round_run_create
from annotate.services.runs import run_cancel
from annotate.services.versions import version_activate, version_metrics_add
from rlhf_backend.config import RunKind
from rlhf_backend.errors import FailureCode
from rlhf_backend.types import EvaluationReport, RewardModelReport

_log = logging.getLogger(__name__)
HALTED = frozenset({RoundStatus.BLOCKED, RoundStatus.WAITING, *ROUND_FINAL})
"""A round in one of these goes on only when somebody says so."""


def round_advance(*, round_id: int) -> RoundStatus:
    """Take the round as far as its rows allow; its status then.

    Safe to call at any time, from anywhere and twice: after each run, after each act of an admin, from the beat.
    """
    while True:
        with transaction.atomic():
            round_ = round_lock(round_id=round_id)
            before = round_.status
            if before in HALTED:
                return RoundStatus(before)
            after = _STEPS[RoundStatus(before)](round_)
            if after != before:
                round_enter(round_=round_, status=after)
        if after == before or after in HALTED:
            return RoundStatus(after)


def rounds_advance_all() -> None:
    """Advance every round at work: one may wait because a worker died between a run's end and the next step."""
    for round_id in Round.objects.exclude(status__in=HALTED).values_list("pk", flat=True):
        try:
            round_advance(round_id=round_id)
        except Exception:  # one round's trouble must not keep the others waiting
            _log.exception("round %s", round_id)


def round_lock(*, round_id: int) -> Round:
    """The round, held until the transaction ends."""
    related = ("project", "snapshot", "start_policy", "reward_model", "policy")
    return Round.objects.select_for_update(of=("self",)).select_related(*related).get(pk=round_id)


def round_enter(*, round_: Round, status: RoundStatus) -> None:
    """Write the round with a new status."""
    round_.status = status
    round_.finished_at = timezone.now() if status in ROUND_FINAL else None
    round_.save()


def round_fail(*, round_: Round, code: str, detail: str) -> RoundStatus:
    """Note why the round cannot go on and where it stopped."""
    round_.failure_code, round_.failure_detail, round_.stopped_at = code, detail, round_.status
    return RoundStatus.FAILED


@transaction.atomic
def round_stop(*, round_: Round, actor: User | None) -> None:
    """End a round as cancelled, its runs with it. The caller holds the round."""
    waits = round_.status == RoundStatus.WAITING
    round_.stopped_at = round_.blocked_at or (RoundStatus.POLICY_GATE if waits else round_.status)
    for run in Run.objects.filter(round=round_, repeats=None).exclude(status__in=RUN_FINAL):
        with suppress(AnnotateError):  # it ended by itself meanwhile
            run_cancel(run=run, actor=actor)
    round_enter(round_=round_, status=RoundStatus.CANCELLED)


def _snapshot(round_: Round) -> RoundStatus:
    return RoundStatus.SAMPLING if round_.trigger == RoundTrigger.BOOTSTRAP else RoundStatus.REWARD_MODEL


def _reward_model(round_: Round) -> RoundStatus:
    run, status = _run(round_, RunKind.REWARD_MODEL)
    if run is None:
        return status
    round_.reward_model = run.model_version
    report = RewardModelReport.model_validate(run.report)
    metrics = {
        "accuracy": report.accuracy.value,
        "accuracy_low": report.accuracy.low,
        "accuracy_high": report.accuracy.high,
        "accuracy_n": float(report.accuracy.n),
        "log_loss": report.log_loss,
        "preferences": float(report.preferences),
    }
    version_metrics_add(version=run.model_version, metrics=metrics)
    return RoundStatus.REWARD_GATE


def _reward_gate(round_: Round) -> RoundStatus:
    def judge() -> GateOut:
        run = _latest(round_, RunKind.REWARD_MODEL)
        missing = card_statement(project=round_.project, version=round_.reward_model).missing()
        return reward_gate(
            report=RewardModelReport.model_validate(run.report),
            limits=_settings(round_).gates,
            card_missing=len(missing),
        )

    if not _gate_passes(round_, judge):
        return RoundStatus.BLOCKED
    if round_.reward_model and round_.reward_model.status != ModelStatus.ACTIVE:
        version_activate(version=round_.reward_model, actor=None, reason=f"round {round_.number} passed its gate")
    return RoundStatus.POLICY


def _policy(round_: Round) -> RoundStatus:
    run, status = _run(round_, RunKind.POLICY)
    if run is None:
        return status
    round_.policy = run.model_version
    return RoundStatus.EVALUATION


def _evaluation(round_: Round) -> RoundStatus:
    run, status = _run(round_, RunKind.EVALUATION)
    if run is None or round_.policy is None:
        return status
    report = EvaluationReport.model_validate(run.report)
    metrics = {
        "win_rate": report.win_rate.value,
        "win_rate_low": report.win_rate.low,
        "win_rate_high": report.win_rate.high,
        "win_rate_n": float(report.win_rate.n),
        "reward": report.after.reward.value,
        "kl": report.after.kl.value,
        "tokens": report.after.tokens.value,
        "ended_share": report.after.ended_share,
    }
    version_metrics_add(version=round_.policy, metrics=metrics)
    return RoundStatus.POLICY_GATE


def _policy_gate(round_: Round) -> RoundStatus:
    def judge() -> GateOut:
        run = _latest(round_, RunKind.EVALUATION)
        return policy_gate(report=EvaluationReport.model_validate(run.report), limits=_settings(round_).gates)

    if not _gate_passes(round_, judge):
        return RoundStatus.BLOCKED
    if _settings(round_).rounds.promote == "manual" or _was_rolled_back(round_):
        return RoundStatus.WAITING
    round_promote_policy(round_=round_, actor=None)
    return RoundStatus.SAMPLING


def round_promote_policy(*, round_: Round, actor: User | None) -> None:
    """Put the round's policy to use, unless it already is."""
    if round_.policy is not None and round_.policy.status != ModelStatus.ACTIVE:
        version_activate(version=round_.policy, actor=actor, reason=f"round {round_.number}")


def _sampling(round_: Round) -> RoundStatus:
    run, status = _run(round_, RunKind.SAMPLING)
    return status if run is None else RoundStatus.QUEUEING


def _queueing(round_: Round) -> RoundStatus:
    if round_queue(round_=round_):
        return RoundStatus.DONE
    return round_fail(
        round_=round_,
        code=FailureCode.DATA,
        detail="No pair could be queued: all completions of each prompt were the same text. "
        "Raise the sampling temperature or the number of samples for each prompt.",
    )


_STEPS: dict[RoundStatus, Callable[[Round], RoundStatus]] = {
    RoundStatus.SNAPSHOT: _snapshot,
    RoundStatus.REWARD_MODEL: _reward_model,
    RoundStatus.REWARD_GATE: _reward_gate,
    RoundStatus.POLICY: _policy,
    RoundStatus.EVALUATION: _evaluation,
    RoundStatus.POLICY_GATE: _policy_gate,
    RoundStatus.SAMPLING: _sampling,
    RoundStatus.QUEUEING: _queueing,
}


def _run(round_: Round, kind: RunKind) -> tuple[Run | None, RoundStatus]:
    """The step's finished run, or None and the status that the round has without it; the run is made if missing.

    While the run is paused, the round waits; repeats with another seed are none of its steps.
    """
    status = RoundStatus(round_.status)
    run = Run.objects.filter(round=round_, kind=kind, repeats=None).order_by("pk").last()
    if run is None:
        round_run_create(round_=round_, kind=kind)
        return None, status
    if run.status == RunStatus.DONE:
        return run, status
    if run.status == RunStatus.FAILED:
        return None, round_fail(round_=round_, code=run.failure_code, detail=run.failure_detail)
    if run.status == RunStatus.CANCELLED:
        round_.stopped_at = status
        return None, RoundStatus.CANCELLED
    return None, status


def _latest(round_: Round, kind: RunKind) -> Run:
    return Run.objects.filter(round=round_, kind=kind, status=RunStatus.DONE, repeats=None).latest("pk")


def _gate_passes(round_: Round, judge: Callable[[], GateOut]) -> bool:
    """Judge once and keep the verdict; an admin's override opens the gate without changing it."""
    name = round_.status
    if name not in round_.gates:
        round_.gates = {**round_.gates, name: judge().model_dump(mode="json")}
    gate = GateOut.model_validate(round_.gates[name])
    round_.blocked_at = "" if gate.passed or gate.override else name
    round_.save(update_fields=["gates", "blocked_at"])
    return not round_.blocked_at


def _was_rolled_back(round_: Round) -> bool:
    """Whether somebody put another policy to use while the round ran; it must then not be replaced unasked."""
    return version_active(project=round_.project, kind=ModelKind.POLICY) != round_.start_policy


def _settings(round_: Round) -> ProjectSettings:
    return ProjectSettings.model_validate(round_.settings)
