"""Sections of a reward model's card as Markdown, from its report; a section without figures is left out."""

import re
from collections.abc import Iterable, Sequence

from rlhf_backend.reward_sections import (
    BestOfNPoint,
    Drift,
    LabelerWeight,
    LatentGroups,
    LearningCurve,
    Principles,
    Probe,
    SelfLabels,
    SliceFigures,
    Smoothing,
    TopDecile,
)
from rlhf_backend.row import CalibrationBin, Interval
from rlhf_backend.types import RewardModelReport


def report_sections(report: RewardModelReport) -> str:
    """Every section that has something to say, each with a heading."""
    sections: tuple[tuple[str, str], ...] = (
        ("Calibration", _calibration(report.calibration, report.temperature)),
        ("Calibration in the top tenth of rewards", _top_decile(report.top_decile)),
        ("Slices", _slices(report.slices)),
        ("Probes", _probes(report.probes)),
        ("Best of n, judged by people", _best_of_n(report.best_of_n)),
        ("Against the reward model before", _drift(report.drift)),
        ("Learning curve", _learning_curve(report.learning_curve)),
        ("Labelers", _labelers(report.labelers)),
        ("Two groups of labelers", _groups(report.groups)),
        ("Smoothed labels", _smoothing(report.smoothing)),
        ("Self-labels", _self_labels(report.self_labels)),
        ("Principles", _principles(report.principles)),
    )
    return "\n".join(f"## {title}\n\n{text}\n" for title, text in sections if text)


def interval_text(interval: Interval | None) -> str:
    """`0.650 (0.600 to 0.700, n = 120)`, or a dash."""
    if interval is None:
        return "–"
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f}, n = {interval.n:,})"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; text from people cannot leave its cell."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, Interval):
        return interval_text(value)
    if isinstance(value, float):
        return f"{value:.3f}"
    # Characters that mean something in Markdown or HTML are escaped; white space of all kinds becomes one space.
    return re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", " ".join(str(value).split()))


def _calibration(bins: list[CalibrationBin], temperature: float) -> str:
    if not bins:
        return ""
    return f"Reward differences are divided by {temperature:.3f} to be taken as probabilities.\n\n" + _bins(bins)


def _bins(bins: list[CalibrationBin]) -> str:
    return table(("predicted", "observed", "n"), ((each.predicted, each.observed, each.n) for each in bins))


def _top_decile(found: TopDecile | None) -> str:
    if found is None:
        return ""
    says = f"Calibration error {found.calibration_error:.3f} on {found.n:,} pairs whose better completion is there."
    return f"{says}\n\n{_bins(found.calibration)}"


def _slices(slices: list[SliceFigures]) -> str:
    columns = ("slice", "held-out accuracy", "calibration error", "temperature")
    rows = ((each.name, each.accuracy, each.calibration_error, each.temperature) for each in slices)
    return table(columns, rows) if slices else ""


def _probes(probes: list[Probe]) -> str:
    rows = ((each.name, each.effect, each.limit, "ALARM" if each.alarm else "no", each.says) for each in probes)
    return table(("changed", "effect, sd of the reward", "limit", "alarm", "how"), rows) if probes else ""


def _best_of_n(points: list[BestOfNPoint]) -> str:
    columns = ("n", "KL at most, nats", "share won against a random one", "prompts")
    return table(columns, ((each.n, each.kl, each.win_rate, each.prompts) for each in points)) if points else ""


def _drift(found: Drift | None) -> str:
    if found is None:
        return ""
    rows = [
        ("pairs ranked differently", found.flips),
        ("rank correlation of reward differences", found.rank_correlation),
        ("change of accuracy", found.accuracy_change),
    ]
    return f"{table(('figure', 'value'), rows)}\n\n{found.says}"


def _learning_curve(found: LearningCurve | None) -> str:
    if found is None:
        return ""
    rows: list[tuple[str, Interval]] = [(f"{each.preferences:,}", each.accuracy) for each in found.points]
    rows += [(f"{each.more:,} more (forecast)", each.accuracy) for each in found.forecasts]
    return (f"{table(('preferences', 'held-out accuracy'), rows)}\n\n" if rows else "") + found.says


def _labelers(labelers: list[LabelerWeight]) -> str:
    columns = ("labeler", "reliability", "side bias, logits to the left", "weight")
    rows = ((each.annotator, each.reliability, each.side_bias, each.weight) for each in labelers)
    return table(columns, rows) if labelers else ""


def _groups(found: LatentGroups | None) -> str:
    if found is None:
        return ""
    rows = [
        ("held-out gain of two rewards over one, nats a verdict", found.gain),
        ("pairs on which the two disagree", found.apart),
        ("alarm", "ALARM" if found.alarm else "no"),
    ]
    return f"{table(('figure', 'value'), rows)}\n\n{found.says}"


def _smoothing(found: Smoothing | None) -> str:
    if found is None:
        return ""
    rows = [
        ("final over least held-out cross-entropy, verdicts as given", found.plain_ratio),
        ("the same with smoothed labels", found.smoothed_ratio),
        ("verdicts that the model refuses to believe", len(found.refused)),
    ]
    return table(("figure", "value"), rows)


def _self_labels(found: SelfLabels | None) -> str:
    if found is None:
        return ""
    columns = ("loop", "state of learning", "admitted", "remaining", "held-out accuracy", "kept")
    rows = (
        (each.loop, each.status, each.admitted, each.remaining, each.accuracy, "yes" if each.kept else "rolled back")
        for each in found.loops
    )
    return f"{table(columns, rows)}\n\n{found.audited:,} go to labelers unseen. {found.stopped}"


def _principles(found: Principles | None) -> str:
    if found is None:
        return ""
    columns = ("principle", "labels", "held-out accuracy", "under its negation", "effect, sd")
    rows = ((each.key, each.labels, each.accuracy, each.negated_accuracy, each.effect) for each in found.figures)
    says = f"A reward model that cannot read principles: {interval_text(found.blind_accuracy)}."
    return f"{table(columns, rows)}\n\n{says}"
