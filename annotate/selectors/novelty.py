"""How new what the policy writes is to the base policy, and whether people prefer what is new."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.db.models.fields.json import KT
from pydantic import Field

from annotate.models import ComparisonKind, Completion, PreferenceKind, Project, Run
from annotate.selectors.training_exclusions import preferences_in_force
from annotate.types import ReadModel
from rlhf_backend.config import RunKind
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.types import Interval

ROUNDS_SHOWN = 20
_FEWEST_ANCHORS = 20
_USUAL = 0.95


class RoundNovelty(ReadModel):
    """Of one round's samples. Novelty is −log π_base per token, nats; null where nothing is known."""

    round_number: int
    policy: float | None = Field(description="Mean novelty of what the policy wrote.")
    base: float | None = Field(description="Mean novelty of the base policy's own completions beside it.")
    preferred: float | None = Field(description="Mean novelty of the policy's completions that people preferred.")
    won: Interval | None = Field(description="Decided verdicts, policy against base policy, that the policy won.")
    discoveries: int | None = Field(
        description="Preferred completions newer than 19 in 20 of the base policy's own; null with fewer than 20."
    )


class NoveltyOut(ReadModel):
    rounds: list[RoundNovelty] = Field(description="Rounds that tuned a policy, the newest first, at most twenty.")


@dataclass(frozen=True, slots=True)
class _Written:
    """A completion as far as novelty goes."""

    nats: float
    tokens: int
    is_anchor: bool

    @property
    def per_token(self) -> float:
        return self.nats / self.tokens


@dataclass
class _Seen:
    policy: list[_Written] = field(default_factory=list)
    base: list[_Written] = field(default_factory=list)
    preferred: list[_Written] = field(default_factory=list)
    won: int = 0
    decided: int = 0


def novelty_read(*, project: Project) -> NoveltyOut:
    """Four SQL statements."""
    runs = dict(
        Run.objects.filter(project=project, kind=RunKind.SAMPLING, round__policy__isnull=False)
        .order_by("-round__number")
        .values_list("pk", "round__number")[:ROUNDS_SHOWN]
    )
    seen: dict[int, _Seen] = defaultdict(_Seen)
    completions = Completion.objects.filter(run__in=runs, ref_logprob__isnull=False, tokens__gt=0)
    known: dict[int, _Written] = {}
    rows = completions.annotate(anchor=KT("sampling__anchor")).values_list(
        "pk", "run_id", "ref_logprob", "tokens", "anchor"
    )
    for pk, run_id, logprob, tokens, anchor in rows:
        written = _Written(-(logprob or 0.0), tokens or 1, anchor == "true")
        known[pk] = written
        of_round = seen[runs[run_id]]
        (of_round.base if written.is_anchor else of_round.policy).append(written)
    for run_id, winner, loser in _decided(project, runs):
        _count(seen[runs[run_id]], known.get(winner), known.get(loser))
    return NoveltyOut(rounds=[_round(number, seen[number]) for number in sorted(set(runs.values()), reverse=True)])


def _decided(project: Project, runs: Iterable[int]) -> Iterable[tuple[int, int, int]]:
    """Sampling run, winner, loser of each decided verdict in force on a pair of a run's samples."""
    rows = (
        preferences_in_force(project=project)
        .filter(
            comparison__completion_a__run__in=list(runs),
            kind=PreferenceKind.PREFER,
            comparison__kind=ComparisonKind.NORMAL,
            comparison__more=[],
        )
        .values_list(
            "comparison__completion_a__run_id", "winner", "comparison__completion_a_id", "comparison__completion_b_id"
        )
    )
    for run_id, winner, a, b in rows:
        yield (run_id, a, b) if winner == "a" else (run_id, b, a)


def _count(seen: _Seen, winner: _Written | None, loser: _Written | None) -> None:
    if winner is None or loser is None:
        return
    if not winner.is_anchor:
        seen.preferred.append(winner)
    if winner.is_anchor != loser.is_anchor:
        seen.decided += 1
        seen.won += not winner.is_anchor


def _round(number: int, seen: _Seen) -> RoundNovelty:
    discoveries = None
    if len(seen.base) >= _FEWEST_ANCHORS:
        usual = float(np.quantile([written.per_token for written in seen.base], _USUAL))
        discoveries = sum(written.per_token > usual for written in seen.preferred)
    return RoundNovelty(
        round_number=number,
        policy=_mean(seen.policy),
        base=_mean(seen.base),
        preferred=_mean(seen.preferred),
        won=wilson_interval(seen.won, seen.decided) if seen.decided else None,
        discoveries=discoveries,
    )


def _mean(written: list[_Written]) -> float | None:
    return sum(w.nats for w in written) / sum(w.tokens for w in written) if written else None
