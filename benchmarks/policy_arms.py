"""The trainers of `benchmarks.policy`, each in a process of its own: python -m benchmarks.policy_arms ARM DIRECTORY

DIRECTORY is what `policy_work.prepare` wrote. All start from the same model, with the same prompts or pairs.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"

import torch

from benchmarks.lockstep import Gate
from benchmarks.policy_work import TextReward, config_of, job_of, read_pairs, read_prompts, reward_of, tokens_of
from rlhf_backend.events import EventLog
from rlhf_backend.memory import keep_freed_memory
from rlhf_backend.models.rollout import sample_rollout
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.dpo import tune_directly
from rlhf_backend.recipes.policy_gradient import tune_by_policy_gradient
from rlhf_backend.run import Run
from rlhf_backend.stop import StopRequest
from rlhf_backend.types import MetricsEvent, Row

_TUNED = {"bf16": True, "gradient_checkpointing": False}
TRL_ARMS: dict[str, tuple[str, dict[str, Any]]] = {
    "trl": ("online", _TUNED),
    "trl_default": ("online", {}),
    "trl_dpo": ("dpo", _TUNED),
}
"""Which work, and what is changed of TRL's settings. Scaled-dot-product attention: the eager kind was no faster."""
ARMS = {"online": ("ours", "trl", "trl_default"), "dpo": ("ours_dpo", "trl_dpo")}


class Stopwatch:
    """Time spent in one function."""

    def __init__(self, settle: Callable[[], object]) -> None:
        self._settle, self.seconds = settle, 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            self._settle()
            began = time.perf_counter()
            found = function(*arguments, **options)
            self._settle()
            self.seconds += time.perf_counter() - began
            return found

        return timed


class GatedLog(EventLog):
    """Lets the product's loop take its steps when the others take theirs."""

    def __init__(self, path: Path, gate: Gate) -> None:
        super().__init__(path)
        self._gate = gate
        self.completion_tokens: list[float] = []

    def progress(self, phase: str, step: int, of: int) -> None:
        if phase == "policy":
            if step == 0:
                self._gate.pass_begins()
            if step < of:
                self._gate.step_begins()
            else:  # what comes behind the last step is no training
                self._gate.pass_ends()

    def _append(self, event: Row) -> None:
        if isinstance(event, MetricsEvent):
            self.completion_tokens.append(event.values.get("completion/tokens", 0.0))
        super()._append(event)


def train_ours(directory: Path, gate: Gate, work: str, *, passes: int) -> dict[str, Any]:
    """The product's own recipes from end to end, in which only the reward model is replaced."""
    keep_freed_memory()
    watch = Stopwatch(settle)
    tune = tune_by_policy_gradient if work == "online" else tune_directly
    for _ in range(passes):
        with tempfile.TemporaryDirectory() as root:
            (Path(root) / "inputs").symlink_to(directory / "inputs")
            log = GatedLog(Path(root) / "events.jsonl", gate)
            run = Run(Path(root), 0, log, StopRequest(Path(root)))
            with (
                patch("rlhf_backend.recipes.preference_tuning.load_reward_model", lambda *_, **__: TextReward()),
                patch("rlhf_backend.recipes.online.sample_rollout", watch.around(sample_rollout)),
            ):
                tune(run, job_of(directory, config_of(directory, work)))
    return {"tokens": tokens_of(directory, work, log.completion_tokens), "rollout_seconds": watch.seconds / passes}


def train_trl(directory: Path, gate: Gate, arm: str, *, passes: int) -> dict[str, Any]:
    """TRL's trainer on the same texts."""
    from transformers import TrainerCallback

    class Steps(TrainerCallback):  # type: ignore[misc]
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            gate.step_begins()

    work, options = TRL_ARMS[arm]
    watch = Stopwatch(settle)
    for _ in range(passes):
        with tempfile.TemporaryDirectory() as root:
            trainer = trl_trainer(directory, Path(root), work, options, callbacks=[Steps()])
            if work == "online":
                trainer._generate = watch.around(trainer._generate)
            gate.pass_begins()
            trainer.train()
        gate.pass_ends()
    tokens = max(entry.get("num_tokens", 0.0) for entry in trainer.state.log_history)
    return {"tokens": tokens, "rollout_seconds": watch.seconds / passes}


def trl_trainer(
    directory: Path, output: Path, work: str, options: dict[str, Any], *, callbacks: list[Any] | None = None
) -> Any:
    """TRL's trainer of the prepared work, ready to train."""
    config = config_of(directory, work)
    shared = {
        "output_dir": str(output),
        "max_steps": config.steps,
        "learning_rate": config.learning_rate,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "logging_steps": 1,
        "use_cpu": not torch.cuda.is_available(),
        **options,
    }
    build = _rloo_trainer if work == "online" else _dpo_trainer
    return build(directory, config, shared, callbacks or [])


def _rloo_trainer(directory: Path, config: PolicyConfig, shared: dict[str, Any], callbacks: list[Any]) -> Any:
    from datasets import Dataset  # type: ignore[import-untyped]
    from transformers import AutoTokenizer
    from trl import RLOOConfig, RLOOTrainer

    def rewards(completions: list[list[dict[str, str]]], **_: Any) -> list[float]:
        return [reward_of(completion[0]["content"]) for completion in completions]

    samples = config.prompts_per_step * config.samples_per_prompt
    rows = [{"prompt": [message.model_dump() for message in row.messages]} for row in read_prompts(directory)]
    return RLOOTrainer(
        model=str(directory / "model"),
        reward_funcs=rewards,
        args=RLOOConfig(
            beta=config.kl_coef or 0.0,
            num_generations=config.samples_per_prompt,
            per_device_train_batch_size=samples,
            generation_batch_size=samples,
            max_completion_length=config.max_new_tokens,
            temperature=config.temperature,
            model_init_kwargs={"dtype": "float32"},
            **shared,
        ),
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(directory / "model"),
        callbacks=callbacks,
    )


def _dpo_trainer(directory: Path, config: PolicyConfig, shared: dict[str, Any], callbacks: list[Any]) -> Any:
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import DPOConfig, DPOTrainer

    rows = []
    for row in read_pairs(directory):
        sides = [[{"role": "assistant", "content": text}] for text in (row.completion_a, row.completion_b)]
        chosen, rejected = sides if row.verdict == "a" else reversed(sides)
        prompt = [message.model_dump() for message in row.prompt]
        rows.append({"prompt": prompt, "chosen": chosen, "rejected": rejected})
    policy, reference = (
        AutoModelForCausalLM.from_pretrained(directory / "model", dtype=torch.float32) for _ in range(2)
    )
    return DPOTrainer(
        model=policy,
        ref_model=reference,
        args=DPOConfig(beta=config.dpo_beta, per_device_train_batch_size=config.prompts_per_step, **shared),
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(directory / "model"),
        callbacks=callbacks,
    )


def settle() -> None:
    """Wait for what an accelerator still does."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def main() -> None:
    arm, directory = sys.argv[1], Path(sys.argv[2])
    plan = json.loads((directory / "plan.json").read_text())
    torch.set_num_threads(plan["threads"])
    torch.manual_seed(0)
    gate = Gate(settle)
    if arm.startswith("ours"):
        facts = train_ours(directory, gate, "dpo" if arm == "ours_dpo" else "online", passes=plan["passes"])
    else:
        facts = train_trl(directory, gate, arm, passes=plan["passes"])
    if torch.cuda.is_available():
        facts["peak_gpu_mb"] = torch.cuda.max_memory_allocated() / 2**20
    gate.finish(**facts)


if __name__ == "__main__":
    main()
