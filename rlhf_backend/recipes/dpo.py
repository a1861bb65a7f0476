"""Direct preference optimisation: the policy itself becomes the reward model of the preferences. DPO, IPO and BFPO.

Differs from the papers: ties, both_good and both_bad are the soft label .5, preferences have weights, AdamW instead of
RMSprop (DPO), and the reference is asked once, before the first step. IPO and BFPO take whole completions' log-ratios,
as their formulas do, not means over tokens. BFPO reads safety from labelers' flags: a completion is unsafe if the
verdict flags it, in verdicts without any details both are safe.

Source: DPO, Rafailov et al. 2023, arXiv:2305.18290; IPO, Azar et al. 2023, arXiv:2310.12036; BFPO, Zhang et al. 2024,
arXiv:2408.15313.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from rlhf_backend.config import PolicyJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows, stream_rows
from rlhf_backend.data.order import step_rows
from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.data.safety import pair_types, safe_sides
from rlhf_backend.distributed import added, gathered
from rlhf_backend.errors import DataError
from rlhf_backend.models.device import device
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.scoring import Batch, CompletionScores, Scorer, score_completions
from rlhf_backend.ops.dpo_losses import bfpo_targets, dpo_loss, ipo_targets, squared_lead_loss
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.policy_training import tune_policy
from rlhf_backend.recipes.preference_tuning import backward_parts, kl_of_samples, load_tuning, scored_together
from rlhf_backend.recipes.training_loop import Metrics, TrainingLog
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.types import ComparisonRow, PolicyReport, PreferenceDetailsRow


def tune_directly(run: Run, job: PolicyJob) -> PolicyReport:
    """Tune by DPO, IPO or BFPO, write `model/`.

    Raises: DataError: no usable preferences; BFPO: no completion is flagged as unsafe. ConfigError: a model that cannot
    be loaded, training that breaks down.
    """
    config = job.config
    tuning = load_tuning(run, job)
    pairs = _read_pairs(run, tuning.policy)
    tuner = _Tuner(run, config, tuning, pairs, _loss(run, config, pairs.preferences))

    def report(log: TrainingLog) -> PolicyReport:
        prompts = [dialogue.prompt for dialogue in pairs.dialogues[::2]]
        kl, tokens = kl_of_samples(tuning, prompts, config, seed=run.seed)
        return PolicyReport(method=config.method, steps=len(log.steps), kl=kl, tokens_mean=tokens)

    return tune_policy(run, job, tuning, tuner.gradient_step, report=report)


@dataclass(frozen=True)
class _Pairs:
    """Preferences and their dialogues, a and b in turn: row 2i and 2i + 1."""

    preferences: Preferences
    dialogues: list[Dialogue]


def _read_pairs(run: Run, policy: TunedPolicy) -> _Pairs:
    """Raises: DataError: nothing is left to learn from."""
    rows = read_rows(run.input("comparisons.jsonl"), ComparisonRow)
    path = run.input("details.jsonl")
    details = {row.id: row for row in stream_rows(path, PreferenceDetailsRow)} if path.is_file() else {}
    preferences, excluded = usable_preferences(rows, margin_per_strength=0.0, details=details)
    codec, context = policy.language_model.codec, policy.language_model.context
    kept, dialogues = [], []
    for i, row in enumerate(preferences.rows):
        a, b = codec.encode_completion(row.completion_a), codec.encode_completion(row.completion_b)
        room = context - max(len(a), len(b))
        if room < 1:
            excluded["completion longer than the context"] += 1
            continue
        prompt = codec.encode_prompt(row.prompt, max_tokens=room)
        kept.append(i)
        dialogues += [Dialogue(prompt, a), Dialogue(prompt, b)]
    if excluded:
        run.events.warn("left out: " + ", ".join(f"{n} {reason}" for reason, n in excluded.items()))
    if not preferences.decided[kept].any():
        raise DataError(f"{len(kept)} usable preferences, none of them decided: label more comparisons and start again")
    return _Pairs(preferences.subset(kept), dialogues)


# ------------------------------------------------------------------------------------------------ losses

Loss = Callable[[Tensor, Tensor, list[int]], Tensor]
"""The weighted mean loss of some preferences from the log-ratios of a and of b, (n,) each."""


def _loss(run: Run, config: PolicyConfig, preferences: Preferences) -> Loss:
    targets, weights = (
        torch.tensor(values, dtype=torch.float32, device=device())
        for values in (preferences.targets, preferences.weights)
    )
    if config.method == "dpo":
        beta = config.dpo_beta
        return lambda a, b, rows: dpo_loss(beta * a, beta * b, targets[rows], weights=weights[rows])
    if config.method == "bfpo":
        safe_a, safe_b = _safety(run, config, preferences)
        leads = bfpo_targets(targets, safe_a, safe_b, tau=config.dpo_beta, alpha=config.safety_alpha)
    else:
        leads = ipo_targets(targets, tau=config.dpo_beta)
    return lambda a, b, rows: squared_lead_loss(a, b, leads[rows], weights=weights[rows])


def _safety(run: Run, config: PolicyConfig, preferences: Preferences) -> tuple[Tensor, Tensor]:
    """1 where a, and where b, is safe. 2 × (n,)

    Raises: DataError: no completion is unsafe.
    """
    sides = safe_sides(preferences, config.unsafe_flags)
    if sides.all():
        flags = sorted({flag for row in preferences.details if row for keys in row.flags.values() for flag in keys})
        wanted = f"one of the flags {', '.join(config.unsafe_flags)}" if config.unsafe_flags else "a flag"
        raise DataError(
            f"none of {len(preferences)} preferences marks a completion with {wanted} (flags found: "
            f"{', '.join(flags) or 'none'}), so BFPO has no unsafe completion to learn from: add a safety flag to the "
            "question form and label more comparisons, name other flags, or choose DPO"
        )
    counts = pair_types(preferences, sides)
    run.events.log("pairs, the more helpful one first: " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    missing = [kind for kind, n in counts.items() if n == 0]
    if missing:
        run.events.warn(f"no pair is {' or '.join(missing)}: the policy is not told how to order these")
    safe_a, safe_b = torch.tensor(sides, dtype=torch.float32, device=device()).unbind(-1)
    return safe_a, safe_b


# ------------------------------------------------------------------------------------------------- steps


@dataclass(frozen=True)
class _Stoppable:
    """A scorer that is asked batch by batch as long as nobody wants the run to stop."""

    run: Run
    scorer: Scorer

    @property
    def shares_prompts(self) -> bool:
        return self.scorer.shares_prompts

    @property
    def keeps_step(self) -> bool:
        return self.scorer.keeps_step

    def __call__(self, batch: Batch, *, temperature: float = 1.0, with_entropies: bool = False) -> CompletionScores:
        self.run.stop.raise_if_made(done="while the reference was asked; nothing was trained since")
        return self.scorer(batch, temperature=temperature, with_entropies=with_entropies)


class _Tuner:
    """What the steps of one run share."""

    def __init__(self, run: Run, config: PolicyConfig, tuning: Tuning, pairs: _Pairs, loss: Loss) -> None:
        self._run, self._config, self._tuning, self._loss = run, config, tuning, loss
        self._dialogues = pairs.dialogues
        self._targets = torch.tensor(pairs.preferences.targets, dtype=torch.float32)
        self._weights = torch.tensor(pairs.preferences.weights, dtype=torch.float32)

    @cached_property
    def _ref_logprobs(self) -> Tensor:
        """log π_ref of all completions, asked once. (2n,)"""
        count = len(self._targets)
        self._run.events.progress("reference", 0, count)
        scorer = _Stoppable(self._run, self._tuning.reference)
        logprobs, _ = scored_together(scorer, self._dialogues, pad_id=self._pad_id)
        self._run.events.progress("reference", count, count)
        return logprobs

    @property
    def _pad_id(self) -> int:
        return self._tuning.policy.language_model.codec.pad_id

    def gradient_step(self, step: int) -> Metrics:
        """Leave the gradient of the loss on the policy."""
        rows = step_rows(len(self._targets), per_step=self._config.prompts_per_step, step=step, seed=self._run.seed)
        lengths = [len(self._dialogues[2 * row]) + len(self._dialogues[2 * row + 1].completion) for row in rows]
        total = float(self._weights[rows].sum())
        loss, leads, order = 0.0, [], []
        ref_logprobs = self._ref_logprobs  # before any process takes its share: all of them ask at once
        for index in backward_parts(lengths, self._tuning.policy.scorer, pad_id=self._pad_id):
            part = [rows[i] for i in index]
            a, b = self._log_ratios(part, ref_logprobs)
            part_loss = self._loss(a, b, part) * (float(self._weights[part].sum()) / total)
            part_loss.backward()  # type: ignore[no-untyped-call]
            loss += float(part_loss.detach())
            leads.append((a - b).detach().cpu())
            order += part
        told = lead_metrics(self._config.dpo_beta * torch.cat(gathered(leads)), self._targets[gathered(order)])
        return {"train/loss": added(loss)} | told

    def _log_ratios(self, rows: Sequence[int], ref_logprobs: Tensor) -> tuple[Tensor, Tensor]:
        """log π − log π_ref of a and b of these preferences, with gradient. 2 × (len(rows),)"""
        index = [2 * row + side for row in rows for side in (0, 1)]
        scores = score_completions(self._tuning.policy.scorer, [self._dialogues[i] for i in index], pad_id=self._pad_id)
        log_ratios = scores.logprobs - ref_logprobs[index]
        return log_ratios[0::2], log_ratios[1::2]


def lead_metrics(leads: Tensor, targets: Tensor) -> Metrics:
    """How often and how far the preferred completion leads in implicit reward; nothing where all are ties.

    leads: implicit reward of a less that of b. targets: P(a better). (n,) each
    """
    decided = targets != 0.5
    if not decided.any():
        return {}
    lead = (leads * (2 * targets - 1).sign())[decided]
    return {"dpo/accuracy": float((lead > 0).float().mean()), "dpo/margin": float(lead.mean())}
