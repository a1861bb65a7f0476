"""Test sets of judges: an instruction, two replies and what people said of them.

PandaLM: `{"instruction", "input", "response1", "response2", "annotator1", "annotator2", "annotator3"}`; annotators say
1, 2 or 0 for a tie, and what two of the three say counts. LLMBar: `{"input", "output_1", "output_2", "label"}`, label 1
or 2.
Sources: github.com/WeOpenML/PandaLM, github.com/princeton-nlp/LLMBar.
"""

from collections import Counter

from annotate.formats.rows import PreferenceRow, RowError, text_check, user_prompt

PANDALM_ANNOTATORS = ("annotator1", "annotator2", "annotator3")


def looks_like_pandalm(record: object) -> bool:
    return isinstance(record, dict) and {"instruction", "response1", "response2"} <= record.keys()


def looks_like_llmbar(record: object) -> bool:
    return isinstance(record, dict) and {"input", "output_1", "output_2"} <= record.keys()


def pandalm_parse(record: object, *, row: int) -> PreferenceRow:
    """The pair of one item, with the verdict of two annotators at least.

    Raises: RowError: wrong fields, an empty or equal response, no two annotators agree.
    """
    if not isinstance(record, dict):
        raise RowError("expected an object with 'instruction', 'response1' and 'response2'")
    instruction = text_check(record.get("instruction"), field="instruction")
    given = text_check(record.get("input") or "", field="input")
    verdicts = [_verdict(record.get(name), name, ties=True) for name in PANDALM_ANNOTATORS]
    verdict, votes = Counter(verdicts).most_common(1)[0]
    if votes < 2:
        raise RowError("no two of the three annotators agree", field="annotator1")
    prompt = f"{instruction}\n\n{given}" if given.strip() else instruction
    return _pair(row, (prompt, "instruction"), record, ("response1", "response2"), verdict)


def llmbar_parse(record: object, *, row: int) -> PreferenceRow:
    """The pair of one item.

    Raises: RowError: wrong fields, an empty or equal output, a label that is not 1 or 2.
    """
    if not isinstance(record, dict):
        raise RowError("expected an object with 'input', 'output_1', 'output_2' and 'label'")
    prompt = text_check(record.get("input"), field="input")
    verdict = _verdict(record.get("label"), "label", ties=False)
    return _pair(row, (prompt, "input"), record, ("output_1", "output_2"), verdict)


def _verdict(value: object, name: str, *, ties: bool) -> int:
    allowed = (0, 1, 2) if ties else (1, 2)
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise RowError(f"{name} is {value!r}; expected one of {', '.join(map(str, allowed))}", field=name)
    return value


def _pair(
    row: int, prompt: tuple[str, str], record: dict[str, object], names: tuple[str, str], verdict: int
) -> PreferenceRow:
    """The row of a prompt (text and field) and two fields of the record; verdict 0 is a tie."""
    text, field = prompt
    if not text.strip():
        raise RowError(f"{field} is empty", field=field)
    first, second = (text_check(record.get(name), field=name) for name in names)
    for name, completion in zip(names, (first, second), strict=True):
        if not completion.strip():
            raise RowError(f"{name} is empty", field=name)
    if first == second:
        raise RowError(f"{names[0]} and {names[1]} are identical", field=names[1])
    chosen, rejected = (second, first) if verdict == 2 else (first, second)
    return PreferenceRow(row, user_prompt(text), chosen, rejected, None if verdict == 0 else 1)
