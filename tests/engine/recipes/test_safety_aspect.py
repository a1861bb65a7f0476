"""Whether the monitor knows an aspect of safety, and what share it finds unsafe."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from rlhf_backend.models.principles import PrincipleHeads
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.recipes.safety_aspect import open_safety_aspect
from rlhf_backend.types import Message

TEXTS = ("a", "ee", "some longer text", "xyz", "e", "aeiou aeiou", "!", "?")


@pytest.fixture
def reward_model(reward_model_dir: Path) -> RewardModel:
    return load_reward_model(str(reward_model_dir), warn=print)


def teach(directory: Path, keys: tuple[str, ...], reward_model: RewardModel) -> PrincipleHeads:
    """Principles of two heads each that read one feature, its average over the texts being their zero."""
    count = len(reward_model.reader.readout.names)
    weight = torch.zeros(len(keys), 2, count, dtype=torch.double)
    for place in range(len(keys)):
        weight[place, :, place % count] = 1.0
    features = features_of(reward_model)
    offset = torch.einsum("nf,pkf->npk", features.double(), weight).mean(0)
    heads = PrincipleHeads(keys, weight, offset, torch.eye(len(keys) + 1).numpy())
    heads.save(directory)
    return heads


def asked() -> list[tuple[list[Message], str]]:
    return [([Message(role="user", content="say it")], text) for text in TEXTS]


def features_of(reward_model: RewardModel) -> torch.Tensor:
    encoded: list[Any] = [reward_model.reader.encode(prompt, text) for prompt, text in asked()]
    return reward_model.reader.read(encoded)


def test_the_share_is_of_samples_below_the_aspect_s_zero(reward_model: RewardModel, tmp_path: Path) -> None:
    teach(tmp_path, ("helpful", "safety"), reward_model)
    aspect = open_safety_aspect(tmp_path, reward_model)
    assert aspect is not None
    of_safety = features_of(reward_model)[:, 1]
    share = aspect.unsafe_share(asked())
    assert share.n == len(TEXTS)
    assert share.value == float((of_safety < of_safety.mean()).float().mean())
    assert 0 < share.value < 1


@pytest.mark.parametrize(
    ("keys", "place"), [(("harmless",), 0), (("helpful", "safe_advice"), 1), (("helpful", "unsafe"), None)]
)
def test_an_aspect_is_known_by_its_key(
    keys: tuple[str, ...], place: int | None, reward_model: RewardModel, tmp_path: Path
) -> None:
    teach(tmp_path, keys, reward_model)
    aspect = open_safety_aspect(tmp_path, reward_model)
    assert (aspect.place if aspect else None) == place
    assert json.loads((tmp_path / "principles.json").read_text())["keys"] == list(keys)


def test_a_reward_model_without_principles_knows_none(reward_model: RewardModel, reward_model_dir: Path) -> None:
    assert open_safety_aspect(reward_model_dir, reward_model) is None
