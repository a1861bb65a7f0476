"""What reward models made of the preferences they learned from: receipts for labelers, lists for admins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db.models import Count, Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.functions import Abs, Coalesce
from pydantic import Field

from annotate.models import (
    Comparison,
    Completion,
    ModelKind,
    ModelVersion,
    Preference,
    PreferenceEffect,
    PreferenceKind,
    Project,
    User,
)
from annotate.selectors.queue import ShownCompletion
from annotate.sides import Layout, Side, side_of
from annotate.types import ReadModel
from rlhf_backend.types import Message

CONTRADICTED_BELOW = 0.1
"""A verdict is contradicted where the reward model gives it less probability than this."""
DIRECTED = (PreferenceKind.PREFER, PreferenceKind.RANK)
"""Verdicts that say which completion is better; only those can be contradicted."""
_SHOWN = 10


class ReceiptLabel(ReadModel):
    """One of one's own verdicts as it was shown, and what the reward model made of it.

    `before`, `after` and `held_out` are P(the verdict is right); of a tie, how even the pair looks: 1 means even.
    """

    preference_id: int
    kind: PreferenceKind
    prompt: list[Message]
    left: ShownCompletion
    right: ShownCompletion
    completions: list[ShownCompletion] = Field(description="All that was shown, in that order.")
    side: Side | None
    strength: int | None
    ranking: list[int] | None = Field(description="Rank of each completion in the order shown.")
    before: float | None
    after: float
    held_out: float | None
    pull: float = Field(description="How far the verdict itself moved the difference of rewards towards what it says.")


class ReceiptRound(ReadModel):
    number: int
    finished_at: datetime | None


class ReceiptsOut(ReadModel):
    """What the newest reward model made of one's own verdicts; lists hold the ten that stand out most."""

    round: ReceiptRound | None
    reward_model_number: int | None
    labels: int = Field(description="Own verdicts it learned from.")
    moved: list[ReceiptLabel] = Field(description="Those that moved it most.")
    flips: int = Field(description="Own pairs whose predicted winner is another than before.")
    flipped: list[ReceiptLabel]
    agree_share: float | None = Field(description="Share of own decided verdicts that it predicts, unseen if it can.")
    contradicted: list[ReceiptLabel] = Field(description="Those to which it gives next to no chance.")


class EffectOut(ReadModel):
    """What a reward model made of one preference, in stored order, for admins. See `ReceiptLabel`."""

    preference_id: int
    comparison_id: int
    prompt: list[Message]
    completions: list[ShownCompletion] = Field(description="a, b, and a ranking's further ones.")
    kind: PreferenceKind
    winner: Literal["a", "b"] | None
    strength: int | None
    ranking: list[int] | None
    annotator: str | None
    before: float | None
    after: float
    held_out: float | None
    pull: float


def reward_model_with_effects(*, project: Project) -> ModelVersion | None:
    """The newest reward model that says what it made of its preferences."""
    effects = PreferenceEffect.objects.filter(reward_model=OuterRef("pk"))
    found = ModelVersion.objects.filter(Exists(effects), project=project, kind=ModelKind.REWARD_MODEL)
    return found.select_related("run__round").order_by("-number").first()


def likelihood() -> Coalesce:
    """P(the verdict is right) by a fit that did not see it, where there is one, else by the reward model itself."""
    return Coalesce("held_out", "after", output_field=FloatField())


def receipts_of(*, project: Project, annotator: User) -> ReceiptsOut:
    """The receipts of `annotator` after the newest reward model. Seven SQL statements."""
    model = reward_model_with_effects(project=project)
    mine = PreferenceEffect.objects.filter(reward_model=model, preference__annotator=annotator)
    mine = mine.annotate(p=likelihood(), size=Abs("pull"), moved=Abs(F("after") - F("before")))
    directed = Q(preference__kind__in=DIRECTED)
    winner_changed = Q(before__gt=0.5, after__lt=0.5) | Q(before__lt=0.5, after__gt=0.5)
    flipped = mine.filter(winner_changed, preference__kind=PreferenceKind.PREFER)
    counts = mine.aggregate(
        labels=Count("pk"),
        decided=Count("pk", filter=directed),
        agreed=Count("pk", filter=directed & Q(p__gt=0.5)),
    )
    contradicted = mine.filter(directed, p__lt=CONTRADICTED_BELOW)
    round_ = model.run.round if model and model.run else None
    return ReceiptsOut(
        round=ReceiptRound(number=round_.number, finished_at=round_.finished_at) if round_ else None,
        reward_model_number=model.number if model else None,
        labels=counts["labels"],
        moved=_labels(mine.order_by("-size", "preference")),
        flips=flipped.count(),
        flipped=_labels(flipped.order_by("-moved", "preference")),
        agree_share=counts["agreed"] / counts["decided"] if counts["decided"] else None,
        contradicted=_labels(contradicted.order_by("p", "preference")),
    )


