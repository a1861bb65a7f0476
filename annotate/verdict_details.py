"""What a verdict says beside its direction: as it was shown, by place, and as it is stored, by a, b, c, …"""

from itertools import pairwise
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from annotate.models.question_form import Key
from annotate.sides import Layout, Side, Slot, Winner, side_of, winner_of
from annotate.types import Text

Strength = Literal[1, 2, 3, 4]
"""Steps from the middle of the scale."""
MOST_RANKED = 6
MOST_SPANS = 200


class Detail(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AspectShown(Detail):
    """The answer to one aspect of a pair."""

    kind: Literal["prefer", "tie", "cannot_judge"]
    side: Side | None = None
    strength: Strength | None = None

    @model_validator(mode="after")
    def _side_and_strength_belong_to_prefer(self) -> "AspectShown":
        if self.kind == "prefer" and self.side is None:
            raise ValueError("a preference names the side that is better")
        if self.kind != "prefer" and (self.side is not None or self.strength is not None):
            raise ValueError(f"'{self.kind}' has neither side nor strength")
        return self


class AspectStored(Detail):
    """The answer to one aspect, in stored order."""

    kind: Literal["prefer", "tie", "cannot_judge"]
    winner: Winner | None
    strength: Strength | None


class Span(Detail):
    """A passage of a completion. Code points of the raw text, counted from 0; `end` is the first that is outside."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)
    sign: Literal["good", "bad"]
    reason: Text = Field("", max_length=200)

    @model_validator(mode="after")
    def _holds_something(self) -> "Span":
        if self.start >= self.end:
            raise ValueError(f"start {self.start} is not before end {self.end}")
        return self


Keys = Annotated[list[Key], Field(max_length=50)]


class Details(Detail):
    """What a verdict says beside its direction, as shown."""

    ranking: list[Annotated[int, Field(ge=1, le=MOST_RANKED)]] | None = Field(
        None, max_length=MOST_RANKED, description="Rank of each completion in the order shown: 1 best, equal is a tie."
    )
    aspects: dict[Key, AspectShown] = Field(default_factory=dict)
    flags: dict[Slot, Keys] = Field(default_factory=dict, description="Safety categories of a completion.")
    reasons: dict[Slot, Keys] = Field(default_factory=dict, description="What speaks for or against a completion.")
    ratings: dict[Slot, Annotated[int, Field(ge=1, le=10)]] = Field(default_factory=dict)
    spans: dict[Slot, Annotated[list[Span], Field(max_length=MOST_SPANS)]] = Field(
        default_factory=dict, description="Passages marked good or bad; passages of one completion do not overlap."
    )

    @field_validator("flags", "reasons")
    @classmethod
    def _each_once(cls, value: dict[Slot, list[str]]) -> dict[Slot, list[str]]:
        return {slot: list(dict.fromkeys(keys)) for slot, keys in value.items() if keys}

    @field_validator("spans")
    @classmethod
    def _apart(cls, value: dict[Slot, list[Span]]) -> dict[Slot, list[Span]]:
        for slot, spans in value.items():
            for first, second in pairwise(sorted(spans, key=lambda span: span.start)):
                if second.start < first.end:
                    raise ValueError(f"{slot}: the passages from {first.start} and from {second.start} overlap")
        return {slot: spans for slot, spans in value.items() if spans}

    @field_validator("ranking")
    @classmethod
    def _dense(cls, value: list[int] | None) -> list[int] | None:
        return None if value is None else ranks_dense(value)

    def slots(self) -> set[str]:
        """Every place of which something is said."""
        return {slot for said in (self.flags, self.reasons, self.ratings, self.spans) for slot in said}

    def form_keys(self) -> set[str]:
        """Every key of a question form that is used, as `part:key`."""
        used = {f"aspects:{key}" for key in self.aspects}
        used |= {f"flags:{key}" for keys in self.flags.values() for key in keys}
        return used | {f"reasons:{key}" for keys in self.reasons.values() for key in keys}


class DetailColumns(Protocol):
    """The columns of a preference that hold its details."""

    ranking: list[int] | None
    aspects: dict[str, Any]
    flags: dict[str, Any]
    reasons: dict[str, Any]
    ratings: dict[str, Any]
    spans: dict[str, Any]


def ranks_dense(ranks: list[int]) -> list[int]:
    """The same order and ties with ranks 1, 2, 3, … and no gap. (k,) → (k,)"""
    places = {rank: place for place, rank in enumerate(sorted(set(ranks)), start=1)}
    return [places[rank] for rank in ranks]


def details_stored(details: Details, *, layout: Layout) -> dict[str, Any]:
    """The columns of a preference, as JSON has them.

    Raises: KeyError: something is said of a place that was not shown; ValueError: a ranking of another length.
    """
    aspects = {
        key: {
            "kind": said.kind,
            "winner": None if said.side is None else winner_of(said.side, left_is_a=layout.left_is_a),
            "strength": (said.strength or 1) if said.kind == "prefer" else None,
        }
        for key, said in details.aspects.items()
    }
    spans = {slot: [span.model_dump() for span in spans] for slot, spans in details.spans.items()}
    return {
        "ranking": None if details.ranking is None else layout.in_stored_order(details.ranking),
        "aspects": aspects,
        "flags": layout.by_letter(details.flags),
        "reasons": layout.by_letter(details.reasons),
        "ratings": layout.by_letter(details.ratings),
        "spans": layout.by_letter(spans),
    }


def details_shown(row: DetailColumns, *, layout: Layout) -> Details:
    """What a preference's columns say, as its giver saw the comparison."""
    aspects = {
        key: {
            "kind": said["kind"],
            "side": None if said["winner"] is None else side_of(said["winner"], left_is_a=layout.left_is_a),
            "strength": said["strength"],
        }
        for key, said in row.aspects.items()
    }
    return Details.model_validate(
        {
            "ranking": None if row.ranking is None else layout.in_shown_order(row.ranking),
            "aspects": aspects,
            "flags": layout.by_slot(row.flags),
            "reasons": layout.by_slot(row.reasons),
            "ratings": layout.by_slot(row.ratings),
            "spans": layout.by_slot(row.spans),
        }
    )
