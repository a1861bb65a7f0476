"""Prefloop's own export: one JSON object a line for each preference, with everything that is known of it.

Completions are in stored order; `winner`, `ranking` and all that is said of completions go by their letters a, b, c, …
Labelers are numbered, not named.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FullCompletion(Row):
    id: int
    text: str
    source: str = Field(description="policy, imported or human")
    policy: int | None = Field(description="Number of the policy that wrote it; null where it was still in training.")
    run: int | None = Field(description="The tuning run whose policy in training wrote it.")
    step: int | None = Field(description="After how many steps of that run.")


class FullRow(Row):
    """One preference."""

    preference: int
    comparison: int
    comparison_kind: str
    prompt: list[dict[str, str]]
    completions: list[FullCompletion]
    kind: str
    winner: str | None
    strength: int | None
    ranking: list[int] | None
    aspects: dict[str, Any]
    flags: dict[str, Any]
    reasons: dict[str, Any]
    ratings: dict[str, Any]
    spans: dict[str, Any]
    rationale: str
    derived_from: int | None = Field(description="Of a correction: the preference it came with.")
    labeler: str | None = Field(description="labeler-<n>, the same in every export of the project; null for imports.")
    shown: list[str] | None = Field(description="Letters in the order shown; left first. Null when nothing was shown.")
    active_ms: int
    form: int | None
    guidelines: int | None
    strategy: str
    propensity: float
    left_out: str | None = Field(description="Why it is kept out of training, where a person said so.")
    given_at: datetime


def full_line(row: FullRow) -> bytes:
    """The row as a line, with its line feed."""
    return row.model_dump_json().encode() + b"\n"
