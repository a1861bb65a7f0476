"""What a reward model made of the preferences it learned from, kept beside it."""

from collections.abc import Iterable
from itertools import islice

from annotate.models import ModelVersion, PreferenceEffect
from rlhf_backend.types import PreferenceEffectRow

_BATCH = 2000


def effects_store(*, version: ModelVersion, rows: Iterable[PreferenceEffectRow]) -> int:
    """Keep the effects of a new reward model; how many. Call it in the transaction that creates the version."""
    remaining, stored = iter(rows), 0
    while batch := list(islice(remaining, _BATCH)):
        PreferenceEffect.objects.bulk_create(PreferenceEffect(reward_model=version, **dict(row)) for row in batch)
        stored += len(batch)
    return stored
