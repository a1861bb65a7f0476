"""`model/` of a reward-model run, written whole or not at all."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rlhf_backend.config import RewardModelJob
from rlhf_backend.durable import replaced_directory
from rlhf_backend.models.adapters import KeptAdapters
from rlhf_backend.models.cards import reward_model_card
from rlhf_backend.models.features import FeatureReader
from rlhf_backend.models.loading import directory_size
from rlhf_backend.models.reward import RewardModel, save_heads
from rlhf_backend.models.reward_directory import ADAPTERS_TENSORS, BACKBONE, RewardModelFile, weights_sha256
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
    """Write the model with its card; a backbone whose every weight was trained goes with it, another where it is small.

    Adapters are kept beside the backbone that they belong on.
    """
    reader = model.reader
    with replaced_directory(run.model_directory) as directory:
        has_adapters = job.config.trainable == "lora"
        if has_adapters:
            KeptAdapters.of(reader.backbone.network).save(directory / ADAPTERS_TENSORS)
        local = Path(job.backbone) if job.config.trainable != "full" and Path(job.backbone).is_dir() else None
        description = RewardModelFile(
            backbone=_kept_backbone(job, reader, directory),
            backbone_sha256=weights_sha256(local) if local is not None else None,
            has_adapters=has_adapters,
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


def _kept_backbone(job: RewardModelJob, reader: FeatureReader, directory: Path) -> str:
    """What `reward_model.json` calls the backbone, which is written if the directory is to hold it."""
    local = Path(job.backbone)
    if job.config.trainable == "full":
        reader.backbone.network.to(reader.backbone.stored_dtype).save_pretrained(directory / BACKBONE)
        reader.backbone.codec.save(directory / BACKBONE)
        return BACKBONE
    if not local.is_dir():
        return job.backbone
    if directory_size(local) > _COPIED_BYTES:
        return str(local.resolve())
    shutil.copytree(local, directory / BACKBONE, ignore=shutil.ignore_patterns(".*"))
    return BACKBONE
