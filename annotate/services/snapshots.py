"""Freezing the preferences that a round trains on."""

from annotate.models import Project, Snapshot
from annotate.selectors.snapshots import Usable, snapshot_sha256


def snapshot_take(*, project: Project, usable: Usable) -> Snapshot:
    """The snapshot of these preferences; the same content is the same snapshot."""
    snapshot, _ = Snapshot.objects.get_or_create(
        project=project,
        sha256=snapshot_sha256(preference_ids=usable.ids, soft_labels=usable.soft_labels),
        defaults={
            "preference_ids": usable.ids,
            "soft_labels": usable.soft_labels,
            "excluded": usable.excluded,
        },
    )
    return snapshot
