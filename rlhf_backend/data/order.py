"""Which rows and which random numbers a step takes: functions of the run's seed and the step alone.

So a resumed run goes on as the uninterrupted one would have, without any state of a generator being kept.
"""

import numpy as np


def step_rows(count: int, *, per_step: int, step: int, seed: int) -> list[int]:
    """Indices of step `step` (from 0): the rows are passed over in epochs, each in its own random order.

    A step that reaches over the end of an epoch goes on with the next. Fewer rows than `per_step` appear repeatedly.
    Raises: ValueError: there are no rows.
    """
    if count < 1:
        raise ValueError("no rows to take a step on")
    first = step * per_step
    orders: dict[int, list[int]] = {}
    rows = []
    for position in range(first, first + per_step):
        epoch, offset = divmod(position, count)
        if epoch not in orders:
            orders[epoch] = np.random.default_rng([seed, epoch]).permutation(count).tolist()
        rows.append(orders[epoch][offset])
    return rows


def derived_seed(seed: int, *place: int) -> int:
    """A seed of its own for each place (step, prompt …) in a run, below 2^63."""
    state = np.random.SeedSequence([seed, *place]).generate_state(1, np.uint64)
    return int(state[0] >> np.uint64(1))
