"""Completions to choose among, for tests of what is asked next."""

import numpy as np

from rlhf_backend.stats.candidates import Candidate


def candidates(prompts: int, each: int, rng: np.random.Generator, *, scored: bool = True) -> list[Candidate]:
    """`each` completions of every prompt, with ids of 100 times its own and on; rewards by chance."""
    return [
        Candidate(p, p * 100 + k, float(rng.normal()) if scored else None, float(rng.random()) if scored else None)
        for p in range(prompts)
        for k in range(each)
    ]
