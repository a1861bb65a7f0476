"""The review room: comparisons whose verdicts disagree, or that the reward model contradicts, without names."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from annotate.models import (
    Completion,
    Preference,
    PreferenceEffect,
    PreferenceKind,
    Project,
    Review,
    ReviewOutcome,
    User,
)
from annotate.selectors.receipts import DIRECTED, likelihood, reward_model_with_effects
from annotate.selectors.review_candidates import REFUSED_BELOW, SUPPORTED_FROM
from annotate.selectors.training_exclusions import training_ruling
from annotate.types import ReadModel
from rlhf_backend.types import Message

ReviewKind = Literal["disagreement", "contradiction", "other"]


class ReviewCompletion(ReadModel):
    text: str


class ReviewAspect(ReadModel):
    kind: PreferenceKind
    winner: Literal["a", "b"] | None
    strength: int | None


class ReviewVerdict(ReadModel):
    """One labeler's verdict without their name, in stored order."""

    preference_id: int
    labeler: str = Field(description="'Labeler 1': the same person within this comparison, and nowhere else.")
    kind: PreferenceKind
    winner: Literal["a", "b"] | None
    strength: int | None
    ranking: list[int] | None
    rationale: str
    aspects: dict[str, ReviewAspect]
    flags: dict[str, list[str]]
    created_at: datetime
    model_probability: float | None = Field(description="P(the verdict is right) by the newest reward model.")
    left_out: Literal["mistake", "unclear", "excluded"] | None = Field(description="Why it is not trained on.")


class ReviewDecision(ReadModel):
    """What a reviewer decided; `mine` when the reader did."""

    outcome: ReviewOutcome
    mistaken: list[int]
    share_a: float | None
    note: str
    created_at: datetime
    mine: bool


class ReviewItem(ReadModel):
    """One comparison with the verdicts on it; `can_settle` is false for a reviewer who judged it themselves."""

    comparison_id: int
    kind: ReviewKind
    why: str
    prompt: list[Message]
    completion_a: ReviewCompletion
    completion_b: ReviewCompletion
    more: list[ReviewCompletion] = Field(description="A ranking's further completions: c, d, …")
    verdicts: list[ReviewVerdict]
    review: ReviewDecision | None
    can_settle: bool


def review_read(comparisons: Iterable[Any], *, reader: User, is_admin: bool) -> list[ReviewItem]:
    """Rows of `reviewable` as the review room shows them. Eight SQL statements, however many rows."""
    rows = list(comparisons)
    if not rows:
        return []
    ids = [row.pk for row in rows]
    given = _given(rows)
    effects = _effects(rows[0].project, [verdict.pk for found in given.values() for verdict in found])
    live = Review.objects.filter(comparison__in=ids, superseded_at=None).prefetch_related("mistaken")
    reviews = {review.comparison_id: review for review in live}
    texts = dict(Completion.objects.filter(pk__in=[pk for row in rows for pk in row.more]).values_list("pk", "text"))
    return [
        _item(
            row,
            verdicts=_verdicts(given[row.pk], effects),
            effects=effects,
            review=_decision(reviews.get(row.pk), reader),
            more=[ReviewCompletion(text=texts[pk]) for pk in row.more],
            can_settle=is_admin or all(verdict.annotator_id != reader.pk for verdict in given[row.pk]),
        )
        for row in rows
    ]


def _given(rows: list[Any]) -> defaultdict[int, list[Any]]:
    """Comparison → every verdict ever given on it, undone ones as well, each with its ruling, oldest first."""
    given = Preference.objects.filter(comparison__in=[row.pk for row in rows])
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for preference in given.annotate(ruling=training_ruling(project=rows[0].project)).order_by("pk"):
        found[preference.comparison_id].append(preference)
    return found


