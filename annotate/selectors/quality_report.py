"""The statistics of a project's verdicts as the report stores them."""

import numpy as np
from pydantic import Field

from annotate.selectors.quality_crowd import Crowd, crowd_of, hasty_rows, ratings_of, taken
from annotate.selectors.quality_rows import VerdictColumns, columns_of
from annotate.types import ReadModel
from rlhf_backend.stats.agreement import (
    cohen_kappas,
    fleiss_kappa,
    krippendorff_alpha,
    mean_kappa,
    pairwise_agreement,
)
from rlhf_backend.stats.attention import longest_run, session_trend
from rlhf_backend.stats.cycles import CHANCE
from rlhf_backend.stats.estimate import Estimate, Undefined
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.stats.labeler_bias import Effect
from rlhf_backend.types import Interval

MOST_PAIRS_SHOWN = 50


class PairAgreement(ReadModel):
    """Cohen's κ of two labelers."""

    first_id: int
    second_id: int
    kappa: Interval


class Agreement(ReadModel):
    """Agreement of different labelers on the same pairs of completions; figures are null when nobody overlaps."""

    alpha: Interval | None = Field(description="Krippendorff's α of the direction (first, neither, second), nominal.")
    alpha_reason: str | None = Field(description="Why there is no α.")
    alpha_ordinal: Interval | None = Field(description="α of direction and strength together, ordinal.")
    pairwise: Interval | None = Field(description="Share of pairs of verdicts with the same direction.")
    kappa: Interval | None = Field(description="Fleiss' κ of the direction.")
    cohen_mean: float | None = Field(
        description="Mean of Cohen's κ over pairs of labelers, weighted by what they share."
    )
    cohen_pairs: list[PairAgreement] = Field(description="Pairs of labelers who share most.")
    comparisons_with_overlap: int


class Consistency(ReadModel):
    """Share of pairs asked again that got the same direction."""

    repeats: Interval | None
    mirrored: Interval | None


class Cycles(ReadModel):
    """Circular triads: A over B over C over A, by one labeler."""

    rate: Interval | None
    chance: float = Field(description="The rate of one who tosses coins.")
    triads: int


class LabelerMeasures(ReadModel):
    """One labeler in numbers; intervals are at 95 %, null where there is nothing to measure."""

    user_id: int
    verdicts: int
    median_seconds: float | None
    gold: Interval | None = Field(description="Share of gold comparisons judged as expected.")
    consistency: Interval | None = Field(description="Share of repeats and mirrored pairs judged as before.")
    agreement_with_others: Interval | None
    left_share: Interval | None = Field(description="Share of decided verdicts for the left side; sides are random.")
    length_bias: Interval | None = Field(
        description="How often the completion of twice the length is taken, all else equal."
    )
    format_bias: Interval | None = Field(
        description="How often the completion with twice the formatting is taken, all else equal."
    )
    reliability: Interval | None = Field(description="η of the crowd model: answers what they see, not its opposite.")
    position_bias: Interval | None = Field(description="b of the crowd model: pull to the left, logits.")
    ties_share: Interval | None
    cycle_rate: Interval | None
    fast_share: Interval | None = Field(description="Share of verdicts too fast to have been read.")
    fatigue: Interval | None = Field(description="Change of agreement for each hour of a session.")
    left_trend: Interval | None = Field(description="Change of the left share for each hour of a session.")
    pace_trend: Interval | None = Field(description="Change of log₂ time for each hour of a session.")
    longest_run: int = Field(description="Most verdicts in a row for the same side.")


class QualityData(ReadModel):
    """What is computed and stored; names, pauses and flags are added when it is read."""

    verdicts: int = Field(description="Verdicts counted: the newest 50,000 at most.")
    live: int = Field(description="Live preferences of the project when this was computed, imported ones too.")
    agreement: Agreement
    gold: Interval | None
    consistency: Consistency
    cycles: Cycles
    labelers: list[LabelerMeasures]


def quality_measured(crowd: Crowd, *, live: int) -> QualityData:
    """All figures of the report of a project with `live` preferences."""
    columns = crowd.columns
    triads = list(crowd.triads.values())
    return QualityData(
        verdicts=len(np.unique(columns.preference)),
        live=live,
        agreement=_agreement(columns),
        gold=gold_share(columns),
        consistency=Consistency(
            repeats=consistency_share(columns, mirrored=False), mirrored=consistency_share(columns, mirrored=True)
        ),
        cycles=Cycles(
            rate=_share(sum(found.circular for found in triads), sum(found.total for found in triads)),
            chance=CHANCE,
            triads=sum(found.total for found in triads),
        ),
        labelers=[_labeler(crowd, labeler) for labeler in crowd.labelers],
    )


def quality_nothing() -> QualityData:
    """The report of a project without verdicts."""
    return quality_measured(crowd_of(columns_of([], {})), live=0)


