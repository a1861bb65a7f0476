"""The loop closes: preferences given over HTTP raise the hidden reward of what the policy writes; coin flips do not.

Real web server, real Celery workers, real training. The gold reward is known to labelers and assertions only.
"""

import json

import pytest

from benchmarks.loop import TASTE_NAMES, play
from tests.live.client import Client
from tests.live.site import LiveSite

pytestmark = pytest.mark.loop

LABELS = 100
MARGIN = 0.25
"""Least rise of the mean gold reward in one round, in standard deviations over replies of the starter's grammar."""


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_labels_raise_the_gold_reward_of_the_policys_samples(site: LiveSite, admin: Client, seed: int) -> None:
    chain = play(site, admin, seed=seed, rounds=1, labels=LABELS)
    print(json.dumps({"taste": TASTE_NAMES[seed], "gain": chain.gain, "error": chain.gain_error, "kl": chain.kl}))
    assert chain.rounds == ["done"]
    assert chain.labels == LABELS
    assert chain.gain > MARGIN
    assert chain.gain > 1.96 * chain.gain_error
    assert chain.clean_after > chain.clean_before - 0.1


def test_coin_flips_promote_nothing(site: LiveSite, admin: Client) -> None:
    chain = play(site, admin, seed=3, rounds=1, labels=LABELS, preset="coin")
    assert chain.rounds == ["blocked"]
    assert chain.gold_after == chain.gold_before
