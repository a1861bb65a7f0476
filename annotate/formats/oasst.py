"""OpenAssistant's conversation trees: one tree a row, replies nested, siblings ranked by people (rank 0 is best).

Every two ranked replies to the same message are a pair; the prompt is the path from the root. Source:
github.com/LAION-AI/Open-Assistant, oasst-data.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from annotate.formats.rows import Message, PreferenceRow, Rejected, RowError, text_check

_ROLES = {"prompter": "user", "assistant": "assistant"}
MAX_DEPTH = 100


def looks_like_oasst(record: object) -> bool:
    """True for a tree with its root under `prompt`."""
    return isinstance(record, dict) and "message_tree_id" in record and isinstance(record.get("prompt"), dict)


def oasst_parse(record: object, *, row: int) -> Iterator[PreferenceRow | Rejected]:
    """The pairs of one tree, numbered by `part`; those that cannot be used come as rejected.

    Raises: RowError: not such a tree, or nothing in it was ranked.
    """
    if not isinstance(record, dict) or not looks_like_oasst(record):
        raise RowError("expected a tree with 'message_tree_id' and its root under 'prompt'", field="prompt")
    pairs = list(_pairs(record["prompt"], (), "prompt"))
    if not pairs:
        raise RowError("no message of the tree has two ranked replies", field="rank")
    for part, (prompt, best, other, place) in enumerate(pairs):
        if not best.strip() or not other.strip():
            yield Rejected(row, f"{place}: the text of a ranked reply is empty", "text")
        elif best == other:
            yield Rejected(row, f"{place}: two ranked replies are identical", "text")
        else:
            yield PreferenceRow(row, prompt, best, other, part=part)


def _pairs(node: Any, path: tuple[Message, ...], place: str) -> Iterator[tuple[tuple[Message, ...], str, str, str]]:
    """Prompt, better and worse text, and where they stand, below a message."""
    prompt = (*path, _message(node, place))
    if len(prompt) > MAX_DEPTH:
        raise RowError(f"the tree is deeper than {MAX_DEPTH} messages", field="replies")
    replies = node.get("replies") or []
    if not isinstance(replies, list):
        raise RowError(f"{place}.replies is no list", field="replies")
    kept = [(f"{place}.replies[{i}]", reply) for i, reply in enumerate(replies) if _is_kept(reply)]
    ranked = sorted(
        ((_rank(reply, at), _message(reply, at)["content"]) for at, reply in kept if reply.get("rank") is not None),
        key=lambda found: found[0],
    )
    for (rank, better), (worse_rank, worse) in combinations(ranked, 2):
        if rank != worse_rank:
            yield prompt, better, worse, place
    for at, reply in kept:
        yield from _pairs(reply, prompt, at)


def _is_kept(reply: object) -> bool:
    """Replies that were deleted or that reviewers turned down are passed over, with all below them."""
    return not isinstance(reply, dict) or not (reply.get("deleted") or reply.get("review_result") is False)


def _message(node: object, place: str) -> Message:
    if not isinstance(node, dict):
        raise RowError(f"{place} is no message", field="replies")
    role = node.get("role")
    if role not in _ROLES:
        raise RowError(f"{place} has the role {role!r}; expected prompter or assistant", field="role")
    return {"role": _ROLES[role], "content": text_check(node.get("text"), field=f"{place}.text")}


def _rank(node: dict[str, Any], place: str) -> int:
    rank = node["rank"]
    if isinstance(rank, bool) or not isinstance(rank, int):
        raise RowError(f"{place} has the rank {rank!r}; expected a whole number", field="rank")
    return rank