def effects_listed(*, version: ModelVersion, sort: Literal["pull", "contradicted"]) -> QuerySet[PreferenceEffect]:
    """Effects of a version in a fixed order: those that moved it most, or those that it believes least, first."""
    rows = PreferenceEffect.objects.filter(reward_model=version)
    if sort == "contradicted":
        return rows.filter(preference__kind__in=DIRECTED).annotate(p=likelihood()).order_by("p", "preference")
    return rows.annotate(size=Abs("pull")).order_by("-size", "preference")


def effects_read(effects: Iterable[PreferenceEffect]) -> list[EffectOut]:
    """Effects with the preferences they belong to. Two SQL statements."""
    rows = list(effects)
    preferences = _preferences(rows)
    texts = _texts([preference.comparison for preference in preferences.values()])
    found = []
    for row in rows:
        preference = preferences[row.preference_id]
        found.append(
            EffectOut(
                preference_id=preference.pk,
                comparison_id=preference.comparison_id,
                prompt=[Message.model_validate(message) for message in preference.comparison.prompt.messages],
                completions=[ShownCompletion(text=text) for text in texts[preference.comparison_id]],
                kind=PreferenceKind(preference.kind),
                winner=preference.winner,
                strength=preference.strength,
                ranking=preference.ranking,
                annotator=preference.annotator.username if preference.annotator else None,
                before=row.before,
                after=row.after,
                held_out=row.held_out,
                pull=row.pull,
            )
        )
    return found


def _labels(effects: QuerySet[PreferenceEffect]) -> list[ReceiptLabel]:
    rows = list(effects[:_SHOWN])
    preferences = _preferences(rows)
    texts = _texts([preference.comparison for preference in preferences.values()])
    return [_label(row, preferences[row.preference_id], texts) for row in rows]


def _label(row: PreferenceEffect, preference: Preference, texts: dict[int, list[str]]) -> ReceiptLabel:
    slot = preference.assignment  # a correction has none: it is shown as it is stored
    layout = Layout.of(left_is_a=slot.left_is_a, shown_order=slot.shown_order) if slot else Layout(left_is_a=True)
    shown = [ShownCompletion(text=text) for text in layout.in_shown_order(texts[preference.comparison_id])]
    return ReceiptLabel(
        preference_id=preference.pk,
        kind=PreferenceKind(preference.kind),
        prompt=[Message.model_validate(message) for message in preference.comparison.prompt.messages],
        left=shown[0],
        right=shown[1],
        completions=shown,
        side=None if preference.winner is None else side_of(preference.winner, left_is_a=layout.left_is_a),
        strength=preference.strength,
        ranking=None if preference.ranking is None else layout.in_shown_order(preference.ranking),
        before=row.before,
        after=row.after,
        held_out=row.held_out,
        pull=row.pull,
    )


def _preferences(effects: list[PreferenceEffect]) -> dict[int, Preference]:
    related = ("annotator", "assignment", "comparison__prompt", "comparison__completion_a", "comparison__completion_b")
    return Preference.objects.select_related(*related).in_bulk([row.preference_id for row in effects])


def _texts(comparisons: list[Comparison]) -> dict[int, list[str]]:
    """Comparison → the texts of its completions in stored order; load them with their two completions."""
    wanted = [pk for comparison in comparisons for pk in comparison.more]
    further = dict(Completion.objects.filter(pk__in=wanted).values_list("pk", "text")) if wanted else {}
    return {
        comparison.pk: [
            comparison.completion_a.text,
            comparison.completion_b.text,
            *(further[pk] for pk in comparison.more),
        ]
        for comparison in comparisons
    }
