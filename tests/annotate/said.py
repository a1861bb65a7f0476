"""Random verdict details: all that the question form lets a labeler say."""

from typing import Any

from hypothesis import strategies as st

from annotate.sides import Layout
from annotate.verdict_details import Details

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@st.composite
def details_of(draw: st.DrawFn, layout: Layout, keys: st.SearchStrategy[str] = KEYS, length: int = 30) -> Details:
    """Anything that can be said of a comparison shown as `layout`, whose texts have `length` characters or more."""
    slots = st.sampled_from(layout.slots)
    passages = draw(st.dictionaries(slots, st.lists(st.integers(0, length), min_size=2, max_size=6, unique=True)))
    said: dict[str, Any] = {
        part: draw(st.dictionaries(slots, st.lists(keys, min_size=1, max_size=3, unique=True)))
        for part in ("flags", "reasons")
    }
    said["ratings"] = draw(st.dictionaries(slots, st.integers(1, 10)))
    said["spans"] = {
        slot: [
            {"start": start, "end": end, "sign": draw(st.sampled_from(["good", "bad"])), "reason": draw(TEXTS)}
            for start, end in list(zip(sorted(cuts), sorted(cuts)[1:], strict=False))[::2]
        ]
        for slot, cuts in passages.items()
    }
    if layout.is_ranking:
        k = len(layout.slots)
        said["ranking"] = draw(st.lists(st.integers(1, k), min_size=k, max_size=k))
    else:
        preferred = st.fixed_dictionaries(
            {"kind": st.just("prefer"), "side": st.sampled_from(["left", "right"]), "strength": st.integers(1, 4)}
        )
        other = st.fixed_dictionaries({"kind": st.sampled_from(["tie", "cannot_judge"])})
        said["aspects"] = draw(st.dictionaries(keys, preferred | other, max_size=3))
    return Details.model_validate(said)


PAIRS = st.booleans().map(Layout)
RANKINGS = st.integers(3, 6).flatmap(lambda k: st.permutations(range(k)).map(lambda order: Layout(True, tuple(order))))
LAYOUTS = PAIRS | RANKINGS
