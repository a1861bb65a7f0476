"""`model/` of a reward-model run, written whole or not at all."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rlhf_backend.config import RewardModelJob
from rlhf_backend.durable import replaced_directory
from rlhf_backend.models.cards import reward_model_card
from rlhf_backend.models.loading import directory_size
from rlhf_backend.models.reward import BACKBONE, RewardModel, RewardModelFile, save_heads
from rlhf_backend.run import Run
from rlhf_backend.types import RewardModelReport

# A backbone of at most this size is copied into the reward model, which then stands on its own; a larger one is named.
_COPIED_BYTES = 64 * 2**20


class KeptBeside(Protocol):
    """Something that is kept beside the heads."""

    def save(self, directory: Path) -> None: ...


def save_reward_model(
    run: Run,
    job: RewardModelJob,
    model: RewardModel,
    report: RewardModelReport,
    *,
    beside: Sequence[KeptBeside] = (),
) -> None:
    """Write the model with its card; a trained backbone goes with it, another one where it is small."""
    reader = model.reader
    with replaced_directory(run.model_directory) as directory:
        trained = job.config.trainable != "head"
        local = Path(job.backbone)
        copied = not trained and local.is_dir() and directory_size(local) <= _COPIED_BYTES
        if trained:
            reader.backbone.network.to(reader.backbone.stored_dtype).save_pretrained(directory / BACKBONE)
            reader.backbone.codec.save(directory / BACKBONE)
        elif copied:
            shutil.copytree(local, directory / BACKBONE, ignore=shutil.ignore_patterns(".*"))
        description = RewardModelFile(
            backbone=BACKBONE if trained or copied else str(local.resolve()) if local.is_dir() else job.backbone,
            trainable=job.config.trainable,
            heads=len(model.weight),
            scale=model.scale,
            tie_threshold=model.tie_threshold,
            max_tokens=reader.max_tokens,
            prior_precision=report.prior_precision,
            temperature=model.temperature,
            slice_temperatures=dict(model.slice_temperatures),
        )
        save_heads(model, description, directory)
        for kept in beside:
            kept.save(directory)
        (directory / "README.md").write_text(reward_model_card(job, report, seed=run.seed), encoding="utf-8")
