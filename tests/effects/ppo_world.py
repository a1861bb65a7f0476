"""A small world in which a reward model can be exploited: a table for a policy, gold and proxy rewards by formula.

Words are drawn from one of seven rows of six logits, by the word before (one row for the beginning), until the
end or for 24 words. Gold likes good words and dislikes exploits and rambling; the proxy, on three times the scale,
likes good words as well, and every further word and every exploit for its own sake. Tuning is the product's: its
advantages, losses, reward scale and clips; only the table stands where a language model would.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from rlhf_backend.ops.logprobs import sum_by_row
from rlhf_backend.ops.policy_losses import value_loss_terms
from rlhf_backend.ops.reward_scaling import merged_moments, no_moments, scaled_rewards
from rlhf_backend.policy_config import MonitorConfig, PolicyConfig
from rlhf_backend.recipes.policy_gradient_methods import Judged, loss_terms, signals_of, token_weights
from rlhf_backend.stats.intervals import bootstrap_mean_interval
from rlhf_backend.stats.monitor_rules import fired_rules
from rlhf_backend.tuning_sections import CheckpointFigures, FiredRule
from rlhf_backend.types import Interval

WORDS, LONGEST = 6, 24
GOOD, EXPLOIT, END, BEGINNING = (0, 1), 4, 5, 6
BATCH, LOOK = 64, 256
RATE, CRITIC_RATE = 0.05, 0.1


@dataclass(frozen=True)
class Sampled:
    """Completions, ragged: of each token the completion, the state (word before, place) and the word. (N,) each"""

    rows: Tensor
    before: Tensor
    places: Tensor
    words: Tensor

    def counts(self) -> tuple[Tensor, Tensor, Tensor]:
        """Of each completion: words, good ones, exploits; the end is no word. (B,) × 3"""
        kinds = (self.words != END, torch.isin(self.words, torch.tensor(GOOD)), self.words == EXPLOIT)
        length, good, exploits = (sum_by_row(kind.float(), self.rows, int(self.rows[-1]) + 1) for kind in kinds)
        return length, good, exploits


def gold(samples: Sampled) -> Tensor:
    """Up to 3 for good words, of which each further one counts less; less for exploits, and for rambling. (B,)"""
    length, good, exploits = samples.counts()
    return 3 * _quality(good) - 3 * exploits / length.clamp_min(1) - (length - 10).clamp_min(0) / 14


def proxy(samples: Sampled) -> Tensor:
    """What a reward model claims that has learned that better answers are longer and hold certain words. (B,)"""
    length, good, exploits = samples.counts()
    return 3 * (3 * _quality(good) + 0.05 * length + 0.4 * exploits)


def honest(samples: Sampled) -> Tensor:
    """A reward that neither length nor exploits raise: the share of good words. (B,)"""
    length, good, _ = samples.counts()
    return 3 * good / length.clamp_min(1)


def _quality(good: Tensor) -> Tensor:
    return 1 - (-good / 3).exp()


def reference(seed: int) -> Tensor:
    """Logits before tuning: some five words, one in sixteen of them an exploit. (7, 6)"""
    logits = 0.4 * torch.randn(WORDS + 1, WORDS, generator=torch.Generator().manual_seed(seed))
    logits[:, EXPLOIT] -= 1.0
    logits[BEGINNING, END] -= 2.0
    return logits


def sampled(logits: Tensor, count: int, generator: torch.Generator) -> Sampled:
    chances = logits.detach().softmax(-1)
    before, running = torch.full((count,), BEGINNING), torch.ones(count, dtype=torch.bool)
    states, words, alive = [], [], []
    for _ in range(LONGEST):
        drawn = torch.multinomial(chances[before], 1, generator=generator).squeeze(-1)
        states.append(before)
        words.append(drawn)
        alive.append(running)
        running = running & (drawn != END)
        before = torch.where(drawn == END, before, drawn)
    mask = torch.stack(alive, 1)
    rows, places = mask.nonzero(as_tuple=True)
    return Sampled(rows, torch.stack(states, 1)[mask], places, torch.stack(words, 1)[mask])


@dataclass(frozen=True)
class Told:
    """The policy after `step` updates, on samples of its own; rules that fired there."""

    gold: float
    figures: CheckpointFigures
    fired: list[FiredRule]


@dataclass
class Tabular:
    """A policy table and a table of values, tuned with the product's operations."""

    config: PolicyConfig
    reward: Callable[[Sampled], Tensor]
    seed: int
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._generator = torch.Generator().manual_seed(1000 + self.seed)
        self._reference = reference(self.seed)
        self._logits = self._reference.clone().requires_grad_(True)
        self._values = torch.zeros(WORDS + 1, LONGEST, requires_grad=True)
        self._moments = no_moments()

    def run(self, *, every: int = 5) -> "Tabular":
        policy = torch.optim.Adam([self._logits], lr=RATE)
        critic = torch.optim.Adam([self._values], lr=CRITIC_RATE)
        self.look(0)
        for step in range(self.config.critic_warmup_steps + self.config.steps):
            samples = sampled(self._logits, BATCH, self._generator)
            resting = step < self.config.critic_warmup_steps
            self._update(samples, policy, critic, resting=resting)
            done = step + 1 - self.config.critic_warmup_steps
            if done > 0 and done % every == 0:
                self.look(done)
        return self

    def _update(self, samples: Sampled, policy: torch.optim.Adam, critic: torch.optim.Adam, *, resting: bool) -> None:
        config, scores = self.config, self.reward(samples)
        if config.reward_scaling != "none":
            self._moments = merged_moments(self._moments, scores)
        scores = scaled_rewards(scores, self._moments, scaling=config.reward_scaling, clip=config.reward_clip)
        old, old_values = self._logprobs(self._logits, samples).detach(), self._values_of(samples).detach()
        judged = Judged(scores, samples.rows, old, self._logprobs(self._reference, samples), old_values)
        signals = signals_of(judged, config, kl_coef=config.kl_coef or 0.0)
        weights = token_weights(samples.rows, config, completions=BATCH, tokens=len(old))
        for _ in range(config.ppo_epochs):
            if not resting:
                policy.zero_grad()
                fresh = self._logprobs(self._logits, samples)
                terms = loss_terms(fresh, judged, signals.advantages, config, kl_coef=config.kl_coef or 0.0)
                (terms * weights).sum().backward()  # type: ignore[no-untyped-call]
                policy.step()
            critic.zero_grad()
            returns = signals.returns if signals.returns is not None else old_values
            values = self._values_of(samples)
            value_loss_terms(values, returns, old_values, clip_range=config.value_clip_range).mean().backward()  # type: ignore[no-untyped-call]
            critic.step()

    def look(self, step: int) -> None:
        """What the monitor would see, and what it would say to it; gold, which it cannot see."""
        samples = sampled(self._logits, LOOK, torch.Generator().manual_seed(self.seed))
        own, ref = (self._logprobs(logits, samples).detach() for logits in (self._logits, self._reference))
        tokens = sum_by_row(torch.ones_like(own), samples.rows, LOOK)
        figures = CheckpointFigures(
            step=step,
            prompts=LOOK,
            reward=_mean(self.reward(samples)),
            kl=_mean(sum_by_row(own - ref, samples.rows, LOOK)),
            tokens=_mean(tokens),
            ended_share=float((samples.words == END).sum()) / LOOK,
            perplexity=float((-own.mean()).exp()),
            reference_perplexity=float((-ref.mean()).exp()),
            entropy=0.0,
            distinct_1=1.0,  # six words say nothing of diversity
            distinct_2=1.0,
            repetition=0.0,
            refusals=Interval(value=0.0, low=0.0, high=0.0, n=LOOK),
        )
        series = [told.figures for told in self.told] + [figures]
        self.told.append(Told(float(gold(samples).mean()), figures, fired_rules(series, MonitorConfig())))

    def _logprobs(self, logits: Tensor, samples: Sampled) -> Tensor:
        return logits.log_softmax(-1)[samples.before, samples.words]

    def _values_of(self, samples: Sampled) -> Tensor:
        return self._values[samples.before, samples.places]


def _mean(values: Tensor) -> Interval:
    return bootstrap_mean_interval(values.tolist(), resamples=50)
