"""Completions worth imitating: `{"prompt", "completion"}` as TRL's prompt-completion format has it, or `{"messages"}`.

Prompt and completion are text or messages; of a whole conversation the assistant's last message is the completion.
"""

from typing import Any, TypeGuard

from annotate.formats.rows import DemonstrationFileRow, Message, RowError, messages_check, text_check, user_prompt


def looks_like_demonstration(record: object) -> bool:
    return (
        _is_object(record)
        and "chosen" not in record
        and ({"prompt", "completion"} <= record.keys() or "messages" in record)
    )


def demonstration_parse(record: object, *, row: int) -> DemonstrationFileRow:
    """The demonstration of one record.

    Raises: RowError: wrong fields or types, an empty prompt or completion, a conversation that ends otherwise.
    """
    if not _is_object(record):
        raise RowError("expected an object with 'prompt' and 'completion', or with 'messages'")
    prompt, completion = _of_conversation(record["messages"]) if "messages" in record else _of_two(record)
    if not any(message["content"].strip() for message in prompt):
        raise RowError("the prompt is empty", field="prompt")
    if not completion.strip():
        raise RowError("the completion is empty", field="completion")
    return DemonstrationFileRow(row, prompt, completion)


def _of_two(record: dict[str, Any]) -> tuple[tuple[Message, ...], str]:
    for name in ("prompt", "completion"):
        if name not in record:
            raise RowError(f"'{name}' is missing; found {', '.join(sorted(map(str, record))) or 'nothing'}", field=name)
    prompt, completion = record["prompt"], record["completion"]
    messages = (
        messages_check(prompt, field="prompt")
        if isinstance(prompt, list)
        else user_prompt(text_check(prompt, field="prompt"))
    )
    if not isinstance(completion, list):
        return messages, text_check(completion, field="completion")
    reply = messages_check(completion, field="completion")
    if len(reply) != 1 or reply[0]["role"] != "assistant":
        raise RowError(f"completion has {len(reply)} messages; expected one of the assistant", field="completion")
    return messages, reply[0]["content"]


def _of_conversation(value: object) -> tuple[tuple[Message, ...], str]:
    messages = messages_check(value, field="messages")
    if len(messages) < 2 or messages[-1]["role"] != "assistant":
        raise RowError(
            f"messages ends with the {messages[-1]['role']}; expected a prompt and the assistant's reply at the end",
            field="messages",
        )
    return messages[:-1], messages[-1]["content"]


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
