"""Preference pairs in ShareGPT style: `{"conversations": [{"from", "value"}], "chosen": {…}, "rejected": {…}}`.

`from` is human, gpt or system (user and assistant are taken as well); a `system` text beside the conversation comes
first. Source: LLaMA-Factory's data formats.
"""

from annotate.formats.rows import Message, PreferenceRow, RowError, pair_check, text_check

_ROLES = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "system": "system"}


def looks_like_sharegpt(record: object) -> bool:
    return isinstance(record, dict) and isinstance(record.get("conversations"), list) and "chosen" in record


def sharegpt_parse(record: object, *, row: int) -> PreferenceRow:
    """The pair of one record.

    Raises: RowError: wrong fields or speakers, an empty prompt or reply, equal replies.
    """
    if not isinstance(record, dict):
        raise RowError("expected an object with 'conversations', 'chosen' and 'rejected'")
    turns = record.get("conversations")
    if not isinstance(turns, list) or not turns:
        raise RowError("conversations is no list of turns", field="conversations")
    system = text_check(record.get("system") or "", field="system")
    lead: tuple[Message, ...] = ({"role": "system", "content": system},) if system.strip() else ()
    prompt = (*lead, *(_turn(turn, f"conversations[{i}]") for i, turn in enumerate(turns)))
    if prompt[-1]["role"] == "assistant":
        raise RowError("conversations ends with the assistant; expected the person's turn", field="conversations")
    if not prompt[-1]["content"].strip():
        raise RowError("the last turn of conversations is empty", field="conversations")
    chosen, rejected = (_reply(record.get(name), name) for name in ("chosen", "rejected"))
    pair_check(chosen, rejected)
    return PreferenceRow(row, prompt, chosen, rejected)


def _turn(turn: object, place: str) -> Message:
    if not isinstance(turn, dict) or "from" not in turn or "value" not in turn:
        raise RowError(f"{place} is not a turn with 'from' and 'value'", field=place)
    if turn["from"] not in _ROLES:
        raise RowError(f"{place} is from {turn['from']!r}; expected one of {', '.join(_ROLES)}", field=place)
    return {"role": _ROLES[turn["from"]], "content": text_check(turn["value"], field=f"{place}.value")}


def _reply(value: object, name: str) -> str:
    """The text of a completion given as a turn of the assistant, or as text."""
    if isinstance(value, str):
        return text_check(value, field=name)
    turn = _turn(value, name)
    if turn["role"] != "assistant":
        raise RowError(f"{name} is from the {turn['role']}; expected gpt or assistant", field=name)
    return turn["content"]
