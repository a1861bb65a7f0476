"""A verdict as its labeler gives it."""

from dataclasses import dataclass, field
from uuid import UUID

from annotate.models import PreferenceKind
from annotate.sides import SIDES, Side, winner_of
from annotate.verdict_details import Details


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a labeler said about what they were shown.

    `side` and `strength` (1 slightly … 4 far better) come with kind `prefer` and only with it. `client_id` names this
    verdict for good: sending it again changes nothing. `edits` has corrected completions by place.
    """

    client_id: UUID
    assignment_id: int
    kind: PreferenceKind
    side: Side | None = None
    strength: int | None = None
    active_ms: int = 0
    rationale: str = ""
    details: Details = field(default_factory=Details)
    edits: dict[str, str] = field(default_factory=dict)

    def winner(self, *, left_is_a: bool) -> str | None:
        """Which stored completion is preferred; None without a preference."""
        return None if self.side is None else winner_of(self.side, left_is_a=left_is_a)

    def span_ends(self) -> dict[str, int]:
        """Where the last marked passage of each place ends."""
        return {slot: max(span.end for span in spans) for slot, spans in self.details.spans.items()}

    def is_plain(self) -> bool:
        """True for a verdict on a pair that changes nothing but its slot."""
        return self.kind != PreferenceKind.RANK and not self.edits and self.details.slots() <= set(SIDES)
