"""Looks at the policy while it is tuned: it answers panel prompts, is measured on them, and rules judge the series.

Source: Zheng et al. 2023, arXiv:2307.04964, §5.2 (what to watch); Gao et al. 2022, arXiv:2210.10760 (claimed reward
against √KL). Differs from the papers: samples are kept with the weights, so that people can compare checkpoints; each
look asks the same prompts with the same random numbers, so an unchanged policy writes the same.
"""

import math
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from rlhf_backend.config import EvaluationConfig, PolicyJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import stream_rows, to_lines
from rlhf_backend.data.order import derived_seed
from rlhf_backend.durable import replaced_directory, write_text
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.reward import RewardModel
from rlhf_backend.models.scoring import score_completions
from rlhf_backend.recipes.evaluation import win_rate
from rlhf_backend.recipes.safety_aspect import open_safety_aspect
from rlhf_backend.recipes.samplers import Sampler
from rlhf_backend.recipes.sampling import are_outside, with_rewards
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.stats.clustered import Array, clustered_mean_interval, clustered_share_interval
from rlhf_backend.stats.monitor_rules import fired_rules
from rlhf_backend.stats.text_signs import distinct_bigrams, distinct_words, is_refusal, repeats_four_words
from rlhf_backend.tuning_sections import CheckpointFigures, FiredRule
from rlhf_backend.types import CompletionRow, Interval, PromptRow

_SAMPLES_PER_PROMPT = 2
_COMPLETIONS_AT_ONCE = 64
_CONFIDENCE = 0.95
# Nats per token, beyond which a perplexity is no longer a number.
_LARGEST_NLL = 700.0
# The first place of the seeds of looks; those of rollouts have their step there.
_SEED_PLACE = 2**31


def open_monitor(run: Run, job: PolicyJob, tuning: Tuning) -> "Monitor | None":
    """The monitor of a run with what it has seen so far; None where it cannot look, with the reason in the log."""
    if job.monitor.prompts == 0:
        return None
    prompts = panel_prompts(run, most=job.monitor.prompts)
    if tuning.reward_model is None or not prompts:
        missing = "no panel prompts" if tuning.reward_model else "no reward model to judge samples"
        run.events.warn(f"the policy is not watched while it is tuned: there are {missing}")
        return None
    return Monitor(run, job, tuning, tuning.reward_model, prompts)


def panel_prompts(run: Run, *, most: int) -> list[PromptRow]:
    """The first of the prompts that are watched on; none without their file."""
    path = run.input("panel_prompts.jsonl")
    return list(stream_rows(path, PromptRow))[:most] if path.is_file() else []


def policy_directory(run: Run, step: int) -> Path:
    """Where a look at `step` keeps the policy's weights."""
    return run.directory / "policies" / f"step-{step:08d}"


@dataclass(frozen=True)
class _Samples:
    """What the policy wrote at one look, K rows for each prompt, with what reading it again tells."""

    rows: list[CompletionRow]
    entropy: float


def _rewards(rows: Sequence[CompletionRow]) -> list[list[float]]:
    """By prompt and sample."""
    values = [row.reward or 0.0 for row in rows]
    return [values[i : i + _SAMPLES_PER_PROMPT] for i in range(0, len(values), _SAMPLES_PER_PROMPT)]


def _interval(values: Array) -> Interval:
    """Of a mean over samples, prompt by prompt (P·K,): samples of one prompt are alike."""
    return clustered_mean_interval(values, _owners(len(values)), confidence=_CONFIDENCE)


def _share(found: Sequence[bool]) -> Interval:
    """Of the samples that something was found of, prompt by prompt (P·K,)."""
    return clustered_share_interval(found, _owners(len(found)))


def _owners(samples: int) -> npt.NDArray[np.int64]:
    return np.arange(samples) // _SAMPLES_PER_PROMPT


def _perplexity(logprobs: Array, tokens: int) -> float:
    return math.exp(min(-float(logprobs.sum()) / tokens, _LARGEST_NLL))


def _broken_policy(step: int) -> ConfigError:
    if step == 0:
        return ConfigError(
            "the policy to start from, or its reference, gives probabilities that are not finite: its weights are "
            "damaged. Choose another policy, or roll back to one before it"
        )
    return ConfigError(
        f"training broke down by step {step}: the policy's probabilities are not finite. Lower the learning rate (a "
        "third of it is a good next try), or raise the KL coefficient"
    )


