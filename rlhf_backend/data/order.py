"""Which rows and which random numbers a step takes: functions of the run's seed and the step alone.

So a resumed run goes on as the uninterrupted one would have, without any state of a generator being kept.
"""

from collections.abc import Sequence

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


def epoch_batches(lengths: Sequence[int], *, batch_size: int, epoch: int, seed: int) -> list[list[int]]:
    """Every index once, in batches of similar length, both in random order: a function of seed and epoch.

    Only within stretches of 16 batches are indices sorted by length: padding is saved, and batches still differ from
    epoch to epoch.
    """
    rng = np.random.default_rng([seed, epoch])
    shuffled = rng.permutation(len(lengths)).tolist()
    stretch = 16 * batch_size
    batches = []
    for start in range(0, len(shuffled), stretch):
        ordered = sorted(shuffled[start : start + stretch], key=lambda i: lengths[i])
        batches += [ordered[i : i + batch_size] for i in range(0, len(ordered), batch_size)]
    return [batches[i] for i in rng.permutation(len(batches))]
