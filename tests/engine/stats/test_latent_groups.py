"""One group of labelers against two."""

import numpy as np
import pytest
from scipy.special import expit

from rlhf_backend.stats.latent_groups import FEWEST_VERDICTS, two_groups
from rlhf_backend.stats.preference_regression import LinearVerdicts
from tests.effects.labeler_worlds import Labeled, labeled_world


def test_labelers_with_opposite_tastes_are_told_apart() -> None:
    world = labeled_world(0, opposite_taste=1.5)
    found = two_groups(world.verdicts, world.labelers, world.prompts, precision=0.1)
    assert found is not None
    assert found.gain.low > 0.02
    second = found.share_second > 0.5
    assert (second == (world.taste[found.labelers] > 0)).all() or (second != (world.taste[found.labelers] > 0)).all()
    assert 0.1 < found.apart < 0.5


def test_labelers_of_one_mind_make_no_groups() -> None:
    world = labeled_world(0, opposite_taste=0.0)
    found = two_groups(world.verdicts, world.labelers, world.prompts, precision=0.1)
    assert found is not None
    assert found.gain.low < 0
    assert found.gain.value < 0.02


def test_many_features_are_reduced_to_the_directions_in_which_pairs_differ() -> None:
    world = labeled_world(1, opposite_taste=2.0)
    rng = np.random.default_rng(0)
    wide = world.verdicts.differences @ rng.normal(size=(world.verdicts.differences.shape[1], 200))
    verdicts = LinearVerdicts(**{**vars(world.verdicts), "differences": wide / 14})
    found = two_groups(verdicts, world.labelers, world.prompts, precision=0.1)
    assert found is not None
    assert found.gain.low > 0.02


@pytest.mark.parametrize("labelers", [1, 3])
def test_few_labelers_are_not_split(labelers: int) -> None:
    world = labeled_world(0, opposite_taste=1.5, labelers=labelers)
    assert two_groups(world.verdicts, world.labelers, world.prompts, precision=0.1) is None


def test_labelers_with_few_verdicts_are_left_out() -> None:
    world = labeled_world(0, opposite_taste=1.5)
    newcomers = np.arange(len(world.labelers)) < FEWEST_VERDICTS - 1
    found = two_groups(world.verdicts, np.where(newcomers, 99, world.labelers), world.prompts, precision=0.1)
    assert found is not None
    assert 99 not in found.labelers


def test_the_world_is_what_it_says() -> None:
    world: Labeled = labeled_world(3, opposite_taste=1.5)
    assert expit(0) == 0.5
    assert set(np.unique(world.taste)) == {-1.5, 1.5}
    assert len(world.labelers) == len(world.verdicts.targets)
