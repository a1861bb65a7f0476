"""Anthropic's HH-RLHF: `{"chosen", "rejected"}`, each a whole dialogue as text.

Turns read `\\n\\nHuman: …\\n\\nAssistant: …`; the prompt is everything up to the last `\\n\\nAssistant:`.
Source: github.com/anthropics/hh-rlhf.
"""

import re

from annotate.formats.rows import Message, PreferenceRow, RowError, pair_check, text_check

HUMAN, ASSISTANT = "\n\nHuman:", "\n\nAssistant:"
_TURN = re.compile(r"\n\n(Human|Assistant):")


def looks_like_hh_rlhf(record: object) -> bool:
    """True when the record's dialogues begin as this format's do."""
    return isinstance(record, dict) and all(
        isinstance(record.get(name), str) and record[name].startswith(HUMAN) for name in ("chosen", "rejected")
    )


def hh_rlhf_parse(record: object, *, row: int) -> PreferenceRow:
    """The pair of one record.

    Raises: RowError: wrong fields, not such a dialogue, differing prompts, an empty completion, equal completions.
    """
    if not isinstance(record, dict):
        raise RowError("expected an object with 'chosen' and 'rejected'")
    prompts, completions = zip(*(_split(record.get(name), name) for name in ("chosen", "rejected")), strict=True)
    if prompts[0] != prompts[1]:
        raise RowError("the prompts of chosen and rejected differ")
    chosen, rejected = completions
    pair_check(chosen, rejected)
    return PreferenceRow(row, _turns(prompts[0]), chosen, rejected)


def _split(value: object, name: str) -> tuple[str, str]:
    dialogue = text_check(value, field=name)
    prompt, found, completion = dialogue.rpartition(ASSISTANT)
    if not found or not prompt.startswith(HUMAN):
        raise RowError(f"{name} is not a dialogue that begins with 'Human:' and ends with 'Assistant:'", field=name)
    # One space after the colon belongs to the format, not to the completion.
    return prompt, completion.removeprefix(" ")


def _turns(prompt: str) -> tuple[Message, ...]:
    parts = _TURN.split(prompt)[1:]
    roles = {"Human": "user", "Assistant": "assistant"}
    return tuple(
        {"role": roles[speaker], "content": text.removeprefix(" ")}
        for speaker, text in zip(parts[::2], parts[1::2], strict=True)
    )
