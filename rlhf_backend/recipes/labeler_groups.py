"""Whether one reward does justice to all labelers, as a section of the report.

Averaging over people who want different things misspecifies the reward (RLHF Deciphered, arXiv:2404.08555, §5.1).
"""

from dataclasses import replace

import numpy as np

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.recipes.reward_head import linear_verdicts
from rlhf_backend.recipes.reward_material import Material
from rlhf_backend.reward_sections import LabelerInGroup, LatentGroups
from rlhf_backend.stats.latent_groups import two_groups

ALARM_NATS = 0.02
_NOBODY = -1


def labeler_groups(material: Material, config: RewardModelConfig, *, precision: float) -> LatentGroups | None:
    """One group of labelers against two, by linear rewards on the frozen features; None with too few of them.

    Asked of the verdicts as they were given: weights by reliability would hide what is looked for.
    """
    preferences = material.preferences
    known = np.array([row.annotator is not None for row in preferences.rows]) & preferences.given
    labelers = np.array([_NOBODY if row.annotator is None else row.annotator for row in preferences.rows])
    verdicts = linear_verdicts(material.features, preferences, config)
    verdicts = replace(verdicts, targets=preferences.said, weights=preferences.given_weights)
    found = two_groups(verdicts.rows(known), labelers[known], preferences.groups[known], precision=precision)
    if found is None:
        return None
    alarm = found.gain.low > 0 and found.gain.value > ALARM_NATS
    second = int((found.share_second > 0.5).sum())
    return LatentGroups(
        gain=found.gain,
        apart=found.apart,
        labelers=[
            LabelerInGroup(annotator=int(labeler), share_second=float(share))
            for labeler, share in zip(found.labelers, found.share_second, strict=True)
        ],
        alarm=alarm,
        says=(
            f"Two rewards foretell the verdicts better than one: {len(found.labelers) - second} and {second} labelers "
            f"want different things on {found.apart:.0%} of the pairs. Decide whose wish counts where before averaging."
            if alarm
            else f"One reward foretells the verdicts of {len(found.labelers)} labelers as well as two would."
        ),
    )
