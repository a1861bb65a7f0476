"""Reward models: a backbone, a readout of features, and K linear heads whose spread is the uncertainty."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from torch import Tensor

from rlhf_backend.config import Principle
from rlhf_backend.durable import verify_directory
from rlhf_backend.errors import ConfigError, DataError
from rlhf_backend.models.features import FeatureReader
from rlhf_backend.models.out_of_distribution import TrainingCloud, load_cloud
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.principles import PrinciplesInForce, load_principles
from rlhf_backend.models.reward_directory import HEADS_TENSORS, REWARD_JSON, RewardModelFile, open_reader
from rlhf_backend.types import Message

Tags = Sequence[Collection[str]]


@dataclass(frozen=True)
class RewardScores:
    """mean (N,) and sd (N,) over the heads, and each head's reward (N, K), in standard deviations of the reference.

    ood (N,): how far from what was trained on, 1 its edge; None of reward models that were kept before it was measured.
    """

    mean: Tensor
    sd: Tensor
    heads: Tensor
    ood: Tensor | None = None

    def columns(self) -> tuple[list[float], list[float], list[float] | list[None]]:
        """Means, standard deviations and out-of-distribution scores, N each."""
        unknown: list[None] = [None] * len(self.mean)
        return self.mean.tolist(), self.sd.tolist(), unknown if self.ood is None else self.ood.tolist()


@dataclass(frozen=True)
class RewardModel:
    """reward of head k = (features · weight_k − offset_k) / scale; weight (K, F), offset (K,).

    `cloud` tells how far a completion lies from those trained on; old reward models have none.
    `tie_threshold` is what `probability_a` takes.
    With principles in force, what these add is in the reward. Some hold only on prompts with certain tags: `tags` gives
    those of each completion's prompt; None stands for none at all.
    """

    reader: FeatureReader
    weight: Tensor
    offset: Tensor
    scale: float
    principles: PrinciplesInForce | None = None
    cloud: TrainingCloud | None = None
    temperature: float = 1.0
    slice_temperatures: Mapping[str, float] = field(default_factory=dict)
    tie_threshold: float = 0.0

    def temperatures(self, slices: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
        """What a reward difference in logits (reward times `scale`) is divided by to be believed, for pairs that belong
        to these parts of the preferences, `tag: …` or `source: …`: the geometric mean over known ones. (n,)
        """
        logs = [
            [np.log(self.slice_temperatures[name]) for name in names if name in self.slice_temperatures]
            for names in slices
        ]
        return np.array([np.exp(np.mean(known)) if known else self.temperature for known in logs], dtype=np.float64)

    def score(self, completions: Sequence[tuple[Sequence[Message], str]], *, tags: Tags | None = None) -> RewardScores:
        """Rewards of (prompt, completion) pairs.

        Raises: DataError: a completion fills the reward model's context. ConfigError: a reward is not a number.
        """
        fitting, scores = self.score_fitting(completions, tags=tags)
        if len(fitting) < len(completions):
            first = next(i for i in range(len(completions)) if i >= len(fitting) or fitting[i] != i)
            raise DataError(
                f"a completion of {len(completions[first][1])} characters leaves the reward model no room for its "
                f"prompt (at most {self.reader.max_tokens} tokens): lower the longest completion"
            )
        return scores

    def score_fitting(
        self, completions: Sequence[tuple[Sequence[Message], str]], *, tags: Tags | None = None
    ) -> tuple[list[int], RewardScores]:
        """Those that leave room for their prompt, by their places, and the rewards of these.

        Raises: ConfigError: a reward is not a number.
        """
        encoded = [self.reader.encode(prompt, completion) for prompt, completion in completions]
        dialogues = {i: dialogue for i, dialogue in enumerate(encoded) if dialogue is not None}
        of_fitting = [tags[i] for i in dialogues] if tags is not None else None
        return list(dialogues), self.scores_of(self.reader.read(list(dialogues.values())), tags=of_fitting)

    def scores_of(self, features: Tensor, *, tags: Tags | None = None) -> RewardScores:
        """Rewards of features that were read before. (N, F)

        Raises: ConfigError: a feature is not a number.
        """
        broken = int((~features.isfinite().all(-1)).sum())
        if broken:
            raise ConfigError(
                f"the reward model reads {broken} of {len(features)} completions as features that are not numbers: its "
                "backbone's weights are damaged, or too large for its precision. Train one on another backbone"
            )
        heads = (features.double() @ self.weight.T.double() - self.offset.double()) / self.scale
        if self.principles is not None:
            heads = self.principles.add_to(heads, features, tags if tags is not None else [()] * len(features))
        sd = heads.std(-1) if heads.shape[-1] > 1 and len(heads) else torch.zeros(len(heads), dtype=heads.dtype)
        ood = self.cloud(features) if self.cloud is not None else None
        return RewardScores(heads.mean(-1).float(), sd.float(), heads.float(), ood)


def normalised_heads(weight: Tensor, features: Tensor) -> tuple[Tensor, float]:
    """Offset (K,) and scale with which the ensemble's mean reward of `features` (N, F) has mean 0 and sd 1.

    Each head has an offset of its own: only differences of rewards are learned, so where a head has its zero says
    nothing, and must not count as disagreement.
    """
    raw = features.double() @ weight.T.double()
    spread = float(raw.mean(-1).std())
    return raw.mean(0), spread if spread > 1e-9 else 1.0


def save_heads(model: RewardModel, description: RewardModelFile, directory: Path) -> None:
    """Write everything but the backbone into an existing directory."""
    tensors = {"weight": model.weight.double().contiguous(), "offset": model.offset.double().contiguous()}
    save_file(tensors, directory / HEADS_TENSORS)
    model.reader.readout.save(directory)
    if model.cloud is not None:
        model.cloud.save(directory)
    (directory / REWARD_JSON).write_text(description.model_dump_json(indent=1) + "\n")


def load_reward_model(
    directory: str,
    *,
    warn: Callable[[str], None],
    principles: Sequence[Principle] = (),
    policy: TunedPolicy | None = None,
) -> RewardModel:
    """The reward model of a directory, every file compared with its manifest, with these principles in force.

    Where it stands on the weights on which `policy` is tuned by adapters, it reads these until the policy is saved.

    Raises: ConfigError: it is missing, damaged, not a reward model or without finite heads; its backbone cannot be
    loaded.
    """
    path = Path(directory)
    if not path.is_dir():
        raise ConfigError(f"there is no reward model directory {directory}: it was moved or removed, train one first")
    verify_directory(path)
    try:
        described = RewardModelFile.model_validate(json.loads((path / REWARD_JSON).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ConfigError(f"{directory} is not a reward model: {error}") from error
    tensors = load_file(path / HEADS_TENSORS)
    reader = open_reader(path, described, warn=warn, policy=policy)
    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise ConfigError(f"{directory} has heads that are not numbers: its training broke down, train another")
    in_force = load_principles(path, principles, warn=warn)
    return RewardModel(
        reader,
        tensors["weight"],
        tensors["offset"],
        described.scale,
        in_force,
        load_cloud(path),
        described.temperature,
        described.slice_temperatures,
        described.tie_threshold,
    )
