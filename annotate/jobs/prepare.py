"""From a run's row to its directory: job.json and inputs, the same however often it is prepared."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from annotate import __version__
from annotate.config.env import ROOT, env
from annotate.models import Run
from annotate.models.project_settings import ProjectSettings
from annotate.selectors.demonstrations import demonstrations
from annotate.selectors.model_sources import model_location
from annotate.selectors.panel_preferences import panel_preference_ids
from annotate.selectors.preference_details import details_lines
from annotate.selectors.round_prompts import (
    prompts_for_evaluation,
    prompts_for_monitor,
    prompts_for_policy,
    prompts_for_sampling,
)
from annotate.selectors.self_labels import pairs_unlabeled
from annotate.selectors.snapshots import snapshot_lines
from rlhf_backend.config import Job, JobFile, PolicyJob, RewardModelJob, RunKind
from rlhf_backend.durable import sha256, write_text
from rlhf_backend.errors import ConfigError, DataError
from rlhf_backend.policy_config import DIRECT
from rlhf_backend.types import RunResult

RESULT = "result.json"
CANCEL = "cancel"
_JOB: TypeAdapter[Job] = TypeAdapter(Job)
_MODELS = ("backbone", "policy", "reference", "predecessor", "reward_model")


def run_directory(*, run: Run) -> Path:
    """Where the run's files are."""
    return env().data_dir.resolve() / "runs" / str(run.pk)


def run_prepare(*, run: Run) -> tuple[Path, str]:
    """The run's directory, ready for the engine, and the hash of all that decides the result.

    Inputs are written once: a resumed run trains on exactly what it began with.
    Raises: ConfigError: a model is missing. DataError: the snapshot's rows are not what they were. OSError: no disk.
    """
    directory = run_directory(run=run)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / CANCEL).unlink(missing_ok=True)
    result = run_result(directory=directory)
    if result is not None and not _stands(result, run):
        (directory / RESULT).unlink()
    if not (directory / "inputs").exists():
        _write_inputs(run, directory)
    job = _JOB.validate_python(run.job)
    file = JobFile(
        run_id=run.pk,
        seed=run.seed,
        threads=env().torch_threads,
        accepted_rules=run.accepted_rules,
        finish_at=run.finish_step,
        job=_located(job),
    )
    write_text(directory / "job.json", file.model_dump_json(indent=1) + "\n")
    return directory, _input_sha256(run, job, directory / "inputs")


def run_result(*, directory: Path) -> RunResult | None:
    """What the engine left; None while it has not ended."""
    try:
        return RunResult.model_validate_json((directory / RESULT).read_bytes())
    except FileNotFoundError:
        return None


def _stands(result: RunResult, run: Run) -> bool:
    """Whether a result that is already there is the run's: its worker died before the database was told.

    Of a pause: unless an admin has accepted all that fired, or ended the run.
    """
    if result.status == "paused":
        accepted = {rule.rule for rule in result.paused_by} <= set(run.accepted_rules)
        return run.finish_step is None and not accepted
    return result.status == "done"


@cache
def code_version() -> str:
    """The engine's version and the hash of its source."""
    digest = hashlib.sha256()
    package = ROOT / "rlhf_backend"
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode())
        digest.update(path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _located(job: Job) -> Job:
    """The job with places on disk instead of the site's names for models."""
    places = {}
    for name in _MODELS:
        source = getattr(job, name, None)
        if source is not None:
            try:
                places[name] = model_location(source=source)
            except LookupError as error:
                raise ConfigError(str(error)) from error
    return job.model_copy(update=places)


def _write_inputs(run: Run, directory: Path) -> None:
    part = directory / ".inputs.part"
    shutil.rmtree(part, ignore_errors=True)
    repeated = run_directory(run=run.repeats) / "inputs" if run.repeats else None
    if repeated is not None and repeated.exists():  # prompts may have come or gone since
        shutil.copytree(repeated, part)
        part.rename(directory / "inputs")
        return
    part.mkdir()
    for name, lines in _inputs(run):
        digest = hashlib.sha256()
        with (part / name).open("wb") as file:
            for line in lines:
                digest.update(line)
                file.write(line)
        if name == "comparisons.jsonl" and run.snapshot and digest.hexdigest() != run.snapshot.sha256:
            raise DataError(
                f"The preferences of snapshot {run.snapshot.sha256[:12]} now read {digest.hexdigest()[:12]}: "
                "texts were changed in the database. Start a new round."
            )
    part.rename(directory / "inputs")


def _inputs(run: Run) -> Iterator[tuple[str, Iterable[bytes]]]:
    settings = ProjectSettings.model_validate(run.round.settings if run.round else run.project.settings)
    job = _JOB.validate_python(run.job)
    match run.kind:
        case RunKind.REWARD_MODEL:
            yield "comparisons.jsonl", _comparisons(run)
            trained = run.snapshot.preference_ids if run.snapshot else []
            panel = panel_preference_ids(project=run.project)
            yield "panel.jsonl", snapshot_lines(preference_ids=panel, soft_labels={})
            yield "details.jsonl", details_lines(preference_ids=[*trained, *panel])
            if isinstance(job, RewardModelJob) and job.config.self_label_share > 0:
                yield "unlabeled.jsonl", _lines(pairs_unlabeled(project=run.project, verdicts=len(trained)))
        case RunKind.POLICY:
            yield from _policy_inputs(run, PolicyJob.model_validate(run.job))
        case RunKind.EVALUATION:
            yield "prompts.jsonl", _lines(prompts_for_evaluation(project=run.project, seed=run.seed))
        case RunKind.SAMPLING:
            wanted = settings.queue.pairs_per_round * settings.queue.prompts_per_pair
            yield "prompts.jsonl", _lines(prompts_for_sampling(project=run.project, wanted=wanted, seed=run.seed))


def _policy_inputs(run: Run, job: PolicyJob) -> Iterator[tuple[str, Iterable[bytes]]]:
    """What the method learns from, and what the monitor and the pre-flight measure on."""
    method, trained = job.config.method, run.snapshot.preference_ids if run.snapshot else []
    imitates = method == "sft" or job.config.demonstration_weight > 0
    yield "prompts.jsonl", _lines(prompts_for_policy(project=run.project))
    if method in DIRECT or imitates:
        yield "comparisons.jsonl", _comparisons(run)
    if method == "bfpo":
        yield "details.jsonl", details_lines(preference_ids=trained)
    if imitates:
        yield "demonstrations.jsonl", _lines(demonstrations(project=run.project, preference_ids=trained))
    if job.monitor.prompts:
        yield "panel_prompts.jsonl", _lines(prompts_for_monitor(project=run.project, wanted=job.monitor.prompts))
        panel = panel_preference_ids(project=run.project)
        yield "panel.jsonl", snapshot_lines(preference_ids=panel, soft_labels={})


def _comparisons(run: Run) -> Iterator[bytes]:
    if run.snapshot is None:
        return iter(())
    return snapshot_lines(preference_ids=run.snapshot.preference_ids, soft_labels=run.snapshot.soft_labels)


def _lines(rows: Iterable[BaseModel]) -> Iterator[bytes]:
    return (row.model_dump_json().encode() + b"\n" for row in rows)


def _input_sha256(run: Run, job: Job, inputs: Path) -> str:
    """Of the job as the site names it, the seed and the input files: independent of machine and run number."""
    digest = hashlib.sha256(f"{job.model_dump_json()}\n{run.seed}\n".encode())
    for path in sorted(inputs.iterdir()):
        digest.update(f"{path.name} {sha256(path)}\n".encode())
    return digest.hexdigest()
