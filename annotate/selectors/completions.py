"""Completions with who wrote them: a policy, a policy in training, a person, or nobody known."""

from collections.abc import Iterable

from annotate.models import Comparison, Completion, PolicyCheckpoint
from annotate.types import ReadModel


class CheckpointRef(ReadModel):
    id: int
    run_id: int
    step: int


def checkpoint_ref(checkpoint: PolicyCheckpoint | None) -> CheckpointRef | None:
    """The checkpoint by its run and step."""
    if checkpoint is None:
        return None
    return CheckpointRef(id=checkpoint.pk, run_id=checkpoint.run_id, step=checkpoint.step)


def stored_ids(comparison: Comparison) -> list[int]:
    """The ids of what is compared, in stored order."""
    return [comparison.completion_a_id, comparison.completion_b_id, *comparison.more]


def completions_of(comparisons: Iterable[Comparison]) -> dict[int, Completion]:
    """Id → completion with its policy and its checkpoint, of all that is compared. One SQL statement at most."""
    ids = {pk for comparison in comparisons for pk in stored_ids(comparison)}
    written = Completion.objects.select_related("policy", "checkpoint")
    # A checkpoint keeps its samples of every panel prompt beside it.
    return written.defer("checkpoint__samples", "checkpoint__figures").in_bulk(ids) if ids else {}
