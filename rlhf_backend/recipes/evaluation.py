"""Candidate against predecessor on panel prompts: both write, the reward model judges, the reference tells how far.

Source: win rates by prompt as in Rafailov et al. 2023, arXiv:2305.18290, §6. Differs from the paper: the judge is the
reward model, so a win rate here is a claim that people still have to confirm; each prompt counts once, its share of
wins being over all pairs of its samples. The KL is the k1 estimator on each policy's own samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from rlhf_backend.config import EvaluationConfig, EvaluationJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.order import derived_seed
from rlhf_backend.models.loading import LanguageModel, load_language_model
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.models.scoring import CompletionScorer, score_completions
from rlhf_backend.recipes.samplers import Sampler
from rlhf_backend.recipes.sampling import outside_share, with_rewards
from rlhf_backend.run import Run
from rlhf_backend.stats.intervals import bootstrap_mean_interval, wilson_interval
from rlhf_backend.stats.text_signs import distinct_bigrams, repeats_four_words
from rlhf_backend.types import CompletionRow, EvaluationReport, Interval, PolicyStats, PromptRow, SamplePair

_PHASE = "evaluation"
_PAIRS_SHOWN = 40


def evaluate_policy(run: Run, job: EvaluationJob) -> EvaluationReport:
    """Sample both policies on every prompt and compare.

    Raises: DataError: no prompts. ConfigError: a model cannot be loaded.
    """
    prompts = read_rows(run.input("prompts.jsonl"), PromptRow)
    panel = _Panel(
        prompts,
        job.config,
        judge=load_reward_model(job.reward_model, warn=run.events.warn, principles=job.principles),
        reference=load_language_model(job.reference, warn=run.events.warn, dtype=torch.float32),
    )
    progress = _Progress(run, of=2 * len(prompts))
    before = _write(progress, job.predecessor, panel)
    after = _write(progress, job.policy, panel)
    progress.done()
    return EvaluationReport(
        win_rate=win_rate(before.rewards(), after.rewards(), confidence=job.config.confidence),
        before=_stats(before, panel),
        after=_stats(after, panel),
        samples=_pairs(before, after),
    )


def win_rate(before: Sequence[Sequence[float]], after: Sequence[Sequence[float]], *, confidence: float) -> Interval:
    """Share of prompts won by `after`, ties half; rewards by prompt and sample. Wilson's interval over prompts."""
    wins = 0.0
    for old, new in zip(before, after, strict=True):
        won = sum((a > b) + 0.5 * (a == b) for a in new for b in old)
        wins += won / (len(new) * len(old))
    return wilson_interval(wins, len(before), confidence=confidence)


@dataclass(frozen=True)
class _Panel:
    """What both policies are asked, and by what they are measured."""

    prompts: list[PromptRow]
    config: EvaluationConfig
    judge: RewardModel
    reference: LanguageModel


@dataclass(frozen=True)
class _Written:
    """What one policy wrote on all prompts, K rows for each."""

    policy: LanguageModel
    rows: list[CompletionRow]
    dialogues: list[Dialogue]
    per_prompt: int
    temperature: float

    def rewards(self) -> list[list[float]]:
        values = [row.reward or 0.0 for row in self.rows]
        return [values[i : i + self.per_prompt] for i in range(0, len(values), self.per_prompt)]


class _Progress:
    """Counts prompts over both policies and stops between batches when asked to."""

    def __init__(self, run: Run, *, of: int) -> None:
        self.run, self._of, self._step = run, of, 0

    def advance(self, prompts: int) -> None:
        self.run.events.progress(_PHASE, self._step, self._of)
        self.run.stop.raise_if_made(done=f"after {self._step} of {self._of} prompts")
        self._step += prompts

    def done(self) -> None:
        self.run.events.progress(_PHASE, self._of, self._of)


def _write(progress: _Progress, source: str, panel: _Panel) -> _Written:
    policy = load_language_model(source, warn=progress.run.events.warn, dtype=torch.float32)
    policy.codec.refuse_other_tokens(panel.reference.codec)
    sampler, prompts, config = Sampler(policy, panel.config), panel.prompts, panel.config
    rows: list[CompletionRow] = []
    dialogues: list[Dialogue] = []
    for start in range(0, len(prompts), sampler.prompts_per_batch):
        batch = prompts[start : start + sampler.prompts_per_batch]
        progress.advance(len(batch))
        # Both policies get the same seeds, so that an unchanged policy writes the same and ties with itself.
        seeds = [derived_seed(progress.run.seed, start + i) for i in range(len(batch))]
        sampled, ids = sampler.sample(batch, seeds=seeds)
        rows += with_rewards(sampled, batch, panel.judge)
        dialogues += ids
    return _Written(policy, rows, dialogues, config.samples_per_prompt, config.temperature)


def _stats(written: _Written, panel: _Panel) -> PolicyStats:
    rows, confidence = written.rows, panel.config.confidence
    own, ref = (_logprobs(model, written) for model in (written.policy, panel.reference))
    tokens = sum(row.tokens for row in rows)
    words = [row.text.split() for row in rows]
    return PolicyStats(
        reward=_interval([row.reward or 0.0 for row in rows], confidence),
        kl=_interval([a - b for a, b in zip(own, ref, strict=True)], confidence),
        tokens=_interval([float(row.tokens) for row in rows], confidence),
        ended_share=sum(row.ended for row in rows) / len(rows),
        distinct_2=distinct_bigrams(words),
        repetition=sum(map(repeats_four_words, words)) / len(rows),
        reference_nll=-sum(ref) / max(tokens, 1),
        outside=outside_share(rows),
    )


def _interval(values: Sequence[float], confidence: float) -> Interval:
    return bootstrap_mean_interval(values, confidence=confidence)


@torch.no_grad()
def _logprobs(model: LanguageModel, written: _Written) -> list[float]:
    """log-probability of each completion under `model`, nats, of the very tokens that were sampled."""
    scorer = CompletionScorer(model.network)
    scores = score_completions(scorer, written.dialogues, pad_id=model.codec.pad_id, temperature=written.temperature)
    values: list[float] = scores.logprobs.tolist()
    return values


def _pairs(before: _Written, after: _Written) -> list[SamplePair]:
    """The first sample of each policy for the first prompts, to be read by people."""
    step = before.per_prompt
    return [
        SamplePair(
            prompt_id=new.prompt_id,
            before=old.text,
            after=new.text,
            reward_before=old.reward or 0.0,
            reward_after=new.reward or 0.0,
            sd_before=old.reward_sd,
            sd_after=new.reward_sd,
            ood_before=old.reward_ood,
            ood_after=new.reward_ood,
        )
        for old, new in zip(before.rows[::step][:_PAIRS_SHOWN], after.rows[::step], strict=False)
    ]
