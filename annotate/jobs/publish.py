"""From a finished run directory to rows: model versions, completions, reports; and from a checkpoint to a policy."""

import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from annotate.config.env import env
from annotate.jobs.prepare import run_directory
from annotate.models import Completion, CompletionSource, ModelKind, ModelVersion, PolicyCheckpoint, Project, Run, User
from annotate.selectors.checkpoints import checkpoint_card, checkpoint_directory
from annotate.selectors.versions import version_base
from annotate.services.effects import effects_store
from annotate.services.run_acts import checkpoint_not_on_disk, run_require_ended
from annotate.services.runs import run_done, run_owned
from annotate.services.self_labels import self_labels_store
from annotate.services.versions import Produced, version_create, version_create_from_checkpoint, version_number_reserve
from rlhf_backend.config import RunKind
from rlhf_backend.durable import MANIFEST, is_untouched, sha256, verify_directory, write_text
from rlhf_backend.errors import CoreError
from rlhf_backend.stats.candidates import heads_to_bytes
from rlhf_backend.types import CompletionRow, PreferenceEffectRow, Row, RunResult, SelfLabelRow

R = TypeVar("R", bound=Row)
_BATCH = 500
_PRODUCES = {RunKind.REWARD_MODEL: ModelKind.REWARD_MODEL, RunKind.POLICY: ModelKind.POLICY}


def run_publish(*, run: Run, result: RunResult) -> None:
    """Store what the run made and end it, in one transaction: both stand or neither.

    Raises: TokenLost. CoreError: the model on disk is not what its manifest says. OSError: no disk.
    """
    if result.report is None:
        raise CoreError("the engine's result says done but holds no report")
    directory = run_directory(run=run)
    if run.kind in _PRODUCES:
        verify_directory(directory / "model")  # reads every file, so before anything is locked
    with transaction.atomic():
        run_owned(run=run)
        if run.kind in _PRODUCES and run.repeats_id is None:  # a repeat stands beside its round, for comparison
            version = _publish_model(run, directory / "model", _PRODUCES[RunKind(run.kind)])
            if run.kind == RunKind.REWARD_MODEL:
                effects_store(version=version, rows=_rows(directory / "effects.jsonl", PreferenceEffectRow))
                self_labels_store(version=version, rows=_optional_rows(directory / "self_labels.jsonl", SelfLabelRow))
        elif run.kind == RunKind.SAMPLING:
            _publish_completions(run, directory / "completions.jsonl")
        run_done(run=run, report=result.report.model_dump(mode="json"), libraries=result.libraries)


def checkpoint_publish(*, checkpoint: PolicyCheckpoint, actor: User) -> ModelVersion:
    """The candidate policy of a checkpoint whose run has ended; made once, found again afterwards.

    Raises: AnnotateError run/wrong-state: the run has not ended. checkpoint/not-on-disk: its policy was not kept, or is
    damaged.
    """
    run_require_ended(run=checkpoint.run)
    found = _policy_of(checkpoint)
    if found is not None:
        return found
    made = _kept(checkpoint)
    with transaction.atomic():
        locked = (
            PolicyCheckpoint.objects.select_for_update(of=("self",))
            .select_related("run__project")
            .get(pk=checkpoint.pk)
        )
        found = _policy_of(locked)
        if found is not None:
            return found
        produced = _place(locked.run.project, made, ModelKind.POLICY, card=checkpoint_card(checkpoint=locked))
        return version_create_from_checkpoint(checkpoint=locked, produced=produced, actor=actor)


def _policy_of(checkpoint: PolicyCheckpoint) -> ModelVersion | None:
    return ModelVersion.objects.filter(checkpoint=checkpoint).first()


def _kept(checkpoint: PolicyCheckpoint) -> Path:
    """Its policy on disk as the engine wrote it. Raises: AnnotateError checkpoint/not-on-disk: gone, or damaged."""
    made = checkpoint_directory(checkpoint=checkpoint)
    if made is None:
        raise checkpoint_not_on_disk(checkpoint)
    try:
        if not is_untouched(made):  # a web request waits: hashing many GB again takes minutes
            verify_directory(made)
    except CoreError as error:
        raise checkpoint_not_on_disk(checkpoint, found=str(error)) from error
    return made


def _publish_model(run: Run, made: Path, kind: ModelKind) -> ModelVersion:
    return version_create(run=run, kind=kind, produced=_place(run.project, made, kind))


def _place(project: Project, made: Path, kind: ModelKind, *, card: str = "") -> Produced:
    """The model in `made` at the place of the next version, with `card` where it has none of its own.

    Call it in the transaction that creates the version.
    """
    number = version_number_reserve(project=project, kind=kind)
    source = f"models/{project.pk}/{kind}-{number}"
    place = env().data_dir.resolve() / source
    _put(made, place)
    readme = place / "README.md"
    if card and not readme.exists():
        write_text(readme, card)
    return Produced(
        number=number,
        source=source,
        manifest_sha256=sha256(place / MANIFEST),
        card=readme.read_text(encoding="utf-8") if readme.exists() else "",
    )


def _put(made: Path, place: Path) -> None:
    """The directory at its place, whole or not at all. Links where the file system has them: no copy, no disk."""
    part = place.with_name(f".{place.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made, part, copy_function=_link)
    # The number is ours until the transaction ends: a directory there is what a crash left behind.
    shutil.rmtree(place, ignore_errors=True)
    part.rename(place)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _publish_completions(run: Run, path: Path) -> None:
    round_ = run.round
    policy = (round_.policy or round_.start_policy) if round_ else None
    base = version_base(project=run.project)
    rows = _rows(path, CompletionRow)
    while batch := list(islice(rows, _BATCH)):
        Completion.objects.bulk_create(
            Completion(
                project=run.project,
                prompt_id=row.prompt_id,
                source=CompletionSource.POLICY,
                policy=base if row.by_reference else policy,
                run=run,
                text=row.text.replace("\0", "\ufffd"),
                sampling={**run.job["config"], "index": row.index, "ended": row.ended, "anchor": row.by_reference},
                seed=row.seed,
                logprob=row.logprob,
                ref_logprob=row.ref_logprob,
                tokens=row.tokens,
                reward=row.reward,
                reward_sd=row.reward_sd,
                reward_ood=row.reward_ood,
                head_rewards=heads_to_bytes(row.head_rewards),
            )
            for row in batch
        )


def _optional_rows(path: Path, kind: type[R]) -> Iterator[R]:
    return _rows(path, kind) if path.exists() else iter(())


def _rows(path: Path, kind: type[R]) -> Iterator[R]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield kind.model_validate_json(line)
