"""Labelers are weighed beside the reward model; the long measurement is in `tests/effects/test_crowd.py`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rlhf_backend.data.preferences import Preferences
from rlhf_backend.recipes.annotator_weights import WeighedLabelers, weigh_annotators
from rlhf_backend.simulation.annotators import PRESETS, Annotator
from rlhf_backend.types import RewardModelReport
from tests.effects.crowd_toy import CrowdWorld, draw_crowd, without_bad_ones
from tests.engine.tiny import comparisons, report_of, write_run

POISONED = without_bad_ones(PRESETS["poison"])


def weighed(world: CrowdWorld, preferences: Preferences) -> tuple[WeighedLabelers, str]:
    said: list[str] = []
    found = weigh_annotators(preferences, world.verdicts(preferences), world.folds, log=said.append)
    return found, "\n".join(said)


def nameless(preferences: Preferences, *, of: set[int]) -> Preferences:
    rows = [r.model_copy(update={"annotator": None}) if r.annotator in of else r for r in preferences.rows]
    return replace(preferences, rows=rows)


def test_a_poisoned_labeler_is_turned_round_and_costs_less_than_where_all_count_the_same() -> None:
    """By three seeds: weighing gained .064, .110, .073 on seeds 100–102 with 400 labels."""
    gains = []
    for seed in range(3):
        world = draw_crowd(POISONED, labels=400, seed=seed)
        accuracy, found = world.crowd()
        gains.append(accuracy - world.pooled())
        assert found.labelers[3].reliability.value < 0.5
        rows = [i for i, row in enumerate(world.preferences.rows) if row.annotator == 3]
        said, believed = world.preferences.said[rows], found.preferences.targets[rows]
        decided = world.preferences.decided[rows]
        assert ((said[decided] > 0.5) != (believed[decided] > 0.5)).all()
    assert np.mean(gains) > 0.03


def test_verdicts_of_nobody_known_count_as_they_were_given() -> None:
    world = draw_crowd(POISONED, labels=300, seed=1)
    preferences = nameless(world.preferences, of={0})
    found, said = weighed(world, preferences)
    anonymous = [i for i, row in enumerate(preferences.rows) if row.annotator is None]
    assert (found.preferences.weights[anonymous] == 1).all()
    assert (found.preferences.targets[anonymous] == preferences.targets[anonymous]).all()
    assert [labeler.annotator for labeler in found.labelers] == [1, 2, 3]
    assert f"{len(anonymous)} of 300 are by nobody known" in said


@pytest.mark.parametrize("people", [set(range(4)), {0, 1, 2}])
def test_without_two_known_labelers_all_stays_as_it_is(people: set[int]) -> None:
    world = draw_crowd(POISONED, labels=100, seed=2)
    preferences = nameless(world.preferences, of=people)
    found, said = weighed(world, preferences)
    assert found.labelers == []
    assert found.preferences is preferences
    assert "nobody to compare them with" in said


def test_without_sides_reliability_is_found_all_the_same() -> None:
    world = draw_crowd(POISONED, labels=600, seed=3)
    preferences = replace(world.preferences, details=[None] * 600)
    found, said = weighed(world, preferences)
    assert found.labelers[3].reliability.value < 0.5
    assert [labeler.side_bias.value for labeler in found.labelers] == pytest.approx([0.0] * 4, abs=1e-6)
    assert "of 600 it is unknown what was shown on the left" in said


def test_ties_stay_ties_and_weigh_what_their_labeler_weighs() -> None:
    fussy = [replace(annotator, tie_threshold=1.0) for annotator in POISONED]
    world = draw_crowd(fussy, labels=400, seed=4)
    found, _ = weighed(world, world.preferences)
    ties = np.flatnonzero(world.preferences.ties)
    assert len(ties) > 40
    assert (found.preferences.targets[ties] == 0.5).all()
    weights = {labeler.annotator: labeler.weight for labeler in found.labelers}
    expected = [weights[world.preferences.rows[i].annotator or 0] for i in ties]
    assert found.preferences.weights[ties] == pytest.approx(expected)


def test_weights_of_rows_are_kept_as_a_factor() -> None:
    world = draw_crowd(POISONED, labels=300, seed=5)
    halved, _ = weighed(world, replace(world.preferences, weights=np.full(300, 0.5)))
    assert halved.preferences.weights.max() <= 0.5
    assert max(labeler.weight for labeler in halved.labelers) > 0.4


def test_a_labeler_with_two_verdicts_keeps_a_voice() -> None:
    crowd = [*without_bad_ones([Annotator()] * 3), POISONED[0]]
    world = draw_crowd(crowd, labels=300, seed=6, shares=[0.33, 0.33, 0.335, 0.005])
    found, _ = weighed(world, world.preferences)
    few = found.labelers[-1]
    assert few.reliability.n <= 4
    assert few.weight > 0.25


@pytest.mark.parametrize("annotators", ["crowd", "equal"])
def test_the_report_says_what_every_labeler_weighed(annotators: str, judge_dir: Path, tmp_path: Path) -> None:
    rows = [row | {"annotator": i % 3} for i, row in enumerate(comparisons(90))]
    details = [{"id": row["id"], "left_is_a": row["id"] % 2 == 0} for row in rows]
    job = {"kind": "reward_model", "config": {"heads": 2, "annotators": annotators}, "backbone": str(judge_dir)}
    run = write_run(tmp_path / "run", job, comparisons=rows, details=details)
    report = report_of(run, RewardModelReport)
    if annotators == "equal":
        assert report.labelers == []
        return
    assert [labeler.annotator for labeler in report.labelers] == [0, 1, 2]
    assert all(0 < labeler.weight <= 1 for labeler in report.labelers)
    assert sum(labeler.reliability.n for labeler in report.labelers) == 90 - report.ties
    assert report.preferences == 90
