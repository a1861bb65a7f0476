"""Which rows a step takes: a function of seed and step alone, so that a resumed run takes the same."""

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