def gold_share(columns: VerdictColumns, *, confidence: float = 0.95) -> Interval | None:
    """Share of gold verdicts that are as expected."""
    return _share(int(columns.is_right[columns.is_gold].sum()), int(columns.is_gold.sum()), confidence=confidence)


def consistency_rows(columns: VerdictColumns) -> tuple[np.ndarray, np.ndarray]:
    """Positions of verdicts on pairs asked again, and whether each has the direction that its labeler gave before."""
    before = {
        (int(columns.labeler[row]), int(columns.comparison[row])): int(columns.direction[row])
        for row in np.flatnonzero(columns.is_judged)
    }
    again = [
        (row, before[key] == columns.direction[row])
        for row in np.flatnonzero((columns.original != 0) & columns.is_judged)
        if (key := (int(columns.labeler[row]), int(columns.original[row]))) in before
    ]
    return np.array([row for row, _ in again], dtype=np.int64), np.array([same for _, same in again], dtype=np.bool_)


def consistency_share(
    columns: VerdictColumns, *, mirrored: bool | None = None, confidence: float = 0.95
) -> Interval | None:
    """Share of pairs asked again that got the same direction: of repeats, of mirrored ones, or of both."""
    rows, same = consistency_rows(columns)
    if mirrored is not None:
        same = same[columns.is_mirrored[rows] == mirrored]
    return _share(int(same.sum()), len(same), confidence=confidence)


def session_outcomes(crowd: Crowd, labeler: int) -> tuple[np.ndarray, np.ndarray]:
    """When the labeler's verdicts came that others or gold can vouch for, hours, and how right they were, 0 … 1."""
    rows = crowd.labelers[labeler]
    columns = crowd.columns
    right = np.where(columns.is_gold, columns.is_right.astype(np.float64), crowd.support)[rows]
    known = ~np.isnan(right)
    return columns.hours[rows][known], right[known]


def _agreement(columns: VerdictColumns) -> Agreement:
    ratings = ratings_of(columns)
    alpha = krippendorff_alpha(ratings, level="nominal")
    pairwise = pairwise_agreement(ratings)
    kappas = cohen_kappas(ratings)
    mean = mean_kappa(kappas)
    shown = [(pair, pair.kappa) for pair in kappas if isinstance(pair.kappa, Interval)]
    shown.sort(key=lambda found: -found[1].n)
    return Agreement(
        alpha=_known(alpha),
        alpha_reason=alpha.reason if isinstance(alpha, Undefined) else None,
        alpha_ordinal=_known(krippendorff_alpha(ratings_of(columns, graded=True), level="ordinal")),
        pairwise=_known(pairwise),
        kappa=_known(fleiss_kappa(ratings)),
        cohen_mean=None if isinstance(mean, Undefined) else mean,
        cohen_pairs=[
            PairAgreement(first_id=pair.first, second_id=pair.second, kappa=kappa)
            for pair, kappa in shown[:MOST_PAIRS_SHOWN]
        ],
        comparisons_with_overlap=pairwise.n if isinstance(pairwise, Interval) else 0,
    )


def _labeler(crowd: Crowd, labeler: int) -> LabelerMeasures:
    mine = crowd.rows_of(labeler)
    verdicts, fast = hasty_rows(crowd, labeler)
    sided = taken(mine, mine.side != 0)
    styles, fitted = crowd.styles.get(labeler), crowd.reliability.get(labeler)
    agreeing, pairs = crowd.agreement.get(labeler, (0.0, 0))
    triads = crowd.triads.get(labeler)
    judged = mine.is_judged & ~mine.is_ranking
    return LabelerMeasures(
        user_id=labeler,
        verdicts=len(verdicts),
        median_seconds=float(np.median(verdicts.seconds)),
        gold=gold_share(mine),
        consistency=consistency_share(mine),
        agreement_with_others=_share(agreeing, pairs),
        left_share=_share(int((sided.side > 0).sum()), len(sided)),
        length_bias=styles.length.share() if styles and isinstance(styles.length, Effect) else None,
        format_bias=styles.marks.share() if styles and isinstance(styles.marks, Effect) else None,
        reliability=fitted.eta if fitted and fitted.overlap else None,
        position_bias=fitted.side_bias if fitted else None,
        ties_share=_share(int((mine.direction[judged] == 0).sum()), int(judged.sum())),
        cycle_rate=_share(triads.circular, triads.total) if triads else None,
        fast_share=_share(int(fast.sum()), len(verdicts)),
        fatigue=_known(session_trend(*session_outcomes(crowd, labeler))),
        left_trend=_known(session_trend(sided.hours, (sided.side > 0).astype(np.float64))),
        pace_trend=_known(session_trend(verdicts.hours, np.log2(np.maximum(verdicts.seconds, 0.05)))),
        longest_run=longest_run(sided.side > 0).length,
    )


def _share(successes: float, n: int, *, confidence: float = 0.95) -> Interval | None:
    return wilson_interval(successes, n, confidence=confidence) if n else None


def _known(estimate: Estimate) -> Interval | None:
    return estimate if isinstance(estimate, Interval) else None
