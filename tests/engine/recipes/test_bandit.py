"""Every policy gradient lands on π_ref·exp(R/β)/Z, through the real recipe: its rollout, rewards, updates, files."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.engine.recipes.bandit import KL_COEF, TableRewards, arm_rewards, arms, tuned, write_bandit

FEW = {"steps": 80, "samples_per_prompt": 16}


@pytest.fixture(scope="module")
def bandit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bandit(tmp_path_factory.mktemp("bandit"))


@pytest.fixture(autouse=True)
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


def rewarded(monkeypatch: pytest.MonkeyPatch, rewards: TableRewards) -> None:
    monkeypatch.setattr("rlhf_backend.recipes.preference_tuning.load_reward_model", lambda *_, **__: rewards)


def optimum(bandit: Path) -> tuple[Tensor, Tensor]:
    """The policy before tuning, and where it must end. (13,) each"""
    reference, codec = arms(bandit)
    return reference.exp(), (reference + arm_rewards(codec) / KL_COEF).softmax(-1)


def distance(one: Tensor, other: Tensor) -> float:
    """Total variation."""
    return float((one - other).abs().sum()) / 2


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("reinforce", FEW),
        ("rloo", FEW),
        ("a2c", FEW),
        ("ppo", FEW),
        ("ppo", FEW | {"ppo_epochs": 2, "minibatches": 2, "critic_warmup_steps": 5}),
        ("grpo", {}),  # its standard deviations are those of a group: of many samples, they are the policy's
    ],
)
def test_the_policy_lands_on_the_known_optimum(
    method: str, settings: dict[str, Any], bandit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within total variation .02, from a start of .45."""
    rewarded(monkeypatch, TableRewards())
    start, expected = optimum(bandit)
    assert distance(start, expected) > 0.4
    found, _ = arms(tuned(tmp_path / "run", bandit, method, **settings))
    assert distance(found.exp(), expected) < 0.02


@pytest.mark.parametrize(("sign", "kl_coef"), [(-1.0, KL_COEF), (1.0, 0.0)])
def test_a_wrong_sign_or_no_penalty_misses_it(
    sign: float, kl_coef: float, bandit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewarded(monkeypatch, TableRewards(sign))
    _, expected = optimum(bandit)
    found, _ = arms(tuned(tmp_path / "run", bandit, "rloo", **(FEW | {"kl_coef": kl_coef})))
    assert distance(found.exp(), expected) > 0.2


def test_rewards_have_a_deviation_of_one_at_the_optimum(bandit: Path) -> None:
    """Which is what makes the optimum of GRPO the same: it counts rewards, and so β, in their deviations."""
    _, expected = optimum(bandit)
    rewards = arm_rewards(arms(bandit)[1])
    mean = (expected * rewards).sum()
    assert torch.isclose((expected * (rewards - mean).square()).sum().sqrt(), torch.tensor(1.0), atol=1e-2)
