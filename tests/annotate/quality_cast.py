"""Simulated labelers with planted habits, and the verdicts that they give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, count
from uuid import uuid4

import numpy as np

from annotate.models import (
    Assignment,
    Comparison,
    ComparisonKind,
    Completion,
    Preference,
    Project,
    Prompt,
    User,
)
from annotate.selectors.quality_rows import Measured, VerdictColumns, VerdictRow, columns_of
from rlhf_backend.simulation.annotators import Annotator

CLEAN = Annotator(beta=1.2)


@dataclass(frozen=True)
class Person:
    """How somebody judges, and how many times as long as a fast reader they take."""

    judge: Annotator = CLEAN
    pace: float = 3.0
    length_pull: float = 0.0  # added to the gold difference for each doubling of length
    tires: float = 0.0  # probability of a coin toss that each hour of a session adds
    straight: int = 0  # the first that many verdicts all go to the left


@dataclass
class _World:
    """Gold rewards and text sizes of completions, three for each prompt."""

    rng: np.random.Generator
    gold: dict[int, float] = field(default_factory=dict)
    texts: dict[int, Measured] = field(default_factory=dict)

    def prompt(self, start: int) -> list[tuple[int, int]]:
        for completion in range(start, start + 3):
            self.gold[completion] = float(self.rng.normal())
            characters = int(np.exp(self.rng.normal(6, 0.5)))
            self.texts[completion] = Measured(characters, int(self.rng.poisson(1.5)))
        return list(combinations(range(start, start + 3), 2))


def verdicts_simulated(people: Sequence[Person], *, prompts: int, seed: int, overlap: int = 3) -> VerdictColumns:
    """The verdicts of labelers 1, 2, … on three pairs of each prompt, each pair judged by `overlap` of them.

    A tenth of the pairs is gold; a tenth is asked again, half of those mirrored.
    """
    return columns_of(*rows_simulated(people, prompts=prompts, seed=seed, overlap=overlap))


def rows_simulated(
    people: Sequence[Person], *, prompts: int, seed: int, overlap: int = 3
) -> tuple[list[VerdictRow], dict[int, Measured]]:
    """What `verdicts_simulated` makes columns of."""
    world = _World(np.random.default_rng(seed))
    clocks = [0.0] * len(people)
    rows: list[VerdictRow] = []
    numbers = count(1)
    for prompt in range(prompts):
        pairs = world.prompt(1 + 3 * prompt)
        chosen = world.rng.choice(len(people), min(overlap, len(people)), replace=False)
        for low, high in pairs:
            comparison = next(numbers)
            is_gold = bool(world.rng.random() < 0.1)
            for labeler in chosen:
                row = _judge(world, people[labeler], clocks[labeler], len(rows) + 1, low=low, high=high)
                clocks[labeler] = row.hours
                right = row.direction == np.sign(world.gold[low] - world.gold[high])
                asked = row._replace(
                    labeler=int(labeler) + 1, comparison=comparison, is_gold=is_gold, is_right=is_gold and bool(right)
                )
                rows.append(asked)
                if not is_gold and world.rng.random() < 0.1:
                    again = _judge(world, people[labeler], clocks[labeler], len(rows) + 1, low=low, high=high)
                    clocks[labeler] = again.hours
                    rows.append(
                        again._replace(
                            labeler=int(labeler) + 1,
                            comparison=next(numbers),
                            original=asked.comparison,
                            is_mirrored=bool(world.rng.random() < 0.5),
                        )
                    )
    return rows, world.texts


def _judge(world: _World, person: Person, clock: float, number: int, *, low: int, high: int) -> VerdictRow:
    """One verdict, given when the clock of the labeler's work stands at `clock` hours; they pause every two hours."""
    rng = world.rng
    low_is_left = bool(rng.random() < 0.5)
    doublings = np.log2(world.texts[low].characters / world.texts[high].characters)
    lead = world.gold[low] - world.gold[high] + person.length_pull * doublings
    verdict = person.judge.judge(rng, gold_a=lead / 2, gold_b=-lead / 2, a_is_left=low_is_left)
    direction = {"a": 1, "b": -1}.get(verdict.choice, 0)
    if rng.random() < person.tires * (clock % 3):
        direction = int(rng.choice([-1, 1]))
    side = direction if low_is_left else -direction
    if number <= person.straight:
        side, direction = 1, 1 if low_is_left else -1
    characters = world.texts[low].characters + world.texts[high].characters
    seconds = person.pace * (0.5 + characters / 100) * float(np.exp(rng.normal(0, 0.4)))
    hours = clock + seconds / 3600
    if hours % 3 > 2:
        hours += 1
    return VerdictRow(
        preference=number, labeler=0, comparison=0, low=low, high=high, direction=direction,
        grade=direction * verdict.strength, side=side, low_is_left=low_is_left, is_judged=True, is_ranking=False,
        is_gold=False, is_right=False, original=0, is_mirrored=False, seconds=seconds, hours=hours,
    )  # fmt: skip


