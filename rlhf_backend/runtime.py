"""From a run directory to a result: read the job, prepare the process, run the recipe, tell how it ended."""

import contextlib
import os
import platform
import random
import resource
import shutil
import sys
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import ValidationError

from rlhf_backend import durable
from rlhf_backend.config import EvaluationJob, Job, JobFile, PolicyJob, RewardModelJob, SamplingJob, ScoringJob
from rlhf_backend.errors import ConfigError, RunCancelled, RunInterrupted
from rlhf_backend.events import EventLog
from rlhf_backend.failures import explain
from rlhf_backend.memory import keep_freed_memory
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.process import neighbours, processes
from rlhf_backend.stop import RunPaused, StopRequest
from rlhf_backend.tuning_sections import FiredRule
from rlhf_backend.types import Failure, Report, RunResult

if TYPE_CHECKING:
    from rlhf_backend.run import Run

RESULT = "result.json"
EXIT_DONE = 0
EXIT_NO_DIRECTORY = 66  # EX_NOINPUT of sysexits.h
EXIT_NO_RESULT = 74  # EX_IOERR: not even the result could be written
EXIT_INTERRUPTED = 75  # EX_TEMPFAIL: run the same directory again
_REPORTED_LIBRARIES = ("torch", "transformers", "peft", "safetensors", "numpy", "scipy", "pydantic")


def execute(directory: Path) -> int:
    """Run the job of `directory` and write its result.json; the process's exit code.

    0: a result was written, now or earlier. 75: interrupted, run the directory again. 66 and 74: no directory, no disk.
    """
    if not directory.is_dir():
        print(f"{directory} is not a directory: expected a run directory with job.json", file=sys.stderr)
        return EXIT_NO_DIRECTORY
    if (directory / RESULT).exists():
        return EXIT_DONE
    started = time.monotonic()
    try:
        events = EventLog(directory / "events.jsonl")
        with contextlib.closing(events):
            result = _result(directory, events, started)
        durable.write_text(directory / RESULT, result.model_dump_json(indent=1) + "\n")
        if result.status == "done":  # a cancelled or failed run keeps what it had
            shutil.rmtree(directory / "checkpoint", ignore_errors=True)
    except RunInterrupted:
        return EXIT_INTERRUPTED
    except OSError as error:
        print(f"no result could be written in {directory}: {error}", file=sys.stderr)
        return EXIT_NO_RESULT
    return EXIT_DONE


def read_job(directory: Path) -> JobFile:
    """The job of a run directory.

    Raises: ConfigError: job.json is missing, is not JSON or does not fit the schema; the message names the fields.
    """
    try:
        return JobFile.model_validate_json((directory / "job.json").read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(f"{directory} holds no job.json: expected a job as rlhf_backend.config.JobFile") from error
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"job.json does not describe a job: {found}") from error


def _result(directory: Path, events: EventLog, started: float) -> RunResult:
    """The result of the run, whether it ended well or not.

    Raises: RunInterrupted: the process has to end, the run has not ended.
    """
    report: Report | None = None
    failure: Failure | None = None
    paused_by: list[FiredRule] = []
    status: Literal["done", "failed", "cancelled", "paused"] = "done"
    try:
        report = run_job(directory, events)
    except RunInterrupted as error:
        events.log(f"{error}; run the same directory again to go on")
        raise
    except RunPaused as error:
        status, paused_by = "paused", error.fired
    except RunCancelled as error:
        status, failure = "cancelled", explain(error)
    except Exception as error:
        status, failure = "failed", explain(error)
        with contextlib.suppress(OSError):  # the disk may be full, and the result matters more
            events.log(f"{failure.message}\n{traceback.format_exc()}", "error")
    return RunResult(
        status=status,
        report=report,
        failure=failure,
        paused_by=paused_by,
        seconds=time.monotonic() - started,
        peak_rss_mb=_peak_rss_mb(),
        libraries=_libraries(),
    )


def shares_work(job_file: JobFile) -> bool:
    """Whether several processes can do the job together: where a network takes optimiser steps."""
    match job_file.job:
        case RewardModelJob(config=config):
            return config.trainable != "head"  # a head is fitted in closed form
        case PolicyJob():
            return job_file.finish_at is None
        case _:
            return False


def run_job(directory: Path, events: EventLog, *, scratch: Path | None = None) -> Report:
    """Read the job, prepare the process as it wants, run it. What it writes goes to `scratch`, if there is one."""
    stop = StopRequest(directory)
    with stop.listening():
        job_file = read_job(directory)
        events.progress("loading", 0, 1)
        prepare_process(job_file)
        # From here on torch is needed: imported late, and only what the job uses, so that a bad job fails at once.
        from rlhf_backend.distributed import joined
        from rlhf_backend.run import Run

        run = Run(
            scratch or directory,
            seed=job_file.seed,
            events=events,
            stop=stop,
            accepted_rules=frozenset(job_file.accepted_rules),
            finish_at=job_file.finish_at,
        )
        sharing = processes() > 1 and shares_work(job_file)
        if processes() > 1:
            told = (
                "processes share each step" if sharing else "processes would have nothing to share: one does this job"
            )
            events.log(f"{processes()} {told}")
        with joined() if sharing else contextlib.nullcontext():
            stop.raise_if_made(done="before it began")
            return _recipe(run, job_file.job)


def _recipe(run: "Run", job: Job) -> Report:
    """Hand over to the recipe of the job's kind."""
    match job:
        case RewardModelJob() as job:
            from rlhf_backend.recipes.reward_model import train_reward_model

            return train_reward_model(run, job)
        case PolicyJob(config=PolicyConfig(method="dpo" | "ipo" | "bfpo")) as job:
            from rlhf_backend.recipes.dpo import tune_directly

            return tune_directly(run, job)
        case PolicyJob(config=PolicyConfig(method="online_dpo" | "xpo")) as job:
            from rlhf_backend.recipes.online_preferences import tune_on_online_preferences

            return tune_on_online_preferences(run, job)
        case PolicyJob(config=PolicyConfig(method="sft")) as job:
            from rlhf_backend.recipes.sft import tune_by_sft

            return tune_by_sft(run, job)
        case PolicyJob(config=PolicyConfig(method="best_of_n")) as job:
            from rlhf_backend.recipes.best_of_n import tune_by_best_of_n

            return tune_by_best_of_n(run, job)
        case PolicyJob() as job:
            from rlhf_backend.recipes.policy_gradient import tune_by_policy_gradient

            return tune_by_policy_gradient(run, job)
        case SamplingJob() as job:
            from rlhf_backend.recipes.sampling import sample_completions

            return sample_completions(run, job)
        case EvaluationJob() as job:
            from rlhf_backend.recipes.evaluation import evaluate_policy

            return evaluate_policy(run, job)
        case ScoringJob() as job:
            from rlhf_backend.recipes.scoring import score_completions

            return score_completions(run, job)


def prepare_process(job_file: JobFile) -> None:
    """Threads, seeds, silence. The environment is set before transformers is imported, which reads it then."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"
    keep_freed_memory()
    import torch

    sharing = neighbours() if shares_work(job_file) else 1
    torch.set_num_threads(max(1, (job_file.threads or len(os.sched_getaffinity(0))) // sharing))
    random.seed(job_file.seed)
    np.random.seed(job_file.seed % 2**32)
    torch.manual_seed(job_file.seed)


def _peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _libraries() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _REPORTED_LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
