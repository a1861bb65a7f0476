"""How far a completion lies from what was trained on: 1 is the edge, whatever the features' units."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from rlhf_backend.models.out_of_distribution import CLOUD_TENSORS, load_cloud, training_cloud


def features(n: int, *, seed: int, f: int = 8) -> Tensor:
    """Correlated, of unequal spreads, far from the origin."""
    mixing = torch.randn(f, f, generator=torch.Generator().manual_seed(99)) * torch.linspace(0.1, 3, f)
    return torch.randn(n, f, generator=torch.Generator().manual_seed(seed)) @ mixing + 5


def test_one_in_a_hundred_of_unseen_completions_of_the_same_kind_lies_outside() -> None:
    cloud = training_cloud(
        features(2000, seed=1), torch.arange(2000) // 4 % 5, torch.ones(2000, dtype=torch.bool), seed=0
    )
    outside = (cloud(features(20_000, seed=2)) > 1).float().mean()
    assert float(outside) == pytest.approx(0.01, abs=0.006)


def test_far_from_all_and_where_the_crowd_has_a_hole_are_both_outside() -> None:
    """A ring: its middle is near the mean, which Mahalanobis' distance takes for home, and far from every neighbour."""
    angle = torch.linspace(0, 6.28, 1000)
    ring = torch.stack([angle.cos(), angle.sin()], 1) + 0.02 * features(1000, seed=3, f=2)
    cloud = training_cloud(ring, torch.arange(1000) % 5, torch.ones(1000, dtype=torch.bool), seed=0)
    middle = ring.mean(0, keepdim=True)
    _, far = cloud.distances(middle)
    assert float(far / cloud.far) < 0.5
    assert float(cloud(middle)) > 2
    assert float(cloud(middle + 3)) > 2


def test_a_correlation_that_is_broken_is_outside_though_each_feature_is_ordinary() -> None:
    x = torch.randn(1500, 1, generator=torch.Generator().manual_seed(4)).repeat(1, 12)
    x = x + 0.05 * torch.randn(1500, 12, generator=torch.Generator().manual_seed(5))
    cloud = training_cloud(x, torch.arange(1500) % 5, torch.ones(1500, dtype=torch.bool), seed=0)
    shuffled = torch.randn(200, 12, generator=torch.Generator().manual_seed(6))
    assert float((cloud(shuffled) > 1).float().mean()) > 0.98


def test_more_features_than_completions_still_have_an_edge() -> None:
    wide = torch.randn(60, 300, generator=torch.Generator().manual_seed(7))
    cloud = training_cloud(wide, torch.arange(60) % 5, torch.ones(60, dtype=torch.bool), seed=0)
    fresh = cloud(torch.randn(500, 300, generator=torch.Generator().manual_seed(8)))
    assert 0.7 < float(fresh.median()) < 1.1
    assert float(cloud(wide[:1] * 3)) > 1.5


def test_completions_of_one_prompt_do_not_vouch_for_each_other() -> None:
    """Ten copies of every text: with their own prompt held out the edge is that of the texts, not of the copies."""
    x = features(200, seed=9)
    alone = training_cloud(x, torch.arange(200) % 5, torch.ones(200, dtype=torch.bool), seed=0)
    copies = training_cloud(
        x.repeat_interleave(10, 0),
        (torch.arange(200) % 5).repeat_interleave(10),
        torch.ones(2000, dtype=torch.bool),
        seed=0,
    )
    assert float(copies.near) > 0.5 * float(alone.near)


def test_a_cloud_is_read_as_it_was_kept_and_an_old_reward_model_has_none(tmp_path: Path) -> None:
    x = features(300, seed=10)
    cloud = training_cloud(x, torch.arange(300) % 5, torch.ones(300, dtype=torch.bool), seed=0)
    cloud.save(tmp_path)
    again = load_cloud(tmp_path)
    assert again is not None
    torch.testing.assert_close(again(x), cloud(x))
    (tmp_path / CLOUD_TENSORS).unlink()
    assert load_cloud(tmp_path) is None


def test_the_same_seed_gives_the_same_cloud() -> None:
    x = features(5000, seed=11)
    ones = torch.ones(5000, dtype=torch.bool)
    one, two = (training_cloud(x, torch.arange(5000) % 5, ones, seed=3) for _ in range(2))
    torch.testing.assert_close(one(x[:50]), two(x[:50]), rtol=0, atol=0)


def test_nobody_to_score_gets_no_scores() -> None:
    x = features(50, seed=12)
    cloud = training_cloud(x, torch.arange(50) % 5, torch.ones(50, dtype=torch.bool), seed=0)
    assert cloud(x[:0]).shape == (0,)
