"""The directory of a reward model: what it says of itself, and the backbone that it stands on.

The backbone is a copy in the directory, or another directory or hub id, and LoRA adapters may belong on it. While a
policy is tuned by adapters on the very same weights, these are read instead of a backbone of its own.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, Field

from rlhf_backend.durable import sha256
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.adapters import KeptAdapters, put_adapters
from rlhf_backend.models.features import FEATURES_TENSORS, FeatureReader, load_readout
from rlhf_backend.models.loading import LanguageModel, load_backbone, load_codec
from rlhf_backend.models.policy import TunedPolicy

REWARD_JSON, HEADS_TENSORS, ADAPTERS_TENSORS = "reward_model.json", "heads.safetensors", "adapters.safetensors"
BACKBONE = "backbone"
_REWARD = "reward"
"""The name of a reward model's adapters beside a policy's."""


class RewardModelFile(BaseModel):
    """`reward_model.json`. `backbone` is "backbone" where the directory holds a copy, else a directory or hub id.

    `has_adapters` says that `adapters.safetensors` belong on it; before format 3 they were merged into a copy.
    `backbone_sha256` is `weights_sha256` of a backbone that was a directory; before format 3 nobody noted it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: int = 3  # 1 had neither temperatures nor a training cloud
    backbone: str
    backbone_sha256: str | None = None
    has_adapters: bool = False
    trainable: str
    heads: int
    scale: float
    tie_threshold: float
    max_tokens: int
    prior_precision: float | None = None
    temperature: float = 1.0
    slice_temperatures: dict[str, float] = Field(default_factory=dict)


def open_reader(
    directory: Path, described: RewardModelFile, *, warn: Callable[[str], None], policy: TunedPolicy | None
) -> FeatureReader:
    """What the reward model reads completions by, on the policy's weights where they are the same.

    Raises: ConfigError: the backbone is gone, not what it was, or cannot be loaded; the adapters are missing, damaged,
    or none of this backbone; the directory describes no features.
    """
    source = str(directory / BACKBONE) if described.backbone == BACKBONE else described.backbone
    _refuse_other_weights(directory, described)
    kept = KeptAdapters.load(directory / ADAPTERS_TENSORS) if described.has_adapters else None
    readout = load_readout(directory)
    if policy is not None and policy.trunk is not None and same_weights(policy.language_model.source, source):
        in_force = policy.carrying(_REWARD, kept) if kept is not None else policy.before_tuning
        return FeatureReader(_within(policy, source, warn=warn), readout, described.max_tokens, in_force)
    backbone = load_backbone(source, warn=warn, dtype=torch.float32)
    if kept is not None:
        put_adapters(backbone.network, kept)
    return FeatureReader(backbone, readout, described.max_tokens)


def same_weights(one: str, other: str) -> bool:
    """Whether two directories hold the same model, or two hub ids are one; not where one is either."""
    first, second = Path(one), Path(other)
    if not first.is_dir() or not second.is_dir():
        return one == other
    if first.resolve() == second.resolve():
        return True
    sizes = [{file.name: file.stat().st_size for file in _weight_files(path)} for path in (first, second)]
    return sizes[0] == sizes[1] and weights_sha256(first) == weights_sha256(second)


def weights_sha256(directory: Path) -> str:
    """Of a model's configuration and weights, without its tokenizer and readout: these are kept with who reads it."""
    digest = hashlib.sha256()
    for file in _weight_files(directory):
        digest.update(f"{file.name} {sha256(file)}\n".encode())
    return digest.hexdigest()


def _weight_files(directory: Path) -> list[Path]:
    weights = (file for file in directory.glob("*.safetensors") if file.name != FEATURES_TENSORS)
    return sorted(file for file in (directory / "config.json", *weights) if file.is_file())


def _within(policy: TunedPolicy, source: str, *, warn: Callable[[str], None]) -> LanguageModel:
    """The policy's trunk as `load_backbone` would give it, with the tokenizer that is kept at `source`.

    Raises: ConfigError: it has none.
    """
    codec, context = load_codec(source, warn=warn)
    return LanguageModel(policy.trunk, codec, context, policy.language_model.stored_dtype, source)


def _refuse_other_weights(directory: Path, described: RewardModelFile) -> None:
    """Raises: ConfigError: the directory that the reward model stands on is gone, or has other weights by now."""
    path = Path(described.backbone)
    if described.backbone_sha256 is None or described.backbone == BACKBONE:  # a copy is in the manifest
        return
    if not path.is_dir():
        raise ConfigError(
            f"the reward model in {directory} stands on the model in {path}, which was moved or removed: put it back, "
            "or train another reward model"
        )
    found = weights_sha256(path)
    if found != described.backbone_sha256:
        raise ConfigError(
            f"the reward model in {directory} stands on the model in {path}, whose weights have changed since: sha256 "
            f"{found[:12]}, expected {described.backbone_sha256[:12]}. Put them back, or train another reward model"
        )
