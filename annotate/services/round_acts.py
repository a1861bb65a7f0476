"""What an admin can do to a round: cancel, override a gate, try again, promote, dismiss. Each act is audited."""

import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode, invalid
from annotate.models import ROUND_FINAL, Round, RoundStatus, Run, RunStatus, User
from annotate.selectors.round_steps import STEPS
from annotate.selectors.rounds import GateOverride, round_active
from annotate.services.audit import audit_record
from annotate.services.round_jobs import round_run_create
from annotate.services.round_starts import round_bootstrap
from annotate.services.rounds import round_advance, round_enter, round_lock, round_promote_policy, round_stop
from annotate.services.runs import run_retry
from rlhf_backend.config import RunKind
from rlhf_backend.errors import FailureCode

_log = logging.getLogger(__name__)
REASON_LENGTH = 10
_SAME_AGAIN = frozenset({FailureCode.RESOURCE.value, FailureCode.INTERNAL.value})
"""After these a run goes on from its checkpoint; after others it needs new settings and begins anew."""


@transaction.atomic
def round_cancel(*, round_: Round, actor: User) -> None:
    """Stop a round and its runs; models already made stay as candidates."""
    locked = round_lock(round_id=round_.pk)
    if locked.status in ROUND_FINAL:
        raise _wrong_state(locked, "only an unfinished round can be cancelled")
    _audit(locked, actor, "round.cancel")
    round_stop(round_=locked, actor=actor)


def round_override(*, round_: Round, actor: User, reason: str) -> None:
    """Let a blocked round go on in spite of its gate, for a reason that is kept with it.

    Raises: AnnotateError 400: the reason is too short. 409: the round is not blocked.
    """
    reason = reason.strip()
    if len(reason) < REASON_LENGTH:
        raise invalid("reason", f"say why in at least {REASON_LENGTH} characters; it is kept with the round")
    with transaction.atomic():
        locked = round_lock(round_id=round_.pk)
        if locked.status != RoundStatus.BLOCKED:
            raise _wrong_state(locked, "only a round that a gate has blocked can be let through")
        gate = locked.blocked_at
        override = GateOverride(by=actor.username, reason=reason, at=timezone.now()).model_dump(mode="json")
        locked.gates = {**locked.gates, gate: {**locked.gates[gate], "override": override}}
        _audit(locked, actor, "round.override", gate=gate, reason=reason)
        round_enter(round_=locked, status=RoundStatus(gate))
    round_advance(round_id=round_.pk)


def round_retry(*, round_: Round, actor: User) -> None:
    """Take up the project's last round at the step in which it failed or was cancelled.

    A run that lost its machine goes on from its checkpoint; one that failed for its data or settings begins anew with
    the project's present settings.
    Raises: AnnotateError 409: not stopped, dismissed, not the last round, or another round is active.
    """
    with transaction.atomic():
        locked = round_lock(round_id=round_.pk)
        step = _step_to_retry(locked)
        locked.failure_code = locked.failure_detail = locked.stopped_at = ""
        locked.settings = locked.project.typed_settings().model_dump(mode="json")
        _enter_again(locked, RoundStatus(step))
        run = Run.objects.filter(round=locked, kind=step, repeats=None).order_by("pk").last()
        if run is not None and (run.status == RunStatus.CANCELLED or run.failure_code in _SAME_AGAIN):
            run_retry(run=run)
        elif run is not None:
            round_run_create(round_=locked, kind=RunKind(step))
        _audit(locked, actor, "round.retry", step=step)
    round_advance(round_id=round_.pk)


def round_promote(*, round_: Round, actor: User) -> None:
    """Put the policy of a waiting round to use and go on to sampling. Raises: AnnotateError 409: it does not wait."""
    with transaction.atomic():
        locked = round_lock(round_id=round_.pk)
        if locked.status != RoundStatus.WAITING:
            raise _wrong_state(locked, "only a round whose policy waits can be promoted")
        _audit(locked, actor, "round.promote")
        round_promote_policy(round_=locked, actor=actor)
        round_enter(round_=locked, status=RoundStatus.SAMPLING)
    round_advance(round_id=round_.pk)


def round_dismiss(*, round_: Round, actor: User) -> None:
    """End a blocked or waiting round; its models stay as candidates and can be put to use later.

    Its gate came before sampling, so it leaves nothing to label. A bootstrap round follows, which samples the policy in
    use, unless the project is archived or has no prompts.
    """
    with transaction.atomic():
        locked = round_lock(round_id=round_.pk)
        if locked.status not in (RoundStatus.BLOCKED, RoundStatus.WAITING):
            raise _wrong_state(locked, "only a round that is blocked or waits can be dismissed")
        _audit(locked, actor, "round.dismiss", was=locked.status)
        round_stop(round_=locked, actor=actor)
    try:
        round_bootstrap(project=locked.project, actor=actor)
    except AnnotateError as error:
        _log.info("no bootstrap round in project %s: %s", locked.project_id, error.detail)


def _step_to_retry(round_: Round) -> str:
    if round_.status not in (RoundStatus.FAILED, RoundStatus.CANCELLED) or round_.stopped_at not in STEPS:
        raise _wrong_state(round_, "only a round that failed or was cancelled can be tried again")
    if round_.stopped_at.endswith("_gate"):
        raise _wrong_state(round_, "it was dismissed at a gate; put its models to use on the models page instead")
    last = round_.project.rounds.order_by("number").last()
    if last is not None and last.pk != round_.pk:
        raise _wrong_state(round_, f"round {last.number} came after it; only the last round can be tried again")
    # Samples of which no pair could be made must be drawn again.
    return "sampling" if round_.stopped_at == "queueing" else round_.stopped_at


def _enter_again(round_: Round, status: RoundStatus) -> None:
    try:
        with transaction.atomic():
            round_enter(round_=round_, status=status)
    except IntegrityError as error:
        active = round_active(project=round_.project)
        number = active.number if active else None
        raise AnnotateError(
            ErrorCode.ROUND_ALREADY_ACTIVE, f"Round {number} is unfinished: end it first.", number=number
        ) from error


def _wrong_state(round_: Round, expected: str) -> AnnotateError:
    return AnnotateError(
        ErrorCode.ROUND_WRONG_STATE, f"Round {round_.number} is {round_.status}: {expected}.", state=round_.status
    )


def _audit(round_: Round, actor: User, action: str, **data: str) -> None:
    audit_record(actor=actor, action=action, project=round_.project, target=f"round {round_.number}", **data)
