"""Sections of a reward model's report; one is empty or null where there was nothing to measure. No torch here."""

from typing import Literal

from pydantic import Field

from rlhf_backend.row import CalibrationBin, Interval, Row


class LabelerWeight(Row):
    """What the crowd model found of one labeler, and how much a verdict of theirs counts."""

    annotator: int
    reliability: Interval = Field(description="η: probability of answering what they see instead of its opposite.")
    side_bias: Interval = Field(description="b, logits towards the left.")
    weight: float = Field(description="Mean weight of their verdicts in training.")


class LabelerInGroup(Row):
    annotator: int
    share_second: float = Field(description="P(in the second group), given their verdicts.")


class LatentGroups(Row):
    """One reward for all labelers against two groups with a reward each."""

    gain: Interval = Field(description="Held-out log-likelihood of two groups over one, nats for each verdict.")
    apart: float = Field(description="Share of pairs on which the two rewards disagree.")
    labelers: list[LabelerInGroup]
    alarm: bool = Field(description="The labelers want two different things.")
    says: str


class SliceFigures(Row):
    """Held-out figures on one part of the preferences, with a temperature of its own where it has enough."""

    name: str = Field(description="`tag: …`, `labeler: …`, `source: …`.")
    accuracy: Interval
    calibration_error: float | None = None
    temperature: float | None = None


class TopDecile(Row):
    """Calibration where a policy will go: pairs whose better completion is in the top tenth of rewards."""

    calibration: list[CalibrationBin] = Field(
        description="Predicted: that the completion with the higher reward is preferred, .5 … 1."
    )
    calibration_error: float
    n: int


class Probe(Row):
    """How the reward answers to a change that should not matter, in standard deviations of the reward."""

    name: Literal["length", "position", "format", "sycophancy"]
    effect: Interval = Field(description="Mean change of the reward over counterfactual pairs.")
    limit: float = Field(description="An effect whose whole interval lies beyond this, either way, is an alarm.")
    alarm: bool
    says: str = Field(description="What was changed, in a sentence.")


class BestOfNPoint(Row):
    """Choosing the best of n completions by the reward model, judged by people."""

    n: int
    kl: float = Field(description="log n − (n − 1)/n, nats.")
    win_rate: Interval = Field(description="Human score of the chosen one against a random one of its prompt.")
    prompts: int


class Drift(Row):
    """This reward model against its predecessor on the same held-out pairs."""

    flips: Interval = Field(description="Share of pairs that the two rank differently.")
    rank_correlation: float = Field(description="Spearman's ρ of the reward differences.")
    accuracy_change: Interval | None = Field(
        None,
        description="Accuracy of this one minus that of the predecessor, paired, on prompts that neither has seen.",
    )
    says: str = Field("", description="What the change of accuracy was measured on, or why it was not.")
    n: int


class LearningPoint(Row):
    preferences: int
    accuracy: Interval


class Forecast(Row):
    more: int = Field(description="Further preferences.")
    accuracy: Interval


class LearningCurve(Row):
    """Held-out accuracy by number of preferences, and where a − b·n^−c leads."""

    points: list[LearningPoint]
    forecasts: list[Forecast]
    says: str = Field(description="“n more preferences for about +x points”, or why there is no forecast.")


class SmoothingPoint(Row):
    step: int
    plain: float = Field(description="Held-out cross-entropy of training on the verdicts as given, nats.")
    smoothed: float = Field(description="The same with smoothed labels.")


class LabelMovement(Row):
    low: float
    high: float
    n: int


class RefusedLabel(Row):
    """A verdict that the model went on refusing to believe."""

    preference_id: int
    soft_label: float = Field(description="P(what the verdict says) at the end.")
    support: int = Field(description="Preferences on the same prompt; few mean: compare more, not: a mistake.")


class Smoothing(Row):
    """Iterative data smoothing beside the same training without it."""

    curve: list[SmoothingPoint]
    movement: list[LabelMovement] = Field(description="Histogram of |soft − given|.")
    refused: list[RefusedLabel]
    plain_ratio: float = Field(description="Final over least held-out cross-entropy on the verdicts as given.")
    smoothed_ratio: float


class SelfLabelLoop(Row):
    """One loop of self-labeling."""

    loop: int
    status: Literal["tell good from bad", "amplify differences", "seed"]
    admitted: int
    remaining: int
    accuracy: Interval = Field(description="Held-out human accuracy after the loop.")
    change: Interval | None = Field(None, description="Of that accuracy, paired with the loop before.")
    kept: bool = Field(description="False: rolled back to the loop before.")


class SelfLabels(Row):
    loops: list[SelfLabelLoop]
    audited: int = Field(description="Admitted pairs that go to labelers unseen.")
    stopped: str = Field(description="Why no further loop was made.")


class PrincipleFigures(Row):
    """How the reward obeys one principle."""

    key: str
    labels: int
    accuracy: Interval | None = Field(None, description="Held-out accuracy under the principle.")
    negated_accuracy: Interval | None = Field(None, description="The same under its negation.")
    effect: float = Field(description="Its weight in the reward in use, standard deviations.")


class Principles(Row):
    figures: list[PrincipleFigures]
    blind_accuracy: Interval | None = Field(None, description="A reward model that cannot read principles.")
    conflicts: int = Field(description="Held-out pairs on which two active principles disagree.")
