"""PPO-max against plain PPO where the reward model can be exploited, and the monitor that pauses it (`ppo_world`).

150 updates on batches of 64 with the advantages, losses, scales and clips of the product. On ten other seeds (100–109),
the ranges over seeds:

| settings            | gold, start → end          | proxy, end  | KL, nats | tokens    | perplexity |
|---------------------|----------------------------|-------------|----------|-----------|------------|
| plain               | .7–1.1 → −3.2 to −2.3      | 33.3–34.3   | 51–76    | 23.9–24.0 | 1.0–1.1    |
| KL .05 alone        | → −2.9 to −2.3             | 33.7–34.3   | 50–74    | 23.9–24.0 | 1.0–1.1    |
| normalised, clipped | → −1.1 to .6               | 25.4–33.3   | 35–51    | 23.9–24.0 | 1.1–1.9    |
| PPO-max, KL .05     | peak 1.5–1.8 → .9–1.2      | 18.1–21.4   | 7.9–9.4  | 23.2–23.9 | 4.1–4.8    |
| PPO-max, KL .2      | → 1.3–1.7                  | 11.3–15.0   | 2.2–2.9  | 15.8–21.0 | 4.7–5.2    |

A rule fired after 5 to 15 updates in every one of these runs, with gold at .98 of its peak so far or above; none fired
in ten runs on a reward that cannot be exploited. The margins below leave at least half of each difference.
"""

from functools import cache

import pytest
import torch

from rlhf_backend.policy_config import PolicyConfig
from tests.effects.ppo_world import Tabular, Told, honest, proxy

pytestmark = pytest.mark.effect

SEEDS = range(200, 205)
PLAIN = {"method": "ppo", "steps": 150, "ppo_epochs": 2, "kl_coef": 0.0}
SCALED = PLAIN | {"reward_scaling": "normalise", "reward_clip": 0.8, "critic_warmup_steps": 5}
SETTINGS = {
    "plain": PLAIN,
    "kl": PLAIN | {"kl_coef": 0.05},
    "scaled": SCALED,
    "ppo max": SCALED | {"kl_coef": 0.05},
    "ppo max, strong kl": SCALED | {"kl_coef": 0.2},
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@cache
def told(name: str, seed: int) -> list[Told]:
    return Tabular(PolicyConfig.model_validate(SETTINGS[name]), proxy, seed).run().told


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["plain", "kl"])
def test_without_a_reward_scale_the_policy_collapses_whatever_the_penalty(name: str, seed: int) -> None:
    """The highest claimed reward and the worst true one: a KL coefficient means nothing on an arbitrary scale."""
    start, end = told(name, seed)[0], told(name, seed)[-1]
    assert end.gold < start.gold - 2
    assert end.figures.reward.value > max(told(other, seed)[-1].figures.reward.value for other in ("ppo max", "scaled"))
    assert end.figures.kl.value > 25
    assert end.figures.tokens.value > 23
    assert end.figures.perplexity < 1.5


@pytest.mark.parametrize("seed", SEEDS)
def test_ppo_max_keeps_the_true_reward(seed: int) -> None:
    plain, scaled, ppo_max, strong = (
        told(name, seed)[-1] for name in ("plain", "scaled", "ppo max", "ppo max, strong kl")
    )
    start = told("ppo max", seed)[0].gold
    assert ppo_max.gold > plain.gold + 2
    assert ppo_max.gold > start - 0.3
    assert strong.gold > start + 0.15
    assert ppo_max.figures.kl.value < 0.4 * scaled.figures.kl.value
    assert strong.figures.kl.value < 0.5 * ppo_max.figures.kl.value
    assert min(ppo_max.figures.perplexity, strong.figures.perplexity) > 3


def test_normalised_and_clipped_rewards_alone_only_postpone_the_collapse() -> None:
    """Mean over the seeds: far better than plain PPO after 150 updates, and below where it began."""
    plain, scaled, ppo_max = (
        torch.tensor([told(name, seed)[-1].gold for seed in SEEDS]).mean() for name in ("plain", "scaled", "ppo max")
    )
    start = torch.tensor([told("scaled", seed)[0].gold for seed in SEEDS]).mean()
    assert plain + 1.5 < scaled < min(float(start), float(ppo_max)) - 0.25


@pytest.mark.parametrize("seed", SEEDS)
def test_ppo_max_still_falls_from_its_peak(seed: int) -> None:
    """Which is why it needs the monitor."""
    gold = [look.gold for look in told("ppo max", seed)]
    assert gold[-1] < max(gold) - 0.25


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SETTINGS)
def test_a_rule_pauses_before_the_true_reward_falls_a_tenth_under_its_peak(name: str, seed: int) -> None:
    looks = told(name, seed)
    first = next(i for i, look in enumerate(looks) if look.fired)
    assert looks[first].gold > 0.9 * max(look.gold for look in looks[: first + 1])


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rule_pauses_a_run_whose_reward_cannot_be_exploited(seed: int) -> None:
    looks = Tabular(PolicyConfig.model_validate(SETTINGS["ppo max"]), honest, seed).run().told
    assert looks[-1].figures.reward.value > looks[0].figures.reward.value + 1
    assert not any(look.fired for look in looks)
