"""Words of the starter's corpus: kinds of requests, and phrases that carry a style."""

from rlhf_backend.starter.lexicon.growth import GROWTH
from rlhf_backend.starter.lexicon.home import HOME
from rlhf_backend.starter.lexicon.kind import Kind
from rlhf_backend.starter.lexicon.leisure import LEISURE
from rlhf_backend.starter.lexicon.notes import NOTES
from rlhf_backend.starter.lexicon.people import WITH_PEOPLE
from rlhf_backend.starter.lexicon.risky import RISKY, RiskyKind

KINDS: tuple[Kind, ...] = (*NOTES, *WITH_PEOPLE, *HOME, *GROWTH, *LEISURE)
KIND_NAMES: tuple[str, ...] = (*(kind.name for kind in KINDS), RISKY.name)

__all__ = ["KINDS", "KIND_NAMES", "RISKY", "Kind", "RiskyKind"]
