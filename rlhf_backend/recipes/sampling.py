"""Completions of every prompt, scored by the reward model: the next comparisons are made of them."""

from collections.abc import Sequence
from pathlib import Path

import torch

from rlhf_backend.config import SamplingConfig, SamplingJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows, to_lines
from rlhf_backend.data.order import derived_seed
from rlhf_backend.durable import write_text
from rlhf_backend.models.chat import ChatCodec
from rlhf_backend.models.loading import LanguageModel, load_codec, load_language_model
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.models.sampling_server import SamplingServer
from rlhf_backend.models.scoring import CompletionScorer, score_completions
from rlhf_backend.recipes.samplers import Sampler, ServerSampler, Writer
from rlhf_backend.run import Run
from rlhf_backend.types import CompletionRow, PromptRow, SamplingReport

_PHASE = "sampling"


def sample_completions(run: Run, job: SamplingJob) -> SamplingReport:
    """Sample, score, write `completions.jsonl`. Batches that an earlier attempt finished are not sampled again.

    Raises: DataError: no prompts. ConfigError: a model cannot be loaded, or a server refuses. ResourceError: a server
    does not answer.
    """
    prompts = read_rows(run.input("prompts.jsonl"), PromptRow)
    reward_model = None
    if job.reward_model:
        reward_model = load_reward_model(job.reward_model, warn=run.events.warn, principles=job.principles)
    writer = _writer(run, job)
    anchor = Anchor.of(run, job, writer.codec)
    part = run.directory / "completions.jsonl.part"
    rows, done = _finished(part, prompts, per_prompt=job.config.samples_per_prompt + job.anchors)
    while done < len(prompts):
        run.events.progress(_PHASE, done, len(prompts))
        run.stop.raise_if_made(done=f"after {done} of {len(prompts)} prompts")
        batch = prompts[done : done + writer.prompts_per_batch]
        seeds = [derived_seed(run.seed, done + i) for i in range(len(batch))]
        sampled = _sampled(batch, writer, anchor, seeds=seeds)
        rows += with_rewards(sampled, batch, reward_model)
        done += len(batch)
        with part.open("a", encoding="utf-8") as file:
            file.write(to_lines(rows[-len(sampled) :]))
    write_text(run.directory / "completions.jsonl", to_lines(rows))
    part.unlink(missing_ok=True)
    run.events.progress(_PHASE, len(prompts), len(prompts))
    return _report(rows, len(prompts))


def _writer(run: Run, job: SamplingJob) -> Writer:
    if job.config.server:
        codec, context = load_codec(job.policy, warn=run.events.warn)
        server = SamplingServer(job.config.server, job.server_model)
        return ServerSampler(server, codec, context=context, config=job.config)
    return Sampler(load_language_model(job.policy, warn=run.events.warn, dtype=torch.float32), job.config)


def _sampled(
    prompts: Sequence[PromptRow], writer: Writer, anchor: "Anchor | None", *, seeds: Sequence[int]
) -> list[CompletionRow]:
    """What the writer writes, and the anchor if there is one, prompt by prompt."""
    rows, dialogues = writer.sample(prompts, seeds=seeds)
    if anchor is None:
        return rows
    own = anchor.judged(rows, dialogues)
    anchors = anchor.written(prompts, seeds=seeds)
    k, n = len(own) // len(prompts), len(anchors) // len(prompts)
    return [row for p in range(len(prompts)) for row in (*own[p * k : (p + 1) * k], *anchors[p * n : (p + 1) * n])]


class Anchor:
    """The reference policy beside the one that writes: it tells how new a completion is, and writes its own.

    Novelty of a completion is −log π_ref. Source: the samples of π_ref that XPO compares with, Xie et al. 2024,
    arXiv:2405.21046, algorithm 1.
    """

    def __init__(self, reference: LanguageModel, config: SamplingConfig, *, anchors: int) -> None:
        self._reference, self._first = reference, config.samples_per_prompt
        self._scorer = CompletionScorer(reference.network)
        self._sampler = None
        if anchors:
            self._sampler = Sampler(reference, config.model_copy(update={"samples_per_prompt": anchors}))

    @classmethod
    def of(cls, run: Run, job: SamplingJob, codec: ChatCodec) -> "Anchor | None":
        """None where the job names no reference. Raises: ConfigError: it has other tokens than the policy's `codec`."""
        if job.reference is None:
            return None
        reference = load_language_model(job.reference, warn=run.events.warn, dtype=torch.float32)
        codec.refuse_other_tokens(reference.codec)
        return cls(reference, job.config, anchors=job.anchors)

    def written(self, prompts: Sequence[PromptRow], *, seeds: Sequence[int]) -> list[CompletionRow]:
        """The reference's own completions; none where none are wanted."""
        if self._sampler is None:
            return []
        # Other numbers than the policy's: an untuned policy would else write the very same texts.
        rows, _ = self._sampler.sample(prompts, seeds=[derived_seed(seed, 1) for seed in seeds])
        return [
            row.model_copy(update={"by_reference": True, "index": self._first + row.index, "ref_logprob": row.logprob})
            for row in rows
        ]

    @torch.no_grad()
    def judged(self, rows: Sequence[CompletionRow], dialogues: Sequence[Dialogue]) -> list[CompletionRow]:
        """The rows with log π_ref, nats."""
        scores = score_completions(self._scorer, dialogues, pad_id=self._reference.codec.pad_id)
        return [
            row.model_copy(update={"ref_logprob": value})
            for row, value in zip(rows, scores.logprobs.tolist(), strict=True)
        ]


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


def _finished(part: Path, prompts: Sequence[PromptRow], *, per_prompt: int) -> tuple[list[CompletionRow], int]:
    """Rows that an interrupted attempt has left, and the number of prompts which they complete."""
    if not part.exists():
        return [], 0
    lines = part.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [CompletionRow.model_validate_json(line) for line in lines if line.endswith("\n")]
    done = len(whole) // per_prompt
    rows = whole[: done * per_prompt]
    write_text(part, to_lines(rows))
    return rows, done


def _report(rows: list[CompletionRow], prompts: int) -> SamplingReport:
    own = [row for row in rows if not row.by_reference]
    rewards = [row.reward for row in own if row.reward is not None]
    return SamplingReport(
        prompts=prompts,
        completions=len(rows),
        tokens_mean=sum(row.tokens for row in own) / len(own),
        ended_share=sum(row.ended for row in own) / len(own),
        reward_mean=sum(rewards) / len(rewards) if rewards else None,
        outside=outside_share(own),
        novelty=_novelty(own),
        anchor_novelty=_novelty([row for row in rows if row.by_reference]),
    )


def _novelty(rows: Sequence[CompletionRow]) -> float | None:
    """Mean −log π_ref per token, nats; None where no reference was asked."""
    known = [(row.ref_logprob, row.tokens) for row in rows if row.ref_logprob is not None]
    return -sum(value for value, _ in known) / sum(tokens for _, tokens in known) if known else None


def outside_share(rows: Sequence[CompletionRow]) -> float | None:
    """Share of completions unlike what the reward model was trained on; None where nobody knows."""
    found = are_outside(rows)
    return sum(found) / len(found) if found else None


def are_outside(rows: Sequence[CompletionRow]) -> list[bool]:
    """Whether each completion is unlike what the reward model was trained on; those of which nobody knows left out."""
    return [row.reward_ood > 1 for row in rows if row.reward_ood is not None]
