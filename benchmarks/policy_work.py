"""What policy tuning is timed on: a small language model, prompts and pairs of real dialogues, a reward of the text."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaForCausalLM

from benchmarks.reward_pairs import CONTEXT, SMALL, Shape, comparisons, texts_of, write_model
from rlhf_backend.config import PolicyJob
from rlhf_backend.data.jsonl import read_rows, to_lines
from rlhf_backend.models.loading import load_language_model
from rlhf_backend.models.reward import RewardScores
from rlhf_backend.policy_config import MonitorConfig, PolicyConfig
from rlhf_backend.types import ComparisonRow, Message, PromptRow

LONGEST_PROMPT = 256
# Pairs whose texts the tokenizer is trained on.
TOKENIZED = 2000
NEVER = 100_000


def prepare(
    directory: Path, online: PolicyConfig, dpo: PolicyConfig, *, passes: int, shape: Shape = SMALL
) -> dict[str, Any]:
    """Write model, prompts, pairs and plan; where the texts come from, and how many tokens they have.

    As many prompts and pairs as fill the steps of both, none of them cut.
    """
    prompts, pairs = online.steps * online.prompts_per_step, dpo.steps * dpo.prompts_per_step
    source, rows = comparisons(2 * (prompts + pairs))
    (directory / "model").mkdir(parents=True)
    write_model(directory / "model", texts_of(rows[:TOKENIZED]), shape=shape, kind=LlamaForCausalLM)
    codec = load_language_model(str(directory / "model"), warn=lambda _: None).codec
    chosen: list[PromptRow] = []
    whole: list[ComparisonRow] = []
    tokens = {"prompt": 0, "pair": 0}
    for row in rows:
        prompt = len(codec.encode_prompt(row.prompt, max_tokens=4 * CONTEXT))
        sides = [prompt + len(codec.encode_completion(text)) for text in (row.completion_a, row.completion_b)]
        if prompt <= LONGEST_PROMPT and len(chosen) < prompts:
            chosen.append(PromptRow(id=row.id, messages=row.prompt))
            tokens["prompt"] += prompt
        elif max(sides) <= CONTEXT and len(whole) < pairs:
            whole.append(row)
            tokens["pair"] += sum(sides)
    if len(chosen) < prompts or len(whole) < pairs:
        raise SystemExit(
            f"{len(chosen)} prompts and {len(whole)} pairs are short enough; {prompts} and {pairs} are needed: "
            "take fewer steps"
        )
    inputs = directory / "inputs"
    inputs.mkdir()
    (inputs / "prompts.jsonl").write_text(to_lines(chosen))
    (inputs / "comparisons.jsonl").write_text(to_lines(whole))
    plan = {
        "passes": passes,
        "threads": len(os.sched_getaffinity(0)),
        "tokens": tokens,
        "online": online.model_dump(),
        "dpo": dpo.model_dump(),
    }
    (directory / "plan.json").write_text(json.dumps(plan))
    return {"texts": source, "prompt_tokens": tokens["prompt"] / prompts, "pair_tokens": tokens["pair"] / pairs}


def read_prompts(directory: Path) -> list[PromptRow]:
    return read_rows(directory / "inputs" / "prompts.jsonl", PromptRow)


def read_pairs(directory: Path) -> list[ComparisonRow]:
    return read_rows(directory / "inputs" / "comparisons.jsonl", ComparisonRow)


def job_of(directory: Path, config: PolicyConfig) -> PolicyJob:
    """The product's job on the prepared model; the monitor is off, for the others have none."""
    model = str(directory / "model")
    rewarded = None if config.method == "dpo" else model
    return PolicyJob(
        config=config, monitor=MonitorConfig(prompts=0), policy=model, reference=model, reward_model=rewarded
    )


def config_of(directory: Path, work: str) -> PolicyConfig:
    """The settings of "online" or "dpo"."""
    return PolicyConfig.model_validate(json.loads((directory / "plan.json").read_text())[work])


def tokens_of(directory: Path, work: str, completion_tokens: Sequence[float]) -> float:
    """Tokens of all rows that were trained on, the prompt in each. completion_tokens: the mean of each step."""
    config, tokens = config_of(directory, work), json.loads((directory / "plan.json").read_text())["tokens"]
    if work == "dpo":
        return float(tokens["pair"])
    completions = sum(completion_tokens) * config.prompts_per_step
    return float(config.samples_per_prompt * (tokens["prompt"] + completions))


def reward_of(text: str) -> float:
    """A reward that costs nothing: what is timed is the tuning. It does not see the space around, which ours drops."""
    return len(set(text.strip())) / 10 + text.count("e")


class TextReward:
    """Stands where the product has its reward model."""

    def score(self, judged: Sequence[tuple[Sequence[Message], str]], *, tags: object = None) -> RewardScores:
        mean = torch.tensor([reward_of(text) for _, text in judged])
        return RewardScores(mean, torch.zeros_like(mean), mean[:, None])