class Monitor:
    """The looks of one run; `figures` are in order of steps. Looks of an earlier attempt are not made again."""

    def __init__(
        self, run: Run, job: PolicyJob, tuning: Tuning, reward_model: RewardModel, prompts: list[PromptRow]
    ) -> None:
        self._run, self._job, self._tuning = run, job, tuning
        self._reward_model, self._prompts = reward_model, prompts
        self._safety = open_safety_aspect(Path(job.reward_model or ""), reward_model)
        self._directory = run.directory / "panel"
        self._directory.mkdir(exist_ok=True)
        self._seen: dict[int, CheckpointFigures] = {}
        for path in sorted(self._directory.glob("step-*.json")):
            figures = CheckpointFigures.model_validate_json(path.read_bytes())
            self._seen[figures.step] = figures

    @property
    def figures(self) -> list[CheckpointFigures]:
        """As they are now: only those whose weights are still there count as kept."""
        return [
            self._seen[step].model_copy(update={"kept": policy_directory(self._run, step).is_dir()})
            for step in sorted(self._seen)
        ]

    def look(self, step: int, *, stop_sqrt_kl: float | None = None) -> list[FiredRule]:
        """Look at the policy after `step` steps, keep and tell what is seen; the rules to pause by.

        Raises: RunCancelled, RunInterrupted: a stop was asked for; nothing of this look is kept.
        """
        if step not in self._seen:
            self._look(step, stop_sqrt_kl)
        fired = [rule for rule in self._seen[step].fired if rule.rule not in self._run.accepted_rules]
        return fired if self._job.monitor.pause else []

    def _look(self, step: int, stop_sqrt_kl: float | None) -> None:
        started = time.monotonic()
        samples = self._sample(step)
        write_text(self._samples_path(step), to_lines(samples.rows))
        figures = self._measure(step, samples)
        earlier = [self._seen[number] for number in sorted(self._seen) if number < step]
        fired = fired_rules([*earlier, figures], self._job.monitor, stop_sqrt_kl=stop_sqrt_kl)
        if step > 0:
            self._keep_policy(step)
        figures = figures.model_copy(update={"fired": fired, "kept": step > 0})
        for rule in fired:
            self._run.events.warn(rule.explanation)
        self._run.events.checkpoint(figures)
        self._run.events.log(f"looked at step {step} in {time.monotonic() - started:.1f} s")
        # Last: a look without figures was not finished and is made again.
        write_text(self._directory / f"step-{step:08d}.json", figures.model_dump_json() + "\n")
        self._seen[step] = figures

    @torch.no_grad()
    def _sample(self, step: int) -> _Samples:
        policy, temperature = self._tuning.policy, self._job.config.temperature
        config = EvaluationConfig(
            samples_per_prompt=_SAMPLES_PER_PROMPT,
            max_new_tokens=self._job.config.max_new_tokens,
            temperature=temperature,
            batch_size=_COMPLETIONS_AT_ONCE,
        )
        sampler = Sampler(replace(policy.language_model, network=policy.network), config)
        rows: list[CompletionRow] = []
        entropy = 0.0
        for start in range(0, len(self._prompts), sampler.prompts_per_batch):
            self._run.stop.raise_if_made(done=f"while the monitor looked at step {step}")
            prompts = self._prompts[start : start + sampler.prompts_per_batch]
            seeds = [derived_seed(self._run.seed, _SEED_PLACE, start + i) for i in range(len(prompts))]
            sampled, dialogues = sampler.sample(prompts, seeds=seeds)
            judged = with_rewards(sampled, prompts, self._reward_model)
            of_part, entropies = self._with_logprobs(judged, dialogues)
            rows += of_part
            entropy += entropies
        return _Samples(rows, entropy / max(sum(row.tokens for row in rows), 1))

    def _with_logprobs(
        self, rows: list[CompletionRow], dialogues: Sequence[Dialogue]
    ) -> tuple[list[CompletionRow], float]:
        """The rows with log π and log π_ref at the temperature they were sampled at, and the sum of entropies."""
        pad_id = self._tuning.policy.language_model.codec.pad_id
        own, ref = (
            score_completions(
                scorer,
                dialogues,
                pad_id=pad_id,
                temperature=self._job.config.temperature,
                with_entropies=scorer is self._tuning.policy.scorer,
            )
            for scorer in (self._tuning.policy.scorer, self._tuning.reference)
        )
        entropies = own.entropies if own.entropies is not None else torch.zeros(0)
        pairs = zip(rows, own.logprobs.tolist(), ref.logprobs.tolist(), strict=True)
        told = [row.model_copy(update={"logprob": a, "ref_logprob": b}) for row, a, b in pairs]
        return told, float(entropies.sum())

    def _measure(self, step: int, samples: _Samples) -> CheckpointFigures:
        rows = samples.rows
        words = [row.text.split() for row in rows]
        asked = {prompt.id: prompt.messages for prompt in self._prompts}
        judged = [(asked[row.prompt_id], row.text) for row in rows]
        tokens = max(sum(row.tokens for row in rows), 1)
        logprobs = np.array([row.logprob or 0.0 for row in rows])
        ref_logprobs = np.array([row.ref_logprob or 0.0 for row in rows])
        if not np.isfinite([*logprobs, *ref_logprobs]).all():
            raise _broken_policy(step)
        outside = are_outside(rows)
        return CheckpointFigures(
            step=step,
            prompts=len(self._prompts),
            reward=_interval(np.array([row.reward or 0.0 for row in rows])),
            claimed_win_rate=self._claimed_win_rate(step, rows),
            kl=_interval(logprobs - ref_logprobs),
            tokens=_interval(np.array([float(row.tokens) for row in rows])),
            ended_share=sum(row.ended for row in rows) / len(rows),
            perplexity=_perplexity(logprobs, tokens),
            reference_perplexity=_perplexity(ref_logprobs, tokens),
            entropy=samples.entropy,
            distinct_1=distinct_words(words),
            distinct_2=distinct_bigrams(words),
            repetition=sum(map(repeats_four_words, words)) / len(rows),
            refusals=_share([is_refusal(row.text) for row in rows]),
            unsafe=self._safety.unsafe_share(judged) if self._safety is not None else None,
            outside=_share(outside) if outside else None,
        )

    def _claimed_win_rate(self, step: int, rows: Sequence[CompletionRow]) -> Interval | None:
        if step == 0:
            return None
        before = list(stream_rows(self._samples_path(0), CompletionRow))
        return win_rate(_rewards(before), _rewards(rows), confidence=_CONFIDENCE)

    def _samples_path(self, step: int) -> Path:
        return self._directory / f"step-{step:08d}.jsonl"

    def _keep_policy(self, step: int) -> None:
        with replaced_directory(policy_directory(self._run, step)) as directory:
            self._tuning.policy.save_copy(directory)
        kept = sorted(policy_directory(self._run, step).parent.glob("step-*"), reverse=True)
        for old in kept[self._job.monitor.kept :]:
            shutil.rmtree(old, ignore_errors=True)
