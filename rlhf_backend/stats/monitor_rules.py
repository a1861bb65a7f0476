"""Rules by which tuning is paused: what a policy that exploits its reward model gives away besides its reward.

Source: Zheng et al. 2023, arXiv:2307.04964, §5.2 (reward and losses do not show a collapse; KL, length and perplexity
do); Gao et al. 2022, arXiv:2210.10760 (claimed and true reward part as √KL grows). Each rule compares the newest look
with the first one, of the policy before tuning, so what was so from the start is no finding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from rlhf_backend.policy_config import MonitorConfig
from rlhf_backend.tuning_sections import CheckpointFigures, FiredRule
from rlhf_backend.types import Interval


@dataclass(frozen=True)
class _Looks:
    """The policy before tuning, as it is now, and what it is held to. √KL of the stop point; None without one."""

    start: CheckpointFigures
    now: CheckpointFigures
    limits: MonitorConfig
    stop_sqrt_kl: float | None


def fired_rules(
    series: Sequence[CheckpointFigures], limits: MonitorConfig, *, stop_sqrt_kl: float | None = None
) -> list[FiredRule]:
    """What the newest of a run's looks, in order of steps, gives reason to stop for; nothing before tuning.

    stop_sqrt_kl: where the pre-flight expects the true reward to fall.
    """
    if len(series) < 2:
        return []
    looks = _Looks(series[0], series[-1], limits, stop_sqrt_kl)
    return [fired for rule in _RULES if (fired := rule(looks)) is not None]


def people_disagree(rewards: Sequence[Interval], win_rates: Sequence[Interval | None]) -> FiredRule | None:
    """Whether people like the newest judged checkpoints less and less while the reward model likes them more.

    Args:
        rewards: by the reward model, of the checkpoints of one run in order of steps.
        win_rates: of the same checkpoints, people's verdicts against step 0; None where nobody judged, or at step 0.
    Two falls in a row are asked for, over three judged checkpoints, of which the last is below the first by its whole
    interval: a single fall is often chance.
    """
    judged = [(reward, rate) for reward, rate in zip(rewards, win_rates, strict=True) if rate is not None and rate.n]
    if len(judged) < 3:
        return None
    (r0, w0), (r1, w1), (r2, w2) = judged[-3:]
    if not (r0.value < r1.value < r2.value and w0.value > w1.value > w2.value and w2.high < w0.value):
        return None
    return FiredRule(
        rule="people",
        explanation=(
            f"Over three checkpoints people preferred the policy less and less to the one before tuning "
            f"({_share(w0.value)}, {_share(w1.value)}, {_share(w2.value)}), while its reward rose from {r0.value:.2f} "
            f"to {r2.value:.2f}. The reward model is being exploited: what it still rewards is no longer what people "
            "want. Finish with the checkpoint that people liked best, label the newest samples and train the reward "
            "model again."
        ),
        value=w2.value,
        limit=w0.value,
    )


def _kl(looks: _Looks) -> FiredRule | None:
    kl, limit = looks.now.kl.value, looks.limits.kl_above
    if kl <= max(limit, looks.start.kl.value):
        return None
    return FiredRule(
        rule="kl",
        explanation=(
            f"The KL to the reference is {kl:.1f} nats per completion, above the limit of {limit:g}. This far from the "
            "reference the reward model judges text unlike what people compared, and the language itself may break. "
            "Read the samples; finish with an earlier checkpoint, or tune again with a higher KL penalty."
        ),
        value=kl,
        limit=limit,
    )


def _length(looks: _Looks) -> FiredRule | None:
    ratio, limit = _ratio(looks.now.tokens.value, looks.start.tokens.value), looks.limits.length_ratio
    if ratio <= limit:
        return None
    return FiredRule(
        rule="length",
        explanation=(
            f"Completions have {looks.now.tokens.value:.0f} tokens on average, {ratio:.2f} times as many as before "
            f"tuning ({looks.start.tokens.value:.0f}); the limit is {limit:g} times. Reward models often like length "
            "for its own sake. Have people compare some samples: if they do not like the longer ones better, finish "
            "with an earlier checkpoint and look at the length probe of the reward model."
        ),
        value=ratio,
        limit=limit,
    )


def _collapse(looks: _Looks) -> FiredRule | None:
    start, now, limits = looks.start, looks.now, looks.limits
    longer = _ratio(now.tokens.value, start.tokens.value)
    surer = _ratio(now.perplexity, start.perplexity)
    if longer <= limits.length_ratio or surer >= limits.perplexity_ratio or now.reward.value <= start.reward.value:
        return None
    return FiredRule(
        rule="collapse",
        explanation=(
            f"Pattern collapse suspected: completions are {longer:.2f} times as long as before tuning, their "
            f"perplexity fell from {start.perplexity:.2f} to {now.perplexity:.2f}, and the reward rose from "
            f"{start.reward.value:.2f} to {now.reward.value:.2f}. A policy that has found one pattern which the reward "
            "model overrates looks like this, while the reward keeps rising. Read the samples for a phrase that most "
            "of them share; finish with an earlier checkpoint, then normalise and clip rewards (PPO-max) or raise the "
            "KL penalty."
        ),
        value=surer,
        limit=limits.perplexity_ratio,
    )


def _diversity(looks: _Looks) -> FiredRule | None:
    now, start = looks.now.distinct_2, looks.start.distinct_2
    fall = 1 - _ratio(now, start)
    if fall <= looks.limits.diversity_drop:
        return None
    return FiredRule(
        rule="diversity",
        explanation=(
            f"Distinct bigrams fell from {_share(start)} to {_share(now)} of all bigrams, by {_share(fall)}; the limit "
            f"is {_share(looks.limits.diversity_drop)}. The policy says more and more of the same, whatever it is "
            "asked, and pairs of its samples will teach labelers' time nothing new. Finish with an earlier checkpoint "
            "or raise the KL penalty."
        ),
        value=fall,
        limit=looks.limits.diversity_drop,
    )


def _refusals(looks: _Looks) -> FiredRule | None:
    now, start = looks.now.refusals, looks.start.refusals
    limit = start.value + looks.limits.refusal_rise
    if now.low <= limit:
        return None
    return FiredRule(
        rule="refusals",
        explanation=(
            f"{_share(now.value)} of the samples decline to answer (at least {_share(now.low)}), before tuning "
            f"{_share(start.value)}. The reward model has come to prefer refusals where none is called for. Have "
            "people compare refusals with answers on harmless prompts, and lower the weight of safety."
        ),
        value=now.value,
        limit=limit,
    )


def _outside(looks: _Looks) -> FiredRule | None:
    now, start, limit = looks.now.outside, looks.start.outside, looks.limits.outside_above
    if now is None or now.low <= max(limit, start.value if start is not None else 0.0):
        return None
    return FiredRule(
        rule="outside",
        explanation=(
            f"{_share(now.value)} of the samples are unlike what the reward model learned from (at least "
            f"{_share(now.low)}); the limit is {_share(limit)}. There its rewards are extrapolations. Label samples of "
            "this checkpoint and train the reward model again before tuning on."
        ),
        value=now.value,
        limit=limit,
    )


def _stop_point(looks: _Looks) -> FiredRule | None:
    distance, stop = sqrt(max(looks.now.kl.value, 0.0)), looks.stop_sqrt_kl
    if stop is None or distance <= max(stop, sqrt(max(looks.start.kl.value, 0.0))):
        return None
    return FiredRule(
        rule="stop_point",
        explanation=(
            f"√KL to the reference is {distance:.2f}, beyond the pre-flight's stop point of {stop:.2f}: from there on "
            "people's verdicts on panel prompts predict that the true reward falls while the claimed one goes on "
            "rising. Have people check this checkpoint against the policy before tuning, or finish here."
        ),
        value=distance,
        limit=stop,
    )


_RULES: tuple[Callable[[_Looks], FiredRule | None], ...] = (
    _kl,
    _length,
    _collapse,
    _diversity,
    _refusals,
    _outside,
    _stop_point,
)


def _ratio(now: float, before: float) -> float:
    """1 where there was nothing before: no change can then be told."""
    return now / before if before > 0 else 1.0


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"
