"""Tuning as the fake engine does it: looks of the monitor with samples and weights, a pause, an end by an admin."""

import json
import time
from pathlib import Path
from typing import Any

from rlhf_backend.config import JobFile
from rlhf_backend.durable import replaced_directory
from rlhf_backend.tuning_sections import FiredRule
from rlhf_backend.types import CompletionRow
from tests.annotate.reports import checkpoint_figures, fired_rule


def tune(directory: Path, job: JobFile, script: dict[str, Any], events: Any) -> list[FiredRule]:
    """Look at the policy at the steps of `script["looks"]` that are not done; the rules that pause it now.

    At each step of `script["fire"]` the named rules fire. Everything but the events is written once.
    """
    fire = {int(step): tuple(rules) for step, rules in script.get("fire", {}).items()}
    for step in script.get("looks", []):
        panel = directory / "panel" / f"step-{step:08d}.jsonl"
        if panel.exists():
            continue
        _look(directory, job, step, panel)
        figures = checkpoint_figures(step=step, fired=fire.get(step, ()))
        events.write(json.dumps({"type": "checkpoint", "at": time.time(), "figures": figures}) + "\n")
        events.flush()
        if paused := [rule for rule in fire.get(step, ()) if rule not in job.accepted_rules]:
            return [fired_rule(rule) for rule in paused]
    return []


def policy_at(directory: Path, step: int) -> Path:
    return directory / "policies" / f"step-{step:08d}"


def _look(directory: Path, job: JobFile, step: int, panel: Path) -> None:
    prompts = [json.loads(line) for line in (directory / "inputs" / "panel_prompts.jsonl").read_text().splitlines()]
    rows = [_sample(prompt["id"], step, job.seed) for prompt in prompts]
    if step:
        with replaced_directory(policy_at(directory, step)) as part:
            (part / "config.json").write_text("{}")
            (part / "model.safetensors").write_bytes(f"weights at {step}".encode())
    panel.parent.mkdir(exist_ok=True)
    panel.write_text("".join(row.model_dump_json() + "\n" for row in rows))


def _sample(prompt_id: int, step: int, seed: int) -> CompletionRow:
    # The first prompt is answered the same at every step; a NUL stands in each text.
    text = f"Step {step if prompt_id % 3 else 0} to {prompt_id}.\0"
    return CompletionRow(
        prompt_id=prompt_id, index=0, text=text, tokens=5, ended=True, logprob=-3.0, ref_logprob=-3.5, seed=seed % 1000,
        reward=0.1 * step, reward_sd=0.2, reward_ood=0.3, head_rewards=[0.5, 0.25],
    )  # fmt: skip
