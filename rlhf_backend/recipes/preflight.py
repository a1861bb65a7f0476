"""Before tuning: how far optimisation is expected to help, and the KL penalty that follows from it.

The reference writes N completions of each panel prompt; the reward model scores them, and so does a head of its own
fitted to people's verdicts on panel prompts, which the reward model never learned from. `stats/preflight.py` then
says what tuning at each β would claim and what it would be worth.

Source: Chaudhari et al. 2024, arXiv:2404.08555, §6.2 (the gap between true and estimated performance under
π_ref·exp(R/β)). Differs from the paper: normalised weights instead of a proportionality, people's verdicts instead of
the unknown true reward, intervals.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from rlhf_backend.config import PolicyJob, RewardModelConfig
from rlhf_backend.data.jsonl import stream_rows
from rlhf_backend.data.order import derived_seed
from rlhf_backend.distributed import first_alone
from rlhf_backend.durable import write_text
from rlhf_backend.errors import DataError
from rlhf_backend.models.reward import RewardModel
from rlhf_backend.models.rollout import Decoding, sample_rollout
from rlhf_backend.ops.advantages import group_normalised_advantages
from rlhf_backend.ops.reward_scaling import merged_moments, no_moments, scaled_rewards
from rlhf_backend.policy_config import ON_POLICY, POLICY_GRADIENT, PolicyConfig
from rlhf_backend.recipes.monitor import panel_prompts
from rlhf_backend.recipes.online import driving_scores
from rlhf_backend.recipes.reward_head import linear_verdicts, unit_length
from rlhf_backend.recipes.reward_material import encode_preferences
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.stats.preference_regression import Array, choose_precision, fit_ensemble
from rlhf_backend.stats.preflight import Samples, bounded_kl_coef, forecast
from rlhf_backend.tuning_sections import Preflight
from rlhf_backend.types import ComparisonRow, PromptRow

DEFAULT_KL_COEF = 0.05
"""Ziegler et al. 2019 use .03 to .15 on normalised rewards; measured on the starter, .05 learns and stays fluent."""
MIN_VERDICTS = 20
"""Decided verdicts on panel prompts below which nothing is predicted from them."""
_PHASE = "pre-flight"
_FITS = 32
_COMPLETIONS_AT_ONCE = 64
_JUDGE = RewardModelConfig()  # likelihoods of ties and margins as a reward model has them by default
# The first place of the seeds of reference samples; rollouts have their step there.
_SEED_PLACE = 2**31 + 1


def kl_coef_of(run: Run, job: PolicyJob, tuning: Tuning) -> float:
    """The KL penalty that tuning takes: the one set by hand, else what the pre-flight suggests, else .05.

    Raises: RunCancelled, RunInterrupted: a stop was asked for during the pre-flight.
    """
    preflight = preflight_of(run, job, tuning)
    if job.config.kl_coef is None and preflight is None:
        run.events.log(f"the KL penalty is {DEFAULT_KL_COEF:g}: none is set, and no pre-flight suggests one")
    return used_kl_coef(job.config, preflight)


def used_kl_coef(config: PolicyConfig, preflight: Preflight | None) -> float:
    """What `kl_coef_of` gives, once the pre-flight has been done."""
    if preflight is not None and preflight.used_kl_coef is not None:
        return preflight.used_kl_coef
    return _kl_coef(config, None)


def preflight_of(run: Run, job: PolicyJob, tuning: Tuning) -> Preflight | None:
    """The pre-flight of a run, done once and kept in `preflight.json`; None where there is nothing to do it with.

    It is for methods that sample and are driven by a reward model. Of several processes the first does it.
    Raises: RunCancelled, RunInterrupted: a stop was asked for; nothing is kept.
    """
    return first_alone(lambda: _kept_preflight(run, job, tuning))


def _kept_preflight(run: Run, job: PolicyJob, tuning: Tuning) -> Preflight | None:
    kept = run.directory / "preflight.json"
    if kept.is_file():
        return Preflight.model_validate_json(kept.read_bytes())
    asked = job.monitor.preflight and job.config.method in ON_POLICY and run.finish_at is None
    prompts = panel_prompts(run, most=job.monitor.prompts) if asked else []
    if tuning.reward_model is None or not prompts:
        return None
    preflight = _preflight(run, job, tuning, tuning.reward_model, prompts)
    run.events.preflight(preflight)
    write_text(kept, preflight.model_dump_json(indent=1) + "\n")
    return preflight


def _preflight(
    run: Run, job: PolicyJob, tuning: Tuning, reward_model: RewardModel, prompts: list[PromptRow]
) -> Preflight:
    count = job.monitor.preflight_samples
    texts, ended = _reference_samples(run, job, tuning, prompts)
    features = _features(reward_model, prompts, texts)
    scores = reward_model.scores_of(features, tags=[prompt.tags for prompt in prompts for _ in range(count)])
    judge = _panel_judge(run, reward_model)
    samples = Samples(
        rewards=_as_driven(driving_scores(scores, ended, job.config), job.config, samples=count),
        claimed=scores.mean.double().view(-1, count).numpy(),
        scores=None if judge.weights is None else _scores(features, judge.weights).reshape(_FITS, -1, count),
    )
    found = forecast(samples, seed=run.seed)
    best = None if found.best is None else found.points[found.best]
    with_penalty = job.config.method in POLICY_GRADIENT
    return Preflight(
        prompts=len(prompts),
        samples=count,
        verdicts=judge.verdicts,
        points=found.points,
        suggested_beta=best.beta if best else None,
        stop_sqrt_kl=best.sqrt_kl if best else None,
        used_kl_coef=_kl_coef(job.config, best.beta if best else None) if with_penalty else None,
        note=found.note,
    )


def _as_driven(scores: Tensor, config: PolicyConfig, *, samples: int) -> Array:
    """Scores as the method's KL penalty is weighed against them: scaled, clipped, GRPO's in deviations. (P·N,) → (P, N)

    In any other unit the β that the forecast suggests would be none of the method's.
    """
    if config.method in POLICY_GRADIENT:
        moments = merged_moments(no_moments(), scores)
        scores = scaled_rewards(scores, moments, scaling=config.reward_scaling, clip=config.reward_clip)
    by_prompt = scores.double().view(-1, samples)
    found: Array = (group_normalised_advantages(by_prompt) if config.method == "grpo" else by_prompt).numpy()
    return found


def _kl_coef(config: PolicyConfig, suggested: float | None) -> float:
    if config.kl_coef is not None:
        return config.kl_coef
    return DEFAULT_KL_COEF if suggested is None else bounded_kl_coef(suggested)


def _reference_samples(run: Run, job: PolicyJob, tuning: Tuning, prompts: list[PromptRow]) -> tuple[list[str], Tensor]:
    """Completions by the reference, prompt by prompt, as tuning samples them, and which of them it closed. (P·N,)

    Raises: RunCancelled, RunInterrupted: a stop was asked for.
    """
    count, config = job.monitor.preflight_samples, job.config
    model = tuning.policy.language_model
    room = model.context - config.max_new_tokens
    decoding = Decoding(count, config.max_new_tokens, config.temperature)
    at_once = max(1, _COMPLETIONS_AT_ONCE // count)
    texts: list[str] = []
    ended: list[Tensor] = []
    for start in range(0, len(prompts), at_once):
        run.events.progress(_PHASE, start, len(prompts))
        run.stop.raise_if_made(done="during the pre-flight; nothing was trained yet")
        ids = [model.codec.encode_prompt(p.messages, max_tokens=room) for p in prompts[start : start + at_once]]
        seeds = [derived_seed(run.seed, _SEED_PLACE, start + i) for i in range(len(ids))]
        with tuning.reference.decoding() as decoder:
            rollout = sample_rollout(decoder, ids, decoding, stop_ids=model.codec.stop_ids, seeds=seeds)
        texts += [model.codec.decode(rollout.completion(row)) for row in range(len(ids) * count)]
        ended.append(rollout.ended.cpu())
    run.events.progress(_PHASE, len(prompts), len(prompts))
    return texts, torch.cat(ended)


def _features(reward_model: RewardModel, prompts: list[PromptRow], texts: list[str]) -> Tensor:
    """What the reward model reads of each completion, N for each prompt. (P·N, F)

    Raises: DataError: a completion fills the reward model's context.
    """
    reader, count = reward_model.reader, len(texts) // len(prompts)
    encoded = [reader.encode(prompts[i // count].messages, text) for i, text in enumerate(texts)]
    fitting = [dialogue for dialogue in encoded if dialogue is not None]
    if len(fitting) < len(encoded):
        raise DataError(
            f"{len(encoded) - len(fitting)} completions of the reference leave the reward model no room for their "
            f"prompt (at most {reader.max_tokens} tokens): lower the longest completion"
        )
    return reader.read(fitting)


@dataclass(frozen=True)
class _PanelJudge:
    """A head fitted to people's verdicts on panel prompts alone: H draws of its weights (H, F), None without enough."""

    verdicts: int
    weights: Array | None


def _panel_judge(run: Run, reward_model: RewardModel) -> _PanelJudge:
    path = run.input("panel.jsonl")
    rows = list(stream_rows(path, ComparisonRow)) if path.is_file() else []
    preferences, dialogues, _ = encode_preferences(rows, reward_model.reader, _JUDGE)
    if int(preferences.decided.sum()) < MIN_VERDICTS:
        return _PanelJudge(len(preferences), None)
    verdicts = linear_verdicts(reward_model.reader.read(dialogues), preferences, _JUDGE)
    precision = choose_precision(replace(verdicts, weights=preferences.independent_weights))
    units = preferences.units
    return _PanelJudge(
        len(preferences), fit_ensemble(verdicts, precision=precision, heads=_FITS, seed=run.seed, units=units)
    )


def _scores(features: Tensor, weights: Array) -> Array:
    """By each fit, log-odds. (N, F), (H, F) → (H, N)"""
    scores: Array = weights @ unit_length(features).T
    return scores
