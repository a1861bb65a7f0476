"""Supervised fine-tuning: what is imitated, how much it weighs, and what is held out."""

from pathlib import Path
from typing import Any

import pytest

from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.recipes.imitation import read_examples
from rlhf_backend.runtime import execute
from tests.engine.recipes.test_preference_methods import LEARNING, USER, failure, logged
from tests.engine.recipes.test_resume import preference_job
from tests.engine.tiny import metrics_of, open_run, result_of, write_run


def test_demonstrations_alone_are_enough_and_are_learned(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    rows = [
        {"id": i, "prompt": [{"role": "user", "content": f"say {i}"}], "completion": "aeae" * (1 + i % 3)}
        for i in range(25)
    ]
    job = preference_job(llama_dir, reward_model_dir, "sft", **LEARNING) | {"monitor": {"every": 10}}
    run = write_run(tmp_path / "run", job, demonstrations=rows)
    assert execute(run) == 0
    assert result_of(run).status == "done"
    metrics = metrics_of(run)
    assert [step for step in metrics if "held_out/perplexity" in metrics[step]] == [1, 11, 21]
    assert metrics[21]["held_out/perplexity"] < 0.2 * metrics[1]["held_out/perplexity"]
    assert metrics[30]["train/loss"] < metrics[1]["train/loss"] - 1
    assert "held-out completions" in logged(run)


def test_nothing_to_imitate_is_refused(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    blank = [{"id": 0, "prompt": USER, "completion": "  "}, {"id": 1, "prompt": USER, "completion": "x", "weight": 0}]
    job = preference_job(llama_dir, reward_model_dir, "sft")
    code, message = failure(tmp_path / "run", job, demonstrations=blank)
    assert code == "data"
    assert "2 demonstrations and 0 usable preferences" in message
    assert "1 empty completion, 1 weight 0" in logged(tmp_path / "run")


def test_what_is_imitated_and_how_much_it_weighs(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    def pair(number: int, a: str, b: str, verdict: str, weight: float = 1.0) -> dict[str, Any]:
        texts = {"completion_a": a, "completion_b": b}
        return {"id": number, "prompt": USER, **texts, "verdict": verdict, "weight": weight}

    rows = [
        *(pair(0, *texts, "a", 2 / 3) for texts in (("best", "middle"), ("best", "worst"), ("middle", "worst"))),
        pair(1, "best", "worst", "a"),
        pair(2, "tied", "even", "tie"),
        pair(3, "half", "other", "a", 0.7),
        pair(3, "half", "other", "b", 0.3),
        pair(4, "corrected", "wrong", "a"),
    ]
    demonstrations = [
        {"id": 0, "prompt": USER, "completion": "shown", "weight": 2.5},
        {"id": 4, "prompt": USER, "completion": "corrected"},  # a correction is a demonstration and a verdict: one
    ]
    run = write_run(
        tmp_path / "run",
        preference_job(llama_dir, reward_model_dir, "sft"),
        comparisons=rows,
        demonstrations=demonstrations,
    )
    policy = TunedPolicy(str(llama_dir), lora_rank=0, warn=lambda _: None)
    examples = read_examples(open_run(run), policy)
    texts = [policy.language_model.codec.decode(dialogue.completion) for dialogue in examples.dialogues]
    assert dict(zip(texts, examples.weights, strict=True)) == pytest.approx(
        {"shown": 2.5, "corrected": 1, "best": 4 / 3 + 1}
    )
