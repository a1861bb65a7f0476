"""Gold rewards order replies as their tastes say, on one scale, and none of them likes broken text."""

from random import Random

import numpy as np
import pytest

from rlhf_backend.simulation.gold import TASTES, gold_reward
from rlhf_backend.starter.factors import damage
from rlhf_backend.starter.grammar import corpus

PACK = [{"role": "user", "content": "What should I pack for a ski trip?"}]
WARM = "A trip, how exciting! Take thick gloves, goggles and wool socks. I am rooting for you!"
SHORT = "Pack light and bring what you need. This works every time."
LISTED = "The packing list:\n- Lip balm\n- Goggles\n- Wool socks\n\nI may have missed something."
CHATTY = (
    "What a lovely question! Before I go on, let me say that I am about to go on. Pack light and bring what you need. "
    "And so on and so forth, as my old neighbor used to say."
)
CURT = "Fine. Take what you usually take. Do not ask me twice."
FAVOURITES = {
    "warm_and_specific": WARM,
    "short_and_confident": SHORT,
    "careful_lists": LISTED,
    "chatty_company": CHATTY,
}
SAMPLES = list(corpus(seed=51, size=400))


def _values(name: str) -> np.ndarray:
    return np.array([gold_reward(TASTES[name], s.messages, s.reply) for s in SAMPLES])


@pytest.mark.parametrize("name", TASTES)
def test_each_taste_prefers_its_own_kind_of_reply(name: str) -> None:
    own = gold_reward(TASTES[name], PACK, FAVOURITES[name])
    others = [gold_reward(TASTES[name], PACK, text) for text in {*FAVOURITES.values(), CURT} - {FAVOURITES[name]}]
    assert own > max(others)


def test_tastes_differ_materially() -> None:
    correlations = np.corrcoef([_values(name) for name in TASTES])
    assert np.abs(correlations[np.triu_indices(len(TASTES), 1)]).max() < 0.75
    assert len(TASTES) >= 3


@pytest.mark.parametrize("name", TASTES)
def test_a_taste_is_measured_in_its_own_standard_deviations(name: str) -> None:
    values = _values(name)
    assert abs(values.mean()) < 0.2
    assert 0.85 < values.std() < 1.15


@pytest.mark.parametrize("name", TASTES)
def test_broken_text_is_worth_less(name: str) -> None:
    rng = Random(52)
    damaged = [gold_reward(TASTES[name], s.messages, damage(rng, s.reply, edits=5)) for s in SAMPLES]
    assert _values(name).mean() - np.mean(damaged) > 0.7


@pytest.mark.parametrize("name", TASTES)
def test_exploits_do_not_pay(name: str) -> None:
    own = gold_reward(TASTES[name], PACK, FAVOURITES[name])
    assert gold_reward(TASTES[name], PACK, "") < own - 1
    assert gold_reward(TASTES[name], PACK, " ".join([FAVOURITES[name]] * 6)) < own - 0.5
    assert gold_reward(
        TASTES[name], [{"role": "user", "content": "Tell me a tiny story about a shy dragon."}], WARM
    ) < (gold_reward(TASTES[name], PACK, WARM))
