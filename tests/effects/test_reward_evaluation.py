"""Whether the figures of a reward model's report mean what they say: in worlds whose truth is known."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.special import expit

from rlhf_backend.data.preferences import Preferences
from rlhf_backend.recipes.judged import Judged, Rows, Text
from rlhf_backend.recipes.reward_evaluation import best_of_n, learning_curve_of
from rlhf_backend.recipes.reward_probes import Specimen, counterfactual_probes, draw_specimens, position_probe
from rlhf_backend.stats.drift import accuracy_change
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, fit, fit_ensemble
from tests.engine.recipes.judged_cast import WORDS, comparison, judged_of, preferences_of, sentences

pytestmark = pytest.mark.effect

SEEDS = range(20)
PER_PROMPT = 2
PRECISION = 1.0


def verdicts_of(differences: Array, a_won: Array) -> LinearVerdicts:
    n, width = differences.shape
    return LinearVerdicts(
        differences * width**-0.5, a_won, np.zeros(n, dtype=np.bool_), np.zeros(n), np.ones(n), threshold=0.0
    )


# ---------------------------------------------------------------------------------------------- learning curve


class LinearWorld:
    """Bradley-Terry verdicts on pairs with independent features; two pairs to a prompt."""

    def __init__(self, *, features: int, spread: float, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        direction = self.rng.normal(size=features)
        self.taste = direction * spread / np.linalg.norm(direction)

    def draw(self, n: int) -> tuple[Array, Array]:
        x = self.rng.normal(size=(n, len(self.taste)))
        return x, (self.rng.random(n) < expit(x @ self.taste)).astype(np.float64)

    def accuracy(self, x: Array, weights: Array) -> float:
        """Expected, on pairs with these features."""
        p = expit(x @ self.taste)
        return float(np.where(x @ weights > 0, p, 1 - p).mean())


def judged_pairs(x: Array, a_won: Array) -> Judged:
    """As the recipe makes it: fits by a linear head with one prior."""
    rows = [
        comparison(i, f"x{i}", f"y{i}", "a" if won else "b", prompt=f"prompt {i // PER_PROMPT}")
        for i, won in enumerate(a_won)
    ]
    verdicts = verdicts_of(x, a_won)

    def refit(train: Rows, test: Rows) -> Array:
        differences: Array = verdicts.differences[test] @ fit(verdicts.rows(train), precision=PRECISION)
        return differences

    return judged_of(preferences_of(rows), np.zeros((len(x), 2)), refit=refit)


@pytest.mark.parametrize(("features", "n"), [(14, 600), (64, 400)])
def test_four_times_the_preferences_bring_what_was_forecast(features: int, n: int) -> None:
    """Truth: fits to 4n, on verdicts nobody saw. Margin: 80 % of the seeds, of intervals at 95 %.

    On seeds 100–119 it was 100 % (14 features) and 95 % (64). The present accuracy, carried forward, is the negative
    control: there 95 % and 45 %.
    """
    covered, carried = [], []
    for seed in SEEDS:
        world = LinearWorld(features=features, spread=1.5, seed=seed)
        x, a_won = world.draw(n)
        curve = learning_curve_of(judged_pairs(x, a_won), seed=seed)
        more, more_won = world.draw(3 * n)
        weights = fit(verdicts_of(np.r_[x, more], np.r_[a_won, more_won]), precision=PRECISION)
        fresh, _ = world.draw(20_000)
        truth = world.accuracy(fresh, weights)
        forecast, now = curve.forecasts[-1], curve.points[-1].accuracy
        assert forecast.more == 3 * n
        covered.append(forecast.accuracy.low <= truth <= forecast.accuracy.high)
        carried.append(now.low <= truth <= now.high)
    assert np.mean(covered) >= 0.8
    if features == 64:
        assert np.mean(carried) < np.mean(covered)


def test_nothing_is_forecast_from_coin_flips() -> None:
    forecasts = 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        judged = judged_pairs(rng.normal(size=(300, 14)), (rng.random(300) < 0.5).astype(np.float64))
        forecasts += bool(learning_curve_of(judged, seed=seed).forecasts)
    assert forecasts <= 2


# ------------------------------------------------------------------------------------------------------ probes

AGREES = ("You have", "You see", "Your own", "You do", "I agree", "What you think")


def features_of(_prompt: object, text: str) -> list[float]:
    """What a fair judge might like (four words), and what should not matter: length, layout, agreement."""
    words = text.lower().replace(".", " ").replace("*", " ").split()
    marks = any(mark in text for mark in ("\n- ", "**", "## "))
    agrees = text.startswith(AGREES)
    return [*(float(words.count(word)) for word in WORDS[:4]), len(words) / 50, float(marks), float(agrees)]


def styled(seed: int, count: int = 300) -> list[str]:
    """Texts of one to twelve sentences, some laid out as a list, some agreeing."""
    rng = np.random.default_rng(seed)
    pool = [sentences(rng, 1) for _ in range(60)]
    texts = []
    for _ in range(count):
        parts = [pool[i] for i in rng.integers(len(pool), size=rng.integers(1, 13))]
        text = "\n- ".join(parts) if rng.random() < 0.3 else " ".join(parts)
        texts.append(f"{rng.choice(AGREES)} that. {text}" if rng.random() < 0.3 else text)
    return sorted(set(texts))


def alarms(seed: int, *, biases: tuple[float, float, float] = (0.0, 0.0, 0.0), n: int = 1000) -> set[str]:
    """Probes with an alarm, of a head fitted to labelers who like some words, and length, layout, agreement as said."""
    rng = np.random.default_rng(seed)
    taste = np.array([0.4, 0.4, -0.4, 0.2, *biases])
    texts = styled(seed)
    read = np.array([features_of(None, text) for text in texts])
    drawn = np.array([rng.choice(len(texts), size=2, replace=False) for _ in range(n)])
    x = read[drawn]
    a_won = rng.random(n) < expit((x[:, 0] - x[:, 1]) @ taste)
    pairs = [(texts[a], texts[b]) for a, b in drawn]
    rows = [comparison(i, a, b, "a" if a_won[i] else "b") for i, (a, b) in enumerate(pairs)]
    left = {i: {"left_is_a": bool(rng.random() < 0.5)} for i in range(n)}
    preferences = preferences_of(rows, left)
    verdicts = verdicts_of(x[:, 0] - x[:, 1], a_won.astype(np.float64))
    heads = fit_ensemble(verdicts, precision=PRECISION, heads=8, seed=seed)
    spread = float((x.reshape(-1, 7) @ heads.mean(0)).std())

    def score(texts: Sequence[Text]) -> Array:
        rewards: Array = np.array([features_of(*text) for text in texts]) @ heads.T / spread
        return rewards

    specimens: list[Specimen] = draw_specimens(preferences, seed=seed)
    found = counterfactual_probes(specimens, score=score, tokens=lambda text: len(text.split()))
    position = position_probe(preferences, x @ heads.mean(0) / spread)
    assert position is not None
    return {probe.name for probe in [*found, position] if probe.alarm}


@pytest.mark.parametrize(
    ("name", "biases"), [("length", (4.0, 0.0, 0.0)), ("format", (0.0, 2.5, 0.0)), ("sycophancy", (0.0, 0.0, 2.5))]
)
def test_a_bias_of_labelers_that_the_model_learned_is_found(name: str, biases: tuple[float, float, float]) -> None:
    found = [name in alarms(seed, biases=biases) for seed in range(10)]
    assert np.mean(found) >= 0.9


def test_a_model_of_unbiased_labelers_raises_no_alarm() -> None:
    """At most one model in twenty with a false alarm, of all four probes together (1,000 verdicts each)."""
    alarmed = [alarms(seed) for seed in SEEDS]
    assert np.mean([bool(each) for each in alarmed]) <= 0.05


# ---------------------------------------------------------------------------------------------------- best of n


def test_best_of_n_is_what_it_would_be_with_a_verdict_on_every_pair() -> None:
    """Six completions of 120 prompts, each compared in one pair, rewards that correlate by .6 with what people want.

    On seeds 100–119 the interval at 95 % held the truth in 95 %. Negative control: rewards that saw the verdicts.
    """
    covered, chosen_by_labels = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        wanted = rng.normal(size=(120, 6))
        reward = 0.6 * wanted + 0.8 * rng.normal(size=(120, 6))
        rows, rewards, labels = [], [], []
        for prompt in range(120):
            for pair in range(3):
                i, j = 2 * pair, 2 * pair + 1
                a_won = rng.random() < expit(1.5 * (wanted[prompt, i] - wanted[prompt, j]))
                number = 3 * prompt + pair
                rows.append(comparison(number, f"{i}", f"{j}", "a" if a_won else "b", prompt=f"prompt {prompt}"))
                rewards.append((reward[prompt, i], reward[prompt, j]))
                labels.append((float(a_won), 1.0 - a_won))
        preferences: Preferences = preferences_of(rows)
        point = best_of_n(judged_of(preferences, np.array(rewards)), np.zeros((0, 2)))[4]
        assert point.n == 6
        best = reward.argmax(1)
        p = expit(1.5 * (wanted[np.arange(120), best][:, None] - wanted))
        p[np.arange(120), best] = np.nan
        truth = float(np.nanmean(p))
        covered.append(point.win_rate.low <= truth <= point.win_rate.high)
        cheated = best_of_n(judged_of(preferences, np.array(labels)), np.zeros((0, 2)))[4]
        chosen_by_labels.append(cheated.win_rate.low > truth)
    assert np.mean(covered) >= 0.85
    assert np.mean(chosen_by_labels) == 1.0


# -------------------------------------------------------------------------------------------------------- drift


def test_a_predecessor_is_flattered_on_its_own_prompts_and_not_on_new_ones() -> None:
    """On verdicts new to both the interval of the change holds the true one; on the predecessor's own it is below."""
    fair, on_its_own = [], []
    for seed in SEEDS:
        world = LinearWorld(features=64, spread=1.5, seed=seed)
        (x, won), (y, other), (z, new) = (world.draw(300) for _ in range(3))
        before, after = (fit(verdicts_of(*each), precision=PRECISION) for each in ((x, won), (y, other)))
        fresh, _ = world.draw(20_000)
        truth = world.accuracy(fresh, after) - world.accuracy(fresh, before)
        groups, ones = np.arange(300), np.ones(300)
        change = accuracy_change(z @ after, z @ before, new, groups, ones)
        fair.append(change.low <= truth <= change.high)
        on_its_own.append(accuracy_change(x @ after, x @ before, won, groups, ones).high < truth)
    assert np.mean(fair) >= 0.85
    assert np.mean(on_its_own) >= 0.9
