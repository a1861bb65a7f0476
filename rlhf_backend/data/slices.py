"""Parts of the preferences that a pair belongs to before anybody judges it."""

from collections.abc import Sequence

import numpy as np

from rlhf_backend.data.preferences import Flags, Preferences


def slice_names(preferences: Preferences) -> list[list[str]]:
    """Of each preference, `tag: …` for every tag of its prompt and `source: …` for the kind of comparison. (n)"""
    return [
        [f"tag: {tag}" for tag in sorted(set(detail.tags))] + ([f"source: {detail.source}"] if detail.source else [])
        if detail is not None
        else []
        for detail in preferences.details
    ]


def slice_rows(preferences: Preferences) -> dict[str, Flags]:
    """Part → which preferences belong to it. (n,)"""
    return rows_by_name(slice_names(preferences))


def rows_by_name(names: Sequence[Sequence[str]]) -> dict[str, Flags]:
    """Name → rows that have it, in the order in which names appear. (n,)"""
    rows: dict[str, list[int]] = {}
    for i, each in enumerate(names):
        for name in each:
            rows.setdefault(name, []).append(i)
    flags = {}
    for name, index in rows.items():
        flags[name] = np.zeros(len(names), dtype=np.bool_)
        flags[name][index] = True
    return flags
