"""Checkpoints of any tuning runs of a project side by side, with what they answer to the same prompts."""

from collections import defaultdict
from collections.abc import Sequence

from pydantic import Field

from annotate.errors import invalid
from annotate.models import PolicyCheckpoint, Project, Prompt
from annotate.selectors.checkpoints import CheckpointOut, checkpoint_fields
from annotate.selectors.rounds import RoundRef
from annotate.types import ReadModel
from rlhf_backend.policy_config import PolicyMethod
from rlhf_backend.types import Message

COMPARED_MOST = 8
"""More columns than this fit on no screen."""
PROMPTS_MOST = 100


class ComparedCheckpoint(CheckpointOut):
    """A checkpoint beside others, with the run that it belongs to."""

    run_id: int
    round: RoundRef | None
    method: PolicyMethod
    seed: int


class CheckpointSample(ReadModel):
    checkpoint_id: int
    texts: list[str] = Field(description="The completions of the prompt that the monitor saw.")
    reward: float | None = Field(description="Their mean reward.")


class PromptSamples(ReadModel):
    """What each checkpoint answers to the same prompt, in the order asked for."""

    prompt_id: int
    messages: list[Message]
    samples: list[CheckpointSample]


class CheckpointComparisonOut(ReadModel):
    """`prompts` holds those that all of the checkpoints answered, at most 100."""

    checkpoints: list[ComparedCheckpoint]
    prompts: list[PromptSamples]


def checkpoints_compare(*, project: Project, ids: Sequence[int]) -> CheckpointComparisonOut:
    """Checkpoints of any runs of the project beside each other, in the order of `ids`.

    Raises: AnnotateError 400: none or too many are named, or one is not of this project.
    """
    wanted = list(dict.fromkeys(ids))
    if not 1 <= len(wanted) <= COMPARED_MOST:
        raise invalid("checkpoints", f"{len(wanted)} are named; name between 1 and {COMPARED_MOST} of the project")
    found = PolicyCheckpoint.objects.filter(run__project=project, pk__in=wanted)
    by_id = {row.pk: row for row in found.select_related("run__round", "run__project", "model_version")}
    if missing := [pk for pk in wanted if pk not in by_id]:
        raise invalid("checkpoints", f"no checkpoint {missing[0]} in this project")
    rows = [by_id[pk] for pk in wanted]
    return CheckpointComparisonOut(
        checkpoints=[_compared(row, fields) for row, fields in zip(rows, checkpoint_fields(rows), strict=True)],
        prompts=_prompt_samples(rows),
    )


def _compared(row: PolicyCheckpoint, fields: dict[str, object]) -> ComparedCheckpoint:
    run = row.run
    return ComparedCheckpoint.model_validate(
        {
            **fields,
            "run_id": run.pk,
            "round": RoundRef(id=run.round.pk, number=run.round.number) if run.round else None,
            "method": run.job["config"]["method"],
            "seed": run.seed,
        }
    )


def _prompt_samples(rows: Sequence[PolicyCheckpoint]) -> list[PromptSamples]:
    answers = [_by_prompt(row) for row in rows]
    shared = set.intersection(*(set(each) for each in answers))
    prompts = Prompt.objects.in_bulk(sorted(shared)[:PROMPTS_MOST])
    return [
        PromptSamples(
            prompt_id=pk,
            messages=[Message.model_validate(message) for message in prompt.messages],
            samples=[_sample(row.pk, answer[pk]) for row, answer in zip(rows, answers, strict=True)],
        )
        for pk, prompt in sorted(prompts.items())
    ]


def _by_prompt(row: PolicyCheckpoint) -> dict[int, list[dict[str, object]]]:
    found: dict[int, list[dict[str, object]]] = defaultdict(list)
    for sample in row.samples:
        found[sample["prompt_id"]].append(sample)
    return found


def _sample(checkpoint_id: int, rows: list[dict[str, object]]) -> CheckpointSample:
    rewards = [float(str(row["reward"])) for row in rows if row.get("reward") is not None]
    return CheckpointSample(
        checkpoint_id=checkpoint_id,
        texts=[str(row["text"]) for row in rows],
        reward=sum(rewards) / len(rewards) if rewards else None,
    )
