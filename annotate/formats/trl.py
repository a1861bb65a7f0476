"""TRL's preference formats: text or messages, with the prompt named or shared, and an optional margin.

Written rows are conversational with an explicit prompt. A margin is the strength in thirds: 1/3 slightly better,
2/3 better, 1 much better, 4/3 far better; 0 says that neither is better. Source: TRL's dataset formats and
RewardTrainer.
"""

import re

from annotate.formats.rows import (
    Message,
    PreferenceRow,
    RowError,
    Strength,
    messages_check,
    pair_check,
    text_check,
    user_prompt,
)

STRENGTHS = 3
JsonRow = dict[str, list[Message] | float]


def trl_parse(record: object, *, row: int) -> PreferenceRow:
    """The pair of one record.

    Raises: RowError: wrong fields or types, no shared prompt, an empty completion, equal completions, a bad margin.
    """
    if not isinstance(record, dict):
        raise RowError("expected an object with 'chosen' and 'rejected'")
    for name in ("chosen", "rejected"):
        if name not in record:
            raise RowError(f"'{name}' is missing; found {', '.join(sorted(map(str, record))) or 'nothing'}", field=name)
    prompt, chosen, rejected = _implicit(record) if record.get("prompt") is None else _explicit(record)
    pair_check(chosen, rejected)
    return PreferenceRow(row, prompt, chosen, rejected, _strength(record.get("margin")))


def trl_row(*, prompt: list[Message], chosen: str, rejected: str, strength: Strength | None) -> JsonRow:
    """One line of a TRL file; `strength` None writes the margin 0 of a tie."""
    return {
        "prompt": prompt,
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
        "margin": round((strength or 0) / STRENGTHS, 6),
    }


def _explicit(record: dict[str, object]) -> tuple[tuple[Message, ...], str, str]:
    value = record["prompt"]
    if isinstance(value, list):
        prompt = messages_check(value, field="prompt")
    else:
        prompt = user_prompt(text_check(value, field="prompt"))
    if not any(message["content"].strip() for message in prompt):
        raise RowError("the prompt is empty", field="prompt")
    return prompt, _completion(record["chosen"], "chosen"), _completion(record["rejected"], "rejected")


def _completion(value: object, name: str) -> str:
    """The text of a completion given as text or as one message of the assistant."""
    if not isinstance(value, list):
        return text_check(value, field=name)
    messages = messages_check(value, field=name)
    if len(messages) != 1 or messages[0]["role"] != "assistant":
        raise RowError(
            f"{name} has {len(messages)} messages after the prompt; expected one of the assistant", field=name
        )
    return messages[0]["content"]


def _implicit(record: dict[str, object]) -> tuple[tuple[Message, ...], str, str]:
    chosen, rejected = record["chosen"], record["rejected"]
    if isinstance(chosen, list) and isinstance(rejected, list):
        return _shared_messages(messages_check(chosen, field="chosen"), messages_check(rejected, field="rejected"))
    return _shared_text(text_check(chosen, field="chosen"), text_check(rejected, field="rejected"))


def _shared_messages(
    chosen: tuple[Message, ...], rejected: tuple[Message, ...]
) -> tuple[tuple[Message, ...], str, str]:
    shared = 0
    while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
        shared += 1
    if not shared:
        raise RowError("chosen and rejected share no message that could be the prompt")
    return (
        chosen[:shared],
        _completion(list(chosen[shared:]), "chosen"),
        _completion(list(rejected[shared:]), "rejected"),
    )


def _shared_text(chosen: str, rejected: str) -> tuple[tuple[Message, ...], str, str]:
    """The longest common beginning, cut back to the last white space, which goes to the completions."""
    if chosen == rejected:
        raise RowError("chosen and rejected are identical")
    shared = 0
    while shared < min(len(chosen), len(rejected)) and chosen[shared] == rejected[shared]:
        shared += 1
    spaces = [match.start() for match in re.finditer(r"\s+", chosen[:shared])]
    cut = spaces[-1] if spaces else 0
    if not chosen[:cut].strip():
        raise RowError("chosen and rejected share no words that could be the prompt")
    return user_prompt(chosen[:cut]), chosen[cut:], rejected[cut:]


def _strength(margin: object) -> Strength | None:
    if margin is None:
        return 1
    if isinstance(margin, bool) or not isinstance(margin, int | float) or not 0 <= margin < float("inf"):
        raise RowError(f"margin is {margin!r}; expected a number of 0 or more", field="margin")
    if margin == 0:
        return None
    # Thirds up to 4/3, as this project writes them; other scales say only that the preference was clear.
    steps: tuple[tuple[float, Strength], ...] = ((0.5, 1), (5 / 6, 2), (7 / 6, 3), (1.5, 4))
    return next((strength for limit, strength in steps if margin < limit), 3)