def _item(
    row: Any,
    *,
    verdicts: list[ReviewVerdict],
    effects: dict[int, PreferenceEffect],
    review: ReviewDecision | None,
    more: list[ReviewCompletion],
    can_settle: bool,
) -> ReviewItem:
    return ReviewItem(
        comparison_id=row.pk,
        kind="disagreement" if row.disagrees else "contradiction" if row.is_contradicted else "other",
        why=_why(row, verdicts, effects),
        prompt=[Message.model_validate(message) for message in row.prompt.messages],
        completion_a=ReviewCompletion(text=row.completion_a.text),
        completion_b=ReviewCompletion(text=row.completion_b.text),
        more=more,
        verdicts=verdicts,
        review=review,
        can_settle=can_settle,
    )


def _effects(project: Project, preference_ids: list[int]) -> dict[int, PreferenceEffect]:
    """Preference → what the newest reward model made of it, with `p`, how likely it finds it."""
    newest = reward_model_with_effects(project=project)
    effects = PreferenceEffect.objects.filter(reward_model=newest, preference__in=preference_ids)
    return {effect.preference_id: effect for effect in effects.annotate(p=likelihood())}


def _verdicts(ever: list[Any], effects: dict[int, PreferenceEffect]) -> list[ReviewVerdict]:
    """The live verdicts. Numbers count whoever judged the comparison at any time, so an undo renames nobody."""
    numbers: dict[int | None, int] = {}
    for preference in ever:
        if preference.annotator_id is not None:
            numbers.setdefault(preference.annotator_id, len(numbers) + 1)
    return [
        ReviewVerdict(
            preference_id=row.pk,
            labeler=f"Labeler {numbers[row.annotator_id]}" if row.annotator_id is not None else "Imported",
            kind=PreferenceKind(row.kind),
            winner=row.winner,
            strength=row.strength,
            ranking=row.ranking,
            rationale=row.rationale,
            aspects={key: ReviewAspect.model_validate({"winner": None, "strength": None, **aspect})
                     for key, aspect in row.aspects.items()},
            flags=row.flags,
            created_at=row.created_at,
            model_probability=effects[row.pk].p if row.pk in effects else None,  # type: ignore[attr-defined]
            left_out=row.ruling,
        )
        for row in ever
        if row.superseded_at is None
    ]  # fmt: skip


def _decision(review: Review | None, reader: User) -> ReviewDecision | None:
    if review is None:
        return None
    return ReviewDecision(
        outcome=ReviewOutcome(review.outcome),
        mistaken=sorted(preference.pk for preference in review.mistaken.all()),
        share_a=review.share_a,
        note=review.note,
        created_at=review.created_at,
        mine=review.reviewer_id == reader.pk,
    )


def _why(row: Any, verdicts: list[ReviewVerdict], effects: dict[int, PreferenceEffect]) -> str:
    counting = [verdict for verdict in verdicts if verdict.left_out != "excluded"]
    sentences = []
    if row.disagrees:
        said = Counter(verdict.winner or verdict.kind.value for verdict in counting)
        words = {
            "a": "for A",
            "b": "for B",
            "tie": "for a tie",
            "both_bad": "for both bad",
            "both_good": "for both good",
        }
        counts = [f"{said[key]} {what}" for key, what in words.items() if said[key]]
        sentences.append(f"Labelers disagree: {', '.join(counts)}.")
    directed = [effects[v.preference_id] for v in counting if v.kind in DIRECTED and v.preference_id in effects]
    if row.is_contradicted:
        least = min(effect.p for effect in directed)  # type: ignore[attr-defined]
        sentences.append(f"The reward model gives a verdict {least:.0%} to be right.")
    sentences += _refusal(directed)
    return " ".join(sentences) or "Its verdicts neither disagree nor are contradicted any more."


def _refusal(effects: list[PreferenceEffect]) -> list[str]:
    """What smoothing made of the verdict that it believed least: a doubt about the verdict, or about its prompt."""
    refused = [(e.soft_label, e.support) for e in effects if e.soft_label is not None and e.soft_label < REFUSED_BELOW]
    if not refused:
        return []
    soft_label, support = min(refused)
    if (support or 0) < SUPPORTED_FROM:
        return [
            f"Few verdicts were given on this prompt ({support}): compare more on it before you call one a mistake."
        ]
    return [f"Training brought its label down to {soft_label:.0%}, among {support} verdicts on this prompt."]
