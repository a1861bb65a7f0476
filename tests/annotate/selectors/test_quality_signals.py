"""Planted habits are flagged with their evidence; honest labelers are left alone."""

import pytest

from annotate.models.project_settings import QualityPolicy
from annotate.selectors.quality_crowd import crowd_of
from annotate.selectors.quality_rows import VerdictColumns, columns_of
from annotate.selectors.quality_signals import Evidence, Signal, suspicions_of
from rlhf_backend.simulation.annotators import Annotator
from tests.annotate.quality_cast import Person, rows_simulated, verdicts_simulated

HONEST = [
    Person(Annotator(beta=beta), pace=pace)
    for beta, pace in zip((0.8, 1.0, 1.2, 1.5, 1.0, 1.2), (1.5, 2.0, 3.0, 4.0, 6.0, 3.0), strict=True)
]
POLICY = QualityPolicy()


def _found(columns: VerdictColumns, policy: QualityPolicy = POLICY) -> dict[tuple[int, Signal], Evidence]:
    return {
        (suspicion.labeler, suspicion.signal): suspicion.evidence
        for suspicion in suspicions_of(crowd_of(columns), policy=policy)
    }


def _among_honest(person: Person, *, seed: int = 1, prompts: int = 100) -> VerdictColumns:
    """The person as labeler 1, and five honest ones."""
    return verdicts_simulated([person, *HONEST[1:]], prompts=prompts, seed=seed)


def test_at_most_one_honest_labeler_in_twenty_is_ever_flagged() -> None:
    """Thirty crowds of six, looked at again and again while their verdicts come in."""
    flagged = 0
    for seed in range(30):
        rows, texts = rows_simulated(HONEST, prompts=60, seed=seed)
        looks = [columns_of(rows[: len(rows) * part // 4], texts) for part in (1, 2, 3, 4)]
        flagged += len({labeler for look in looks for labeler, _ in _found(look)})
    assert flagged <= 0.05 * 30 * len(HONEST)


@pytest.mark.parametrize(
    ("person", "signal"),
    [
        (Person(pace=0.1), Signal.SPEED),
        (Person(Annotator(beta=1.2, position_bias=1.5)), Signal.POSITION),
        (Person(Annotator(beta=1.2, position_bias=-1.5)), Signal.POSITION),
        (Person(Annotator(beta=1.2, lazy=0.6)), Signal.POSITION),
        (Person(Annotator(beta=1.2, flip=0.9)), Signal.RELIABILITY),
        (Person(length_pull=3.0), Signal.LENGTH),
        (Person(length_pull=-3.0), Signal.LENGTH),
        (Person(straight=10**9), Signal.STRAIGHT_LINING),
    ],
)
def test_a_planted_habit_is_flagged_and_nobody_else_is(person: Person, signal: Signal) -> None:
    found = _found(_among_honest(person))
    assert (1, signal) in found
    assert {labeler for labeler, _ in found} == {1}


def test_one_who_tosses_coins_goes_in_circles_and_says_another_thing_when_asked_again() -> None:
    coin = Person(Annotator(beta=0, tie_threshold=0, bad_below=-99))
    found = _found(_among_honest(coin, seed=2, prompts=600), QualityPolicy(consistency_below=0.75))
    assert {(1, Signal.CYCLES), (1, Signal.CONSISTENCY), (1, Signal.RELIABILITY)} <= found.keys()
    assert "tossing coins gives 25%" in found[1, Signal.CYCLES].text
    assert {labeler for labeler, _ in found} == {1}


def test_one_who_errs_on_known_pairs_is_flagged_with_the_pairs() -> None:
    columns = _among_honest(Person(Annotator(beta=3, flip=0.8)), prompts=200)
    evidence = _found(columns)[1, Signal.GOLD]
    wrong = columns.preference[(columns.labeler == 1) & columns.is_gold & ~columns.is_right]
    assert set(evidence.preference_ids) <= set(wrong.tolist())
    assert evidence.high < 0.6 < evidence.expected


def test_one_who_tires_is_flagged_for_fatigue() -> None:
    slow = [Person(person.judge, pace=6.0) for person in HONEST]
    columns = verdicts_simulated([Person(pace=6.0, tires=0.5), *slow[1:]], prompts=500, seed=3)
    found = _found(columns)
    assert (1, Signal.FATIGUE) in found
    assert found[1, Signal.FATIGUE].high < 0


def test_the_evidence_says_what_was_found_what_is_normal_and_shows_it() -> None:
    columns = _among_honest(Person(Annotator(beta=1.2, position_bias=1.5)))
    evidence = _found(columns)[1, Signal.POSITION]
    mine = columns.labeler == 1
    decided = mine & (columns.side != 0)
    assert evidence.n == decided.sum()
    assert evidence.value == pytest.approx((columns.side[decided] > 0).mean())
    assert evidence.low < evidence.value < evidence.high
    assert evidence.expected == 0.5
    assert evidence.text.startswith(f"Took the left side in {evidence.value:.0%} of {evidence.n} decided verdicts.")
    shown = [int(row) for row in range(len(columns)) if columns.preference[row] in evidence.preference_ids]
    assert len(shown) == 5
    assert all(mine[row] and columns.side[row] > 0 for row in shown)


def test_fewer_verdicts_than_the_project_asks_for_raise_nothing() -> None:
    columns = _among_honest(Person(straight=10**9))
    given = int((columns.labeler == 1).sum())
    assert _found(columns, QualityPolicy(min_verdicts=given))
    assert not _found(columns, QualityPolicy(min_verdicts=given + 1))


def test_the_projects_thresholds_decide() -> None:
    columns = _among_honest(Person(Annotator(beta=1.2, flip=0.9)))
    assert (1, Signal.RELIABILITY) in _found(columns)
    assert (1, Signal.RELIABILITY) not in _found(columns, QualityPolicy(reliability_below=0.05))


def test_without_verdicts_nobody_is_suspected() -> None:
    assert suspicions_of(crowd_of(columns_of([], {})), policy=POLICY) == []


def test_a_labeler_alone_is_judged_by_what_needs_no_others() -> None:
    columns = verdicts_simulated([Person(straight=10**9, pace=0.1)], prompts=30, seed=5, overlap=1)
    assert {signal for _, signal in _found(columns)} >= {Signal.POSITION, Signal.STRAIGHT_LINING, Signal.SPEED}
