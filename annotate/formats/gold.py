"""Known pairs as JSON lines: `{"prompt", "completion_a", "completion_b", "expected", "explanation"}`."""

from dataclasses import dataclass

from annotate.formats.rows import Message, RowError, messages_check, text_check, user_prompt

EXPECTED = ("a", "b", "tie", "both_bad")
MAX_TEXT = 200_000
MAX_EXPLANATION = 4000


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One known pair; `expected` is one of EXPECTED."""

    prompt: tuple[Message, ...]
    completion_a: str
    completion_b: str
    expected: str
    explanation: str


def gold_parse(record: object) -> GoldRow:
    """One row of a file of known pairs.

    Raises: RowError naming the field that is wrong.
    """
    if not isinstance(record, dict):
        raise RowError("expected an object with prompt, completion_a, completion_b and expected")
    a, b = completions_check(record.get("completion_a"), record.get("completion_b"))
    expected = record.get("expected")
    if expected not in EXPECTED:
        raise RowError(f"expected is {expected!r}; it must be one of {', '.join(EXPECTED)}", field="expected")
    explanation = text_check(record.get("explanation", ""), field="explanation")
    if len(explanation) > MAX_EXPLANATION:
        raise RowError(
            f"explanation has {len(explanation):,} characters; at most {MAX_EXPLANATION:,} are allowed",
            field="explanation",
        )
    return GoldRow(prompt_check(record.get("prompt")), a, b, str(expected), explanation)


def completions_check(a: object, b: object) -> tuple[str, str]:
    """Two different texts.

    Raises: RowError naming the one that is wrong.
    """
    first, second = _text(a, "completion_a"), _text(b, "completion_b")
    if first.strip() == second.strip():
        raise RowError("completion_b is the same text as completion_a; expected another", field="completion_b")
    return first, second


def prompt_check(value: object) -> tuple[Message, ...]:
    """A prompt as text or messages, which ends where the completion begins.

    Raises: RowError for `prompt`.
    """
    messages = (
        messages_check(value, field="prompt")
        if isinstance(value, list)
        else user_prompt(text_check(value, field="prompt"))
    )
    if not messages[-1]["content"].strip():
        raise RowError("prompt is empty", field="prompt")
    if messages[-1]["role"] == "assistant":
        raise RowError("prompt ends with the assistant; expected it to end where the completion begins", field="prompt")
    size = sum(len(message["content"]) for message in messages)
    if size > MAX_TEXT:
        raise RowError(f"prompt has {size:,} characters; at most {MAX_TEXT:,} are allowed", field="prompt")
    return messages


def _text(value: object, field: str) -> str:
    text = text_check(value, field=field)
    if not text.strip():
        raise RowError(f"{field} is empty", field=field)
    if len(text) > MAX_TEXT:
        raise RowError(f"{field} has {len(text):,} characters; at most {MAX_TEXT:,} are allowed", field=field)
    return text
