"""What an admin decides about a tuning run: let a paused one go on, end it with a checkpoint, do it again."""

from django.db import transaction
from django.utils import timezone

from annotate import dispatch
from annotate.errors import AnnotateError, ErrorCode, archived, invalid
from annotate.models import RUN_FINAL, PolicyCheckpoint, Run, RunStatus, User
from annotate.selectors.checkpoints import checkpoint_directory
from annotate.services.audit import audit_record
from annotate.services.run_seeds import seed_of
from annotate.services.runs import run_note, run_requeue
from rlhf_backend.config import RunKind


@transaction.atomic
def run_resume(*, run: Run, actor: User, reason: str) -> None:
    """Queue a paused run again; the rules that paused it only warn from then on.

    Raises: AnnotateError run/wrong-state: it is not paused.
    """
    locked = _paused(run)
    fired = [rule["rule"] for rule in locked.paused_by]
    locked.accepted_rules = [*locked.accepted_rules, *(rule for rule in fired if rule not in locked.accepted_rules)]
    locked.paused_by = []
    run_requeue(locked, detail=f"resumed by an admin: {reason}")
    _audit(locked, actor, "run.resume", rules=fired, reason=reason)


@transaction.atomic
def run_finish(*, checkpoint: PolicyCheckpoint, actor: User, reason: str) -> None:
    """Queue a paused run once more, only to end with the policy of this checkpoint.

    Raises: AnnotateError run/wrong-state: it is not paused. checkpoint/not-on-disk: its policy was not kept.
    """
    locked = _paused(checkpoint.run)
    _require_weights(checkpoint)
    fired = [rule["rule"] for rule in locked.paused_by]
    locked.finish_step, locked.paused_by = checkpoint.step, []
    run_requeue(locked, detail=f"ended by an admin with step {checkpoint.step}: {reason}")
    _audit(locked, actor, "run.finish", rules=fired, step=checkpoint.step, reason=reason)


@transaction.atomic
def run_repeat(*, run: Run, actor: User, seed: int | None = None) -> Run:
    """Queue the job of a finished tuning run again with another seed, on the same inputs, beside its round.

    Raises: AnnotateError run/wrong-state: it did not finish, or tunes no policy. 400: the seed was used.
    project/archived.
    """
    first = Run.objects.select_for_update(of=("self",)).select_related("project").get(pk=run.repeats_id or run.pk)
    if first.kind != RunKind.POLICY or first.status != RunStatus.DONE:
        raise _wrong_state(first, "only a tuning run that is done can be repeated")
    if first.project.archived_at is not None:
        raise archived()
    drawn = first.repeated_by.count()
    if seed is not None and _is_used(first, seed):
        raise invalid("seed", f"{seed} was used already; with the same seed the result would be the same")
    repeat = Run.objects.create(
        project=first.project,
        round=first.round,
        kind=first.kind,
        job=first.job,
        seed=seed_of(f"run {first.pk} repeat {drawn + 1}") if seed is None else seed,
        snapshot=first.snapshot,
        repeats=first,
        queued_at=timezone.now(),
    )
    run_note(repeat, RunStatus.QUEUED)
    _audit(repeat, actor, "run.repeat", repeats=first.pk, seed=repeat.seed)
    dispatch.enqueue(dispatch.TaskName.RUN_EXECUTE, repeat.pk)
    return repeat


def _is_used(first: Run, seed: int) -> bool:
    """Whether a seed gave a result, or is about to; those that failed or were cancelled may be tried again."""
    lost = RUN_FINAL - {RunStatus.DONE}
    return seed == first.seed or first.repeated_by.filter(seed=seed).exclude(status__in=lost).exists()


def _paused(run: Run) -> Run:
    locked = Run.objects.select_for_update(of=("self",)).select_related("project").get(pk=run.pk)
    if locked.status != RunStatus.PAUSED:
        raise _wrong_state(locked, "only a run that a rule has paused waits for this")
    return locked


def _require_weights(checkpoint: PolicyCheckpoint) -> None:
    """The policy before tuning needs no copy: it is where the run began."""
    if checkpoint.step > 0 and checkpoint_directory(checkpoint=checkpoint) is None:
        raise checkpoint_not_on_disk(checkpoint)


def checkpoint_not_on_disk(checkpoint: PolicyCheckpoint, *, found: str = "") -> AnnotateError:
    """Why a checkpoint cannot be used; `found` says what is wrong with its files."""
    if checkpoint.step == 0:
        detail = "Step 0 is the policy that tuning began with: it is a version already."
    else:
        detail = f"The policy of {checkpoint} is not on disk: " + (
            found or "a run keeps only its newest. Choose a later step, or raise “Policies kept” for the next run."
        )
    return AnnotateError(ErrorCode.CHECKPOINT_NOT_ON_DISK, detail, step=checkpoint.step)


def run_require_ended(*, run: Run) -> None:
    """Raises: AnnotateError run/wrong-state: it is at work, or paused."""
    if run.status not in RUN_FINAL:
        raise _wrong_state(
            run, "its checkpoints can be put to use when it has ended; a paused run can be ended with one"
        )


def _wrong_state(run: Run, expected: str) -> AnnotateError:
    return AnnotateError(
        ErrorCode.RUN_WRONG_STATE, f"Run {run.pk} ({run.kind}) is {run.status}: {expected}.", state=run.status
    )


def _audit(run: Run, actor: User, action: str, **data: object) -> None:
    audit_record(actor=actor, action=action, project=run.project, target=f"run {run.pk}", **data)
