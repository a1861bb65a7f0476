"""Completions by people that are worth imitating, and a step towards them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import stream_rows
from rlhf_backend.data.preferences import Preferences, prompt_key, usable_preferences
from rlhf_backend.distributed import added
from rlhf_backend.errors import DataError
from rlhf_backend.models.device import device
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.scoring import score_completions
from rlhf_backend.ops.imitation_losses import imitation_loss
from rlhf_backend.recipes.preference_tuning import backward_parts
from rlhf_backend.run import Run
from rlhf_backend.types import ComparisonRow, DemonstrationRow, Message


@dataclass(frozen=True)
class Examples:
    """Completions with weights; prompts: the same number for the same prompt. (n,) each"""

    dialogues: list[Dialogue]
    weights: list[float]
    prompts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.dialogues)


@dataclass(frozen=True)
class _Example:
    prompt: list[Message]
    completion: str
    weight: float


def read_examples(run: Run, policy: TunedPolicy) -> Examples:
    """Demonstrations, and the completions that verdicts chose, corrections among them.

    A completion weighs as much as its demonstrations and the verdicts for it together. One that its own preference
    chose over some and placed below others (the middle of a ranking, either half of a soft label) is none.
    Raises: DataError: there is nothing to imitate.
    """
    path = run.input("demonstrations.jsonl")
    demonstrations = list(stream_rows(path, DemonstrationRow)) if path.is_file() else []
    path = run.input("comparisons.jsonl")
    preferences, excluded = usable_preferences(
        list(stream_rows(path, ComparisonRow)) if path.is_file() else [], margin_per_strength=0.0
    )
    examples = [_Example(row.prompt, row.completion, row.weight) for row in demonstrations]
    shown = {(row.id, row.completion) for row in demonstrations}
    kept = _encode(_merged([*examples, *_chosen(preferences, shown)], excluded), policy, excluded)
    if excluded:
        run.events.warn("left out: " + ", ".join(f"{n} {reason}" for reason, n in excluded.items()))
    if not kept.dialogues:
        raise DataError(
            f"nothing to imitate: {len(demonstrations)} demonstrations and {len(preferences)} usable preferences, "
            "none of which chooses a completion. Import demonstrations, or label more comparisons, and start again"
        )
    return kept


def imitate(
    policy: TunedPolicy, dialogues: Sequence[Dialogue], weights: Sequence[float], *, scale: float = 1.0
) -> float:
    """Add the gradient of `scale` × the mean loss of these completions to the policy's; the loss, nats per token."""
    tokens = sum(weight * len(d.completion) for weight, d in zip(weights, dialogues, strict=True))
    loss, pad_id = 0.0, policy.language_model.codec.pad_id
    for index in backward_parts([len(dialogue) for dialogue in dialogues], policy.scorer, pad_id=pad_id):
        scores = score_completions(policy.scorer, [dialogues[i] for i in index], pad_id=pad_id)
        of_part = torch.tensor([weights[i] for i in index], device=device())
        part = imitation_loss(scores.logprobs, of_part, tokens=tokens)
        (scale * part).backward()  # type: ignore[no-untyped-call]
        loss += float(part.detach())
    return added(loss)


def _chosen(preferences: Preferences, shown: Collection[tuple[int, str]]) -> list[_Example]:
    """The completions that decided verdicts chose and that the same preference rejected nowhere.

    shown: preferences and completions that are demonstrations already, as corrections are.
    """
    sides = [
        (unit, row, row.completion_a, row.completion_b)
        if row.verdict == "a"
        else (unit, row, row.completion_b, row.completion_a)
        for unit, row, decided in zip(preferences.units, preferences.rows, preferences.decided, strict=True)
        if decided
    ]
    rejected = {(unit, text) for unit, _, _, text in sides}
    return [
        _Example(row.prompt, text, row.weight)
        for unit, row, text, _ in sides
        if (unit, text) not in rejected and (row.id, text) not in shown
    ]


def _merged(examples: Iterable[_Example], excluded: Counter[str]) -> list[_Example]:
    """Equal completions of equal prompts as one, with their weights added; empty ones and weights of 0 left out."""
    merged: dict[tuple[str, str], _Example] = {}
    for example in examples:
        if not example.completion.strip():
            excluded["empty completion"] += 1
        elif example.weight == 0:
            excluded["weight 0"] += 1
        elif not any(message.content.strip() for message in example.prompt):
            excluded["empty prompt"] += 1
        else:
            key = (prompt_key(example.prompt), example.completion)
            weight = merged[key].weight if key in merged else 0.0
            merged[key] = _Example(example.prompt, example.completion, weight + example.weight)
    return list(merged.values())


def _encode(examples: Sequence[_Example], policy: TunedPolicy, excluded: Counter[str]) -> Examples:
    codec, context = policy.language_model.codec, policy.language_model.context
    dialogues, weights, numbers = [], [], []
    seen: dict[str, int] = {}
    for example in examples:
        completion = codec.encode_completion(example.completion)
        room = context - len(completion)
        if room < 1:
            excluded["completion longer than the context"] += 1
            continue
        dialogues.append(Dialogue(codec.encode_prompt(example.prompt, max_tokens=room), completion))
        weights.append(example.weight)
        numbers.append(seen.setdefault(prompt_key(example.prompt), len(seen)))
    return Examples(dialogues, weights, np.array(numbers, dtype=np.int64))
