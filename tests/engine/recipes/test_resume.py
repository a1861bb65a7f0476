"""A run that was interrupted and run again tells the same story as one that was not."""

from pathlib import Path
from typing import Any

import pytest

from rlhf_backend.errors import RunInterrupted
from rlhf_backend.runtime import _recipe, execute, prepare_process, read_job
from tests.engine.tiny import StopAfter, comparisons, metrics_of, open_run, prompts, result_of, write_run


def rloo_job(llama_dir: Path, reward_model_dir: Path, **changes: Any) -> dict[str, Any]:
    config = {"steps": 5, "prompts_per_step": 3, "samples_per_prompt": 2, "max_new_tokens": 12, "checkpoint_every": 2}
    return {
        "kind": "policy",
        "config": {"method": "rloo"} | config | changes,
        "policy": str(llama_dir),
        "reference": str(llama_dir),
        "reward_model": str(reward_model_dir),
    }


def dpo_job(llama_dir: Path, **changes: Any) -> dict[str, Any]:
    config = {"method": "dpo", "steps": 5, "prompts_per_step": 4, "max_new_tokens": 8, "checkpoint_every": 2}
    return {"kind": "policy", "config": config | changes, "policy": str(llama_dir), "reference": str(llama_dir)}


def preference_job(llama_dir: Path, reward_model_dir: Path, method: str, **changes: Any) -> dict[str, Any]:
    """A job of a method that learns from preferences or examples, with everything that any of them needs."""
    return dpo_job(llama_dir, method=method, samples_per_prompt=3, **changes) | {"reward_model": str(reward_model_dir)}


def flags(count: int) -> list[dict[str, Any]]:
    """Details of `comparisons`: every third completion a is unsafe, and every fifth b."""
    marked = [{0: ["unsafe"] if i % 3 == 0 else [], 1: ["unsafe"] if i % 5 == 0 else []} for i in range(count)]
    return [{"id": i, "flags": flags} for i, flags in enumerate(marked)]


def full_job(judge_dir: Path, trainable: str, reward_model_dir: Path) -> dict[str, Any]:
    config = {"trainable": trainable, "heads": 2, "batch_size": 8, "epochs": 1, "learning_rate": 0.01}
    models = {"backbone": str(judge_dir), "predecessor": str(reward_model_dir)}
    return {"kind": "reward_model", "config": config, **models}


def interrupt(directory: Path, *, after: int) -> None:
    """Run the recipe of a directory until `after` steps are done, as a SIGTERM would end it."""
    job_file = read_job(directory)
    prepare_process(job_file)
    run = open_run(directory, stop=StopAfter(directory, after))
    with pytest.raises(RunInterrupted, match=f"after step {after}"):
        _recipe(run, job_file.job)


PREFERENCE_METHODS = ["sft", "best_of_n", "ipo", "bfpo", "online_dpo", "xpo"]


@pytest.mark.parametrize(
    "name", ["rloo", "rloo lora", "dpo", "full", "lora", *PREFERENCE_METHODS, "bfpo selective lora", "xpo lora"]
)
@pytest.mark.parametrize("after", [1, 3])
def test_losses_after_a_resume_are_bit_identical(
    name: str, after: int, llama_dir: Path, judge_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    jobs = {
        "rloo": rloo_job(llama_dir, reward_model_dir),
        "rloo lora": rloo_job(llama_dir, reward_model_dir, lora_rank=2),
        "dpo": dpo_job(llama_dir),
        "full": full_job(judge_dir, "full", reward_model_dir),
        "lora": full_job(judge_dir, "lora", reward_model_dir),
        "bfpo selective lora": preference_job(llama_dir, reward_model_dir, "bfpo", selective=True, lora_rank=2),
        "xpo lora": preference_job(llama_dir, reward_model_dir, "xpo", judge_by="sample", lora_rank=2),
    } | {method: preference_job(llama_dir, reward_model_dir, method) for method in PREFERENCE_METHODS}
    inputs = {"comparisons": comparisons(40, prompts=25), "prompts": prompts(7)}
    if name.startswith("bfpo"):
        inputs["details"] = flags(40)
    whole, broken = (write_run(tmp_path / part, jobs[name], seed=3, **inputs) for part in ("whole", "broken"))
    assert execute(whole) == 0
    interrupt(broken, after=after)
    assert not (broken / "result.json").exists()
    assert execute(broken) == 0
    assert metrics_of(broken) == metrics_of(whole)
    is_policy = jobs[name]["kind"] == "policy"
    reward_files = ["model/heads.safetensors", "model/backbone/model.safetensors", "effects.jsonl"]
    reward_files += ["model/adapters.safetensors"] if name == "lora" else []
    files = ["model/model.safetensors"] if is_policy else reward_files
    for file in files:
        assert (broken / file).read_bytes() == (whole / file).read_bytes()
    assert result_of(broken).status == "done"
