"""One run from claim to end, whatever happens on the way."""

import logging
from collections.abc import Callable
from pathlib import Path

from django.db import InterfaceError, OperationalError

from annotate.jobs.engine import engine_stop_stray, log_tail
from annotate.jobs.prepare import code_version, run_prepare, run_result
from annotate.jobs.publish import run_publish
from annotate.jobs.supervise import Ending, patiently, supervise
from annotate.models import Run
from annotate.services.rounds import round_advance
from annotate.services.runs import (
    TokenLost,
    run_cancelled,
    run_claim,
    run_crashed,
    run_failed,
    run_interrupted,
    run_paused,
    run_prepared,
)
from rlhf_backend.errors import CoreError, FailureCode
from rlhf_backend.failures import explain
from rlhf_backend.types import Failure, RunResult

_log = logging.getLogger(__name__)
_EXIT_NO_DISK = 74
_SIGKILL = -9


def run_execute(*, run_id: int, is_stopping: Callable[[], bool]) -> None:
    """Do a queued run. A second message for it, or one that comes late, does nothing."""
    run = run_claim(run_id=run_id)
    if run is None:
        _log.info("run %s is not queued: nothing to do", run_id)
        return
    try:
        _work(run, is_stopping)
    except TokenLost as error:
        _log.warning("left alone: %s", error)
        return
    if (round_id := run.round_id) is not None:
        patiently(lambda: round_advance(round_id=round_id))


def _work(run: Run, is_stopping: Callable[[], bool]) -> None:
    try:
        directory, input_sha256 = run_prepare(run=run)
        run_prepared(run=run, input_sha256=input_sha256, code_version=code_version())
        engine_stop_stray(directory)
        if run_result(directory=directory) is None:
            ending, status = supervise(run=run, directory=directory, is_stopping=is_stopping)
        else:
            ending, status = Ending.RESULT, 0  # the worker died between the engine's end and the database
        result = run_result(directory=directory)
        patiently(lambda: _conclude(run, directory, ending, status, result))
    except TokenLost:
        raise
    except (OperationalError, InterfaceError) as error:
        text = f"The database went away: {error}"
        patiently(lambda: run_crashed(run=run, code=FailureCode.RESOURCE, detail=text))
    except Exception as error:
        _log.exception("run %s", run.pk)
        failure = _explained(error)
        patiently(lambda: run_failed(run=run, code=failure.code, detail=failure.message))


def _conclude(run: Run, directory: Path, ending: Ending, status: int, result: RunResult | None) -> None:
    if result is not None and result.status == "done":
        run_publish(run=run, result=result)
    elif result is not None and result.failure is not None and result.status == "failed":
        run_failed(run=run, code=result.failure.code, detail=result.failure.message)
    elif result is not None and result.status == "paused":
        run_paused(run=run, fired=[rule.model_dump(mode="json") for rule in result.paused_by])
    elif ending == Ending.CANCELLED or (result is not None and result.status == "cancelled"):
        run_cancelled(run=run)
    elif ending == Ending.PAUSED:
        run_paused(run=run, fired=[])
    elif ending == Ending.STOPPED:
        run_interrupted(run=run)
    elif status == _EXIT_NO_DISK:
        failure = _death(directory, status)
        run_failed(run=run, code=failure.code, detail=failure.message)
    else:
        failure = _death(directory, status)
        run_crashed(run=run, code=failure.code, detail=failure.message)


def _death(directory: Path, status: int) -> Failure:
    """What an engine's exit status means when there is no result."""
    said = log_tail(directory)
    tail = f"\nIts last lines:\n{said}" if said else ""
    if status == _EXIT_NO_DISK:
        text = (
            "The engine could not write its files: the disk is full or cannot be written. Free some space, try again."
        )
        return Failure(code=FailureCode.RESOURCE, message=text + tail)
    if status == _SIGKILL:
        text = (
            "The engine was killed (SIGKILL), as the system does when memory runs out. Use a smaller batch, shorter "
            "completions, a smaller model or a larger machine."
        )
        return Failure(code=FailureCode.RESOURCE, message=text + tail)
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    return Failure(code=FailureCode.INTERNAL, message=f"The engine ended without a result ({how}).{tail}")


def _explained(error: Exception) -> Failure:
    """What an admin reads when the worker itself could not go on."""
    failure = explain(error)
    if isinstance(error, CoreError) or failure.code != FailureCode.INTERNAL:
        return failure
    if isinstance(error, OSError):
        text = f"A file of the run could not be read or written: {error}. Check the data directory, then try again."
        return Failure(code=FailureCode.RESOURCE, message=text)
    text = f"The worker stopped on an error it does not know: {type(error).__name__}: {error}"
    return Failure(code=FailureCode.INTERNAL, message=text)
