"""Parts of the preferences that a pair belongs to before anybody judges it."""

import numpy as np
import numpy.typing as npt

from rlhf_backend.data.preferences import Preferences


def slice_names(preferences: Preferences) -> list[list[str]]:
    """Of each preference, `tag: …` for every tag of its prompt and `source: …` for the kind of comparison. (n)"""
    return [
        [f"tag: {tag}" for tag in sorted(set(detail.tags))] + ([f"source: {detail.source}"] if detail.source else [])
        if detail is not None
        else []
        for detail in preferences.details
    ]


def slice_rows(preferences: Preferences) -> dict[str, npt.NDArray[np.bool_]]:
    """Part → which preferences belong to it. (n,)"""
    rows: dict[str, npt.NDArray[np.bool_]] = {}
    for i, names in enumerate(slice_names(preferences)):
        for name in names:
            rows.setdefault(name, np.zeros(len(preferences), dtype=np.bool_))[i] = True
    return rows