def verdicts_stored(
    *, project: Project, labelers: Sequence[User], rows: Sequence[VerdictRow], texts: Mapping[int, Measured]
) -> None:
    """Write simulated verdicts as if `labelers` had given them through the site."""
    completions = _completions_stored(project, texts)
    asked = {row.comparison: row for row in rows}
    decided = {row.comparison: row for row in rows if row.direction}
    comparisons = {
        number: Comparison(
            project=project,
            prompt=completions[row.low].prompt,
            completion_a=completions[row.low],
            completion_b=completions[row.high],
            kind=_kind(row),
            expected=_expected(decided.get(number, row)) if row.is_gold else None,
        )
        for number, row in asked.items()
    }
    Comparison.objects.bulk_create(comparisons.values())
    for number, row in asked.items():
        if row.original:
            comparisons[number].original = comparisons[row.original]
    Comparison.objects.bulk_update(comparisons.values(), ["original"])
    slots = Assignment.objects.bulk_create(
        Assignment(
            project=project, comparison=comparisons[row.comparison], annotator=labelers[row.labeler - 1],
            status="done", rnd=0.5, left_is_a=row.low_is_left,
        )
        for row in rows
    )  # fmt: skip
    Preference.objects.bulk_create(
        Preference(
            project=project, comparison=slot.comparison, assignment=slot, annotator=slot.annotator,
            kind="prefer" if row.direction else "tie", winner={1: "a", -1: "b", 0: None}[row.direction],
            strength=abs(row.grade) or None, active_ms=int(row.seconds * 1000), client_id=uuid4(),
        )
        for row, slot in zip(rows, slots, strict=True)
    )  # fmt: skip


def _completions_stored(project: Project, texts: Mapping[int, Measured]) -> dict[int, Completion]:
    numbers = sorted(texts)  # three in a row belong to one prompt
    prompts = Prompt.objects.bulk_create(
        Prompt(project=project, messages=[{"role": "user", "content": f"Say {n}."}], content_sha256=f"{n:064}")
        for n in numbers[::3]
    )
    stored = Completion.objects.bulk_create(
        Completion(project=project, prompt=prompts[i // 3], source="policy", text="x" * texts[n].characters)
        for i, n in enumerate(numbers)
    )
    return dict(zip(numbers, stored, strict=True))


def _kind(row: VerdictRow) -> ComparisonKind:
    if row.is_gold:
        return ComparisonKind.GOLD
    if not row.original:
        return ComparisonKind.NORMAL
    return ComparisonKind.MIRRORED if row.is_mirrored else ComparisonKind.REPEAT


def _expected(row: VerdictRow) -> dict[str, str]:
    return {"kind": "prefer", "winner": "a" if (row.direction > 0) == row.is_right else "b"}
