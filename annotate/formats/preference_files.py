"""Every format of preference pairs and demonstrations that is read: which one a record has, and what it holds."""

from collections.abc import Callable, Iterator
from typing import Literal

from annotate.formats.demonstrations import demonstration_parse, looks_like_demonstration
from annotate.formats.hh_rlhf import hh_rlhf_parse, looks_like_hh_rlhf
from annotate.formats.instruction_pairs import llmbar_parse, looks_like_llmbar, looks_like_pandalm, pandalm_parse
from annotate.formats.oasst import looks_like_oasst, oasst_parse
from annotate.formats.rows import DemonstrationFileRow, PreferenceRow, Rejected, RowError
from annotate.formats.sharegpt import looks_like_sharegpt, sharegpt_parse
from annotate.formats.trl import trl_parse

PreferenceFormat = Literal["demonstrations", "hh-rlhf", "llmbar", "oasst", "pandalm", "sharegpt", "trl"]

FileRow = PreferenceRow | DemonstrationFileRow

_LOOKS: dict[PreferenceFormat, Callable[[object], bool]] = {
    "hh-rlhf": looks_like_hh_rlhf,
    "oasst": looks_like_oasst,
    "pandalm": looks_like_pandalm,
    "llmbar": looks_like_llmbar,
    "sharegpt": looks_like_sharegpt,
    "demonstrations": looks_like_demonstration,
}
_SINGLE: dict[PreferenceFormat, Callable[..., PreferenceRow | DemonstrationFileRow]] = {
    "demonstrations": demonstration_parse,
    "hh-rlhf": hh_rlhf_parse,
    "pandalm": pandalm_parse,
    "llmbar": llmbar_parse,
    "sharegpt": sharegpt_parse,
    "trl": trl_parse,
}


def format_of(record: object) -> PreferenceFormat:
    """The format that a record looks like; TRL's, the plainest, where it looks like no other."""
    return next((name for name, looks in _LOOKS.items() if looks(record)), "trl")


def preferences_parse(record: object, *, row: int, format: PreferenceFormat) -> Iterator[FileRow | Rejected]:
    """What one record holds: a pair, a demonstration, of a tree as many pairs as it has. What cannot be used comes as
    rejected.
    """
    try:
        if format == "oasst":
            yield from oasst_parse(record, row=row)
        else:
            yield _SINGLE[format](record, row=row)
    except RowError as error:
        yield Rejected(row, str(error), error.field)
