"""Completions of every prompt, scored by the reward model: the next comparisons are made of them."""

from collections.abc import Sequence
from pathlib import Path

import torch

from rlhf_backend.config import EvaluationConfig, SamplingConfig, SamplingJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows, to_lines
from rlhf_backend.data.order import derived_seed
from rlhf_backend.durable import write_text
from rlhf_backend.models.hf_decoder import HfDecoder, decoder_of
from rlhf_backend.models.llama_decoder import LlamaDecoder
from rlhf_backend.models.loading import LanguageModel, load_language_model
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.models.rollout import Decoding, sample_rollout
from rlhf_backend.run import Run
from rlhf_backend.types import CompletionRow, PromptRow, SamplingReport

_PHASE = "sampling"


def sample_completions(run: Run, job: SamplingJob) -> SamplingReport:
    """Sample, score, write `completions.jsonl`. Batches that an earlier attempt finished are not sampled again.

    Raises: DataError: no prompts. ConfigError: a model cannot be loaded.
    """
    prompts = read_rows(run.input("prompts.jsonl"), PromptRow)
    reward_model = None
    if job.reward_model:
        reward_model = load_reward_model(job.reward_model, warn=run.events.warn, principles=job.principles)
    sampler = Sampler(load_language_model(job.policy, warn=run.events.warn, dtype=torch.float32), job.config)
    part = run.directory / "completions.jsonl.part"
    rows, done = _finished(part, prompts, job.config)
    per_batch = sampler.prompts_per_batch
    while done < len(prompts):
        run.events.progress(_PHASE, done, len(prompts))
        run.stop.raise_if_made(done=f"after {done} of {len(prompts)} prompts")
        batch = prompts[done : done + per_batch]
        sampled, _ = sampler.sample(batch, seeds=[derived_seed(run.seed, done + i) for i in range(len(batch))])
        rows += with_rewards(sampled, batch, reward_model)
        done += len(batch)
        with part.open("a", encoding="utf-8") as file:
            file.write(to_lines(rows[-len(sampled) :]))
    write_text(run.directory / "completions.jsonl", to_lines(rows))
    part.unlink(missing_ok=True)
    run.events.progress(_PHASE, len(prompts), len(prompts))
    return _report(rows, len(prompts))


class Sampler:
    """A policy that is ready to write completions."""

    def __init__(self, policy: LanguageModel, config: SamplingConfig | EvaluationConfig) -> None:
        self.policy = policy
        self._decoder: LlamaDecoder | HfDecoder = decoder_of(policy.network)
        top_p = config.top_p if isinstance(config, SamplingConfig) else 1.0  # an evaluation is of the whole policy
        self._decoding = Decoding(config.samples_per_prompt, config.max_new_tokens, config.temperature, top_p)
        self.prompts_per_batch = max(1, config.batch_size // config.samples_per_prompt)

    def sample(
        self, prompts: Sequence[PromptRow], *, seeds: Sequence[int]
    ) -> tuple[list[CompletionRow], list[Dialogue]]:
        """Completions prompt by prompt, without rewards, and the token ids they were sampled as.

        Raises: ConfigError: the longest completion leaves no room for a prompt.
        """
        codec, k = self.policy.codec, self._decoding.samples_per_prompt
        room = self.policy.context - self._decoding.max_new_tokens
        ids = [codec.encode_prompt(prompt.messages, max_tokens=room) for prompt in prompts]
        rollout = sample_rollout(self._decoder, ids, self._decoding, stop_ids=codec.stop_ids, seeds=seeds)
        dialogues = [Dialogue(ids[row // k], rollout.completion(row)) for row in range(len(prompts) * k)]
        rows = [
            CompletionRow(
                prompt_id=prompts[row // k].id,
                index=row % k,
                text=codec.decode(dialogue.completion),
                tokens=int(rollout.lengths[row]),
                ended=bool(rollout.ended[row]),
                logprob=float(rollout.logprobs[row].sum()),
                seed=seeds[row // k],
            )
            for row, dialogue in enumerate(dialogues)
        ]
        return rows, dialogues


def with_rewards(
    rows: list[CompletionRow], prompts: Sequence[PromptRow], reward_model: RewardModel | None
) -> list[CompletionRow]:
    """The rows with the reward model's opinion; as they are without one."""
    if reward_model is None:
        return rows
    by_id = {prompt.id: prompt for prompt in prompts}
    asked = [by_id[row.prompt_id] for row in rows]
    judged = [(prompt.messages, row.text) for prompt, row in zip(asked, rows, strict=True)]
    scores = reward_model.score(judged, tags=[prompt.tags for prompt in asked])
    # Thousandths of a standard deviation: what is chosen by them needs no more, and the rows stay short.
    heads = (scores.heads.double() * 1000).round().div(1000).tolist() if scores.heads.shape[1] > 1 else [[]] * len(rows)
    return [
        row.model_copy(update={"reward": reward, "reward_sd": sd, "reward_ood": ood, "head_rewards": of_heads})
        for row, reward, sd, ood, of_heads in zip(rows, *scores.columns(), heads, strict=True)
    ]


def _finished(part: Path, prompts: Sequence[PromptRow], config: SamplingConfig) -> tuple[list[CompletionRow], int]:
    """Rows that an interrupted attempt has left, and the number of prompts which they complete."""
    if not part.exists():
        return [], 0
    lines = part.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [CompletionRow.model_validate_json(line) for line in lines if line.endswith("\n")]
    done = len(whole) // config.samples_per_prompt
    rows = whole[: done * config.samples_per_prompt]
    write_text(part, to_lines(rows))
    return rows, done


def _report(rows: list[CompletionRow], prompts: int) -> SamplingReport:
    rewards = [row.reward for row in rows if row.reward is not None]
    return SamplingReport(
        prompts=prompts,
        completions=len(rows),
        tokens_mean=sum(row.tokens for row in rows) / len(rows),
        ended_share=sum(row.ended for row in rows) / len(rows),
        reward_mean=sum(rewards) / len(rewards) if rewards else None,
        outside=outside_share(rows),
    )


def outside_share(rows: Sequence[CompletionRow]) -> float | None:
    """Share of completions unlike what the reward model was trained on; None where nobody knows."""
    scores = [row.reward_ood for row in rows if row.reward_ood is not None]
    return sum(score > 1 for score in scores) / len(scores) if scores else None
