"""Pairs that a reward model labeled itself: kept beside it, and put in their place in the queue."""

from collections.abc import Iterable

from annotate.models import Comparison, ModelVersion, SelfLabel
from annotate.services.pair_standing import DEMOTED_PRIORITY, NORMAL_PRIORITY
from annotate.services.priorities import priority_set
from rlhf_backend.types import SelfLabelRow

AUDITED_PRIORITY = 5
"""Before ordinary pairs, behind the panel: labelers judge them soon and see nothing special in them."""
SELF_LABELED_PRIORITY = -20
"""Behind everything: what the reward model is sure of can wait for what it is not."""
_OURS = (NORMAL_PRIORITY, DEMOTED_PRIORITY, AUDITED_PRIORITY, SELF_LABELED_PRIORITY)


def self_labels_store(*, version: ModelVersion, rows: Iterable[SelfLabelRow]) -> int:
    """Keep the self-labels of a new reward model and order the queue by them; how many.

    Audited pairs come soon; the others wait behind all that the reward model was less sure of. Pairs that an earlier
    reward model had labeled and this one does not are ordinary again. A priority that an admin set stays as it is.
    Call it in the transaction that creates the version.
    """
    labels = [SelfLabel(reward_model=version, **dict(row)) for row in rows]
    SelfLabel.objects.bulk_create(labels, batch_size=2000)
    ours = Comparison.objects.filter(project=version.project, priority__in=_OURS)
    before = ours.filter(priority__in=(AUDITED_PRIORITY, SELF_LABELED_PRIORITY))
    priority_set(comparisons=before.exclude(self_labels__reward_model=version), priority=DEMOTED_PRIORITY)
    for audit, priority in ((True, AUDITED_PRIORITY), (False, SELF_LABELED_PRIORITY)):
        labeled = [label.comparison_id for label in labels if label.audit == audit]
        priority_set(comparisons=ours.filter(pk__in=labeled), priority=priority)
    return len(labels)
