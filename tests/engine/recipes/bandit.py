"""A language model with one-token completions and a table of rewards: the optimum of tuning is known exactly."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from rlhf_backend.models.chat import ChatCodec
from rlhf_backend.models.reward import RewardScores
from rlhf_backend.runtime import execute
from rlhf_backend.types import Message
from tests.engine.tiny import SPECIAL, TEMPLATE, llama_config, result_of, write_run

LETTERS = "abcdefgh"
PROMPT = {"id": 0, "messages": [{"role": "user", "content": "abba"}]}
KL_COEF = 1.0
SPREAD = 1.742
"""Gives rewards of standard deviation 1 at the optimum: GRPO, which counts in these deviations, has the same one."""


def letter_tokenizer() -> PreTrainedTokenizerFast:
    vocabulary = {token: i for i, token in enumerate([*SPECIAL, *LETTERS])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        chat_template=TEMPLATE,
        eos_token="<|end|>",
        pad_token="<|pad|>",
        additional_special_tokens=SPECIAL[2:],
        clean_up_tokenization_spaces=False,
    )


def write_bandit(directory: Path) -> Path:
    """A policy of thirteen arms, uneven before tuning."""
    torch.manual_seed(6)
    LlamaForCausalLM(llama_config(vocab_size=13, initializer_range=0.3)).save_pretrained(directory)
    letter_tokenizer().save_pretrained(directory)
    return directory


@dataclass(frozen=True)
class TableRewards:
    """Stands where the recipe expects a reward model: a reward for each letter."""

    sign: float = 1.0

    def score(
        self, completions: Sequence[tuple[Sequence[Message], str]], *, tags: Sequence[Collection[str]]
    ) -> RewardScores:
        mean = torch.tensor([self.sign * reward_of(text) for _, text in completions])
        return RewardScores(mean, torch.zeros(len(mean)), mean.unsqueeze(-1))


def reward_of(text: str) -> float:
    return SPREAD * ((LETTERS.index(text) % 5) * 0.6 - 1.0 if text in LETTERS and text else 0.3)


def arm_rewards(codec: ChatCodec) -> Tensor:
    """What the policy is paid for each token: a completion that is not the end token loses a unit for having no end."""
    tokens = range(len(SPECIAL) + len(LETTERS))
    return torch.tensor([reward_of(codec.decode([t])) - (0.0 if t in codec.stop_ids else 1.0) for t in tokens])


@torch.no_grad()
def arms(directory: Path) -> tuple[Tensor, ChatCodec]:
    """log π of each arm (13,) of a model directory."""
    network: Any = LlamaForCausalLM.from_pretrained(directory, dtype=torch.float32)
    codec = ChatCodec(letter_tokenizer(), stop_ids=frozenset({1}), warn=print)
    prompt = codec.encode_prompt([Message(**m) for m in PROMPT["messages"]], max_tokens=99)  # type: ignore[attr-defined]
    return network(input_ids=torch.tensor([prompt])).logits[0, -1].log_softmax(-1), codec


def tuned(directory: Path, policy: Path, method: str, **changes: Any) -> Path:
    """The policy after tuning by the real recipe."""
    config = {
        "method": method,
        "steps": 150,
        "prompts_per_step": 8,
        "samples_per_prompt": 64,
        "learning_rate": 0.01,
        "critic_learning_rate": 0.01,
        "max_new_tokens": 1,
        "kl_coef": KL_COEF,
        "checkpoint_every": 1000,
    }
    job = {
        "kind": "policy",
        "config": config | changes,
        "monitor": {"prompts": 0, "preflight": False},
        "policy": str(policy),
        "reference": str(policy),
        "reward_model": "table",
    }
    run = write_run(directory, job, seed=5, prompts=[PROMPT])
    assert execute(run) == 0
    assert result_of(run).status == "done", result_of(run).failure
    return run / "model"
