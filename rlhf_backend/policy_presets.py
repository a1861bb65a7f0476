"""The shelf of policy tuning: each method with settings that suit it, to start from. No torch here."""

from typing import Any

from pydantic import Field

from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.row import Row


class PolicyPreset(Row):
    """Settings of `PolicyConfig` that differ from its defaults, and what they are for."""

    key: str
    name: str
    summary: str = Field(description="What it does, when to take it.")
    source: str = Field(description="Paper, as arXiv number.")
    settings: dict[str, Any]

    def config(self) -> PolicyConfig:
        return PolicyConfig.model_validate(self.settings)


PRESETS: tuple[PolicyPreset, ...] = (
    PolicyPreset(
        key="sft",
        name="Supervised fine-tuning",
        summary="Imitates chosen completions, corrections and demonstrations. A start, and the line to beat.",
        source="2203.02155",
        settings={"method": "sft"},
    ),
    PolicyPreset(
        key="best_of_n",
        name="Best of n",
        summary="Samples n completions of each prompt and imitates the one the reward model likes best.",
        source="2304.06767",
        settings={"method": "best_of_n", "samples_per_prompt": 8},
    ),
    PolicyPreset(
        key="reinforce",
        name="REINFORCE",
        summary="The plain policy gradient with the batch's mean as its baseline.",
        source="2402.14740",
        settings={"method": "reinforce"},
    ),
    PolicyPreset(
        key="rloo",
        name="RLOO",
        summary="REINFORCE with the other samples of the prompt as its baseline. The default: steady and fast.",
        source="2402.14740",
        settings={"method": "rloo"},
    ),
    PolicyPreset(
        key="grpo",
        name="GRPO",
        summary="Advantages normalised within a prompt's samples, clipped ratios, the KL in the loss.",
        source="2402.03300",
        settings={"method": "grpo"},
    ),
    PolicyPreset(
        key="a2c",
        name="A2C",
        summary="The policy gradient with a learned critic, trained beforehand, as its baseline.",
        source="1602.01783",
        settings={"method": "a2c", "critic_warmup_steps": 5},
    ),
    PolicyPreset(
        key="ppo",
        name="PPO",
        summary="Clipped surrogate, critic and GAE; the KL penalty at each token.",
        source="1707.06347",
        settings={"method": "ppo"},
    ),
    PolicyPreset(
        key="ppo_max",
        name="PPO-max",
        summary="PPO with normalised and clipped rewards and a critic trained beforehand, as in the paper.",
        source="2307.04964",
        settings={"method": "ppo", "reward_scaling": "normalise", "reward_clip": 0.8, "critic_warmup_steps": 5},
    ),
    PolicyPreset(
        key="ppo_max_script",
        name="PPO-max, as shipped",
        summary="The settings of the authors' script: rewards scaled only, a small KL penalty.",
        source="2307.04964",
        settings={"method": "ppo", "reward_scaling": "scale", "kl_coef": 0.01, "critic_warmup_steps": 5},
    ),
    PolicyPreset(
        key="dpo",
        name="DPO",
        summary="Learns from the comparisons themselves; needs no reward model to train.",
        source="2305.18290",
        settings={"method": "dpo", "steps": 60},
    ),
    PolicyPreset(
        key="ipo",
        name="IPO",
        summary="As DPO, with a margin that does not grow without end where verdicts are unanimous.",
        source="2310.12036",
        settings={"method": "ipo", "steps": 60, "dpo_beta": 0.05},
    ),
    PolicyPreset(
        key="bfpo",
        name="BFPO",
        summary="Helpfulness from verdicts and safety from flags in one loss, with a slider between them.",
        source="2408.15313",
        # Few weights move, so they move faster: at 6e-4 nothing was learned in 30 steps.
        settings={"method": "bfpo", "dpo_beta": 0.3, "selective": True, "learning_rate": 3e-3},
    ),
    PolicyPreset(
        key="online_dpo",
        name="Online DPO",
        summary="DPO on pairs that the policy writes and the reward model judges while it trains.",
        source="2402.04792",
        settings={"method": "online_dpo"},
    ),
    PolicyPreset(
        key="xpo",
        name="XPO",
        summary="Online DPO against the reference, paid for leaving what the reference already writes.",
        source="2405.21046",
        settings={"method": "xpo"},
    ),
)
