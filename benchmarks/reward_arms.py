"""The trainers of `benchmarks.reward`, each in a process of its own: python -m benchmarks.reward_arms ARM DIRECTORY

DIRECTORY holds `model/`, `comparisons.jsonl` and `plan.json`. Both train on the same token ids, in batches of 16 pairs.
"""

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"

import torch

from benchmarks.lockstep import Gate
from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.observations import feedback_of
from rlhf_backend.data.preferences import Preferences
from rlhf_backend.events import EventLog
from rlhf_backend.models.features import FeatureReader, hidden_state_readout
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.recipes.reward_material import encode_preferences
from rlhf_backend.recipes.reward_network import RewardNetwork
from rlhf_backend.recipes.reward_objective import Objective, fresh_heads
from rlhf_backend.recipes.reward_steps import FeedbackSteps, TrainingSet
from rlhf_backend.recipes.training_loop import Metrics, train_steps
from rlhf_backend.run import Run
from rlhf_backend.stop import StopRequest
from rlhf_backend.types import ComparisonRow

_TUNED = {
    "bf16": True,
    "gradient_checkpointing": False,
    "train_sampling_strategy": "group_by_length",
    "remove_unused_columns": False,
}
TRL_ARMS: dict[str, tuple[str, dict[str, Any]]] = {
    "trl": ("sdpa", _TUNED),
    "trl_eager": ("eager", _TUNED),
    "trl_default": ("sdpa", {}),
}
"""Attention of the model, and what is changed of TRL's settings."""
ARMS = ("ours", *TRL_ARMS)
NEVER = 10**9


def read_pairs(directory: Path) -> tuple[FeatureReader, RewardModelConfig, Preferences, list[Dialogue]]:
    """Reader, settings, preferences and their dialogues as the product reads them."""
    plan = json.loads((directory / "plan.json").read_text())
    config = RewardModelConfig.model_validate(plan["config"])
    backbone = load_backbone(str(directory / "model"), warn=lambda _: None, dtype=torch.float32)
    reader = FeatureReader(backbone, hidden_state_readout(backbone.network.config.hidden_size), config.max_tokens)
    rows = read_rows(directory / "comparisons.jsonl", ComparisonRow)
    preferences, dialogues, _ = encode_preferences(rows, reader, config)
    return reader, config, preferences, dialogues


def network_of(
    reader: FeatureReader, config: RewardModelConfig, training: TrainingSet, *, share_prompts: bool = True
) -> RewardNetwork:
    """The product's network with random heads, always the same."""
    torch.manual_seed(0)
    weight = torch.randn(config.heads, len(reader.readout.names)) * len(reader.readout.names) ** -0.5
    return RewardNetwork(reader, fresh_heads(weight, training.feedback), lora=False, share_prompts=share_prompts)


def training_of(
    reader: FeatureReader, config: RewardModelConfig, preferences: Preferences, dialogues: list[Dialogue]
) -> TrainingSet:
    """The comparisons as the product trains on them."""
    feedback, _ = feedback_of(preferences, config, locate=reader.backbone.codec.completion_tokens)
    return TrainingSet(preferences, dialogues, feedback, Objective(config.ties, 0.0), 1.0)


def train_ours(directory: Path, gate: Gate, *, passes: int) -> dict[str, Any]:
    """The product's own steps: network, batches, loss, loop."""
    for _ in range(passes):
        reader, config, preferences, dialogues = read_pairs(directory)
        training = training_of(reader, config, preferences, dialogues)
        network = network_of(reader, config, training)
        steps = FeedbackSteps(config, 0, network, training)
        gate.pass_begins()

        def gradient_step(step: int, steps: FeedbackSteps = steps) -> Metrics:
            gate.step_begins()
            return steps.gradient_step(step)

        with tempfile.TemporaryDirectory() as root:
            run = Run(Path(root), 0, EventLog(Path(root) / "events.jsonl"), StopRequest(Path(root)))
            # Neither side writes checkpoints.
            train_steps(run, network, replace(steps.schedule, checkpoint_every=NEVER), gradient_step)
        gate.pass_ends()
    return {"parameters": sum(p.numel() for p in network.parameters())}


def train_trl(directory: Path, gate: Gate, arm: str, *, passes: int) -> dict[str, Any]:
    """TRL's RewardTrainer on the same ids."""
    from datasets import Dataset  # type: ignore[import-untyped]
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, TrainerCallback
    from trl import RewardConfig, RewardTrainer

    class Steps(TrainerCallback):  # type: ignore[misc]
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            gate.step_begins()

    attention, options = TRL_ARMS[arm]
    _, config, preferences, dialogues = read_pairs(directory)
    sides = [[*d.prompt, *d.completion] for d in dialogues]
    pairs = zip(sides[0::2], sides[1::2], preferences.targets, strict=True)
    rows = [
        {"chosen_ids": a if target == 1 else b, "rejected_ids": b if target == 1 else a, "length": max(len(a), len(b))}
        for a, b, target in pairs
    ]
    if "train_sampling_strategy" not in options:
        rows = [{name: row[name] for name in ("chosen_ids", "rejected_ids")} for row in rows]
    for _ in range(passes):
        with tempfile.TemporaryDirectory() as root:
            trainer = RewardTrainer(
                model=AutoModelForSequenceClassification.from_pretrained(
                    directory / "model", dtype=torch.float32, attn_implementation=attention
                ),
                args=RewardConfig(
                    output_dir=root,
                    per_device_train_batch_size=config.batch_size,
                    num_train_epochs=config.epochs,
                    learning_rate=config.learning_rate,
                    save_strategy="no",
                    report_to="none",
                    disable_tqdm=True,
                    use_cpu=not torch.cuda.is_available(),
                    **options,
                ),
                train_dataset=Dataset.from_list(rows),
                processing_class=AutoTokenizer.from_pretrained(directory / "model"),
                callbacks=[Steps()],
            )
            gate.pass_begins()
            trainer.train()
        gate.pass_ends()
    return {"parameters": sum(p.numel() for p in trainer.model.parameters())}


def main() -> None:
    arm, directory = sys.argv[1], Path(sys.argv[2])
    plan = json.loads((directory / "plan.json").read_text())
    torch.set_num_threads(plan["threads"])
    torch.manual_seed(0)
    gate = Gate(torch.cuda.synchronize if torch.cuda.is_available() else lambda: None)
    if arm == "ours":
        facts = train_ours(directory, gate, passes=plan["passes"])
    else:
        facts = train_trl(directory, gate, arm, passes=plan["passes"])
    gate.finish(**facts)


if __name__ == "__main__":
    main()
