"""A Hugging Face model from a local path goes the whole way through the engine's run directories.

Imitation, reward model (a head, then the whole backbone), RLOO with the monitor, samples: by a small random model of an
architecture that the engine has no decoder of its own for, without chat template and pad token, and by a real language
model where there is one.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPTNeoXConfig, GPTNeoXForCausalLM

from rlhf_backend.data.jsonl import stream_rows
from rlhf_backend.types import CompletionRow, PolicyReport, RewardModelReport, SamplingReport
from tests.engine.tiny import byte_tokenizer, comparisons, prompts, report_of, write_run
from tests.live.site import ROOT

REAL = Path(os.environ.get("PREFLOOP_TEST_DATA", ROOT.parent / "shared" / "data")) / "stories260K"
STARTS = ["Once upon a time", "Lily and Tom went to the", "There was a little dog", "One day, a girl named Sue"]
TUNED = {"steps": 2, "prompts_per_step": 3, "samples_per_prompt": 2, "max_new_tokens": 16, "learning_rate": 1e-3}
WATCHED = {"prompts": 2, "every": 1, "pause": False, "preflight_samples": 4}


def random_model(directory: Path) -> Path:
    torch.manual_seed(0)
    config = GPTNeoXConfig(
        vocab_size=261,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=256,
        eos_token_id=1,
        bos_token_id=1,
    )
    GPTNeoXForCausalLM(config).to(torch.bfloat16).save_pretrained(directory, max_shard_size="20KB")
    tokenizer = byte_tokenizer(chat=False)
    tokenizer.pad_token = None
    tokenizer.save_pretrained(directory)
    return directory


def real_model(directory: Path) -> Path:
    if not REAL.is_dir():
        pytest.skip(f"no {REAL}: name the folder of data sets in PREFLOOP_TEST_DATA")
    return REAL


def policy_job(method: str, policy: Path, reward_model: Path | None = None) -> dict[str, Any]:
    job = {"kind": "policy", "config": {"method": method, **TUNED}, "policy": str(policy), "reference": str(policy)}
    return job | ({"reward_model": str(reward_model), "monitor": WATCHED} if reward_model else {})


@pytest.mark.parametrize("model", [random_model, real_model])
def test_a_local_model_is_tuned_judged_and_sampled(model: Callable[[Path], Path], tmp_path: Path) -> None:
    base = model(tmp_path / "model")
    asked = [
        row | {"messages": [{"role": "user", "content": text}]} for row, text in zip(prompts(4), STARTS, strict=True)
    ]
    inputs: dict[str, Any] = {"comparisons": comparisons(60), "prompts": asked, "panel_prompts": asked[:2]}

    sft = write_run(tmp_path / "sft", policy_job("sft", base), **inputs)
    assert report_of(sft, PolicyReport).steps == 2
    policy = sft / "model"
    reward_models = []
    for trainable in ("head", "full"):
        config = {"trainable": trainable, "heads": 2, "batch_size": 16, "epochs": 1, "evaluate": False}
        job = {"kind": "reward_model", "config": config, "backbone": str(base)}
        run = write_run(tmp_path / trainable, job, **inputs)
        report = report_of(run, RewardModelReport)
        assert 0 <= report.accuracy.value <= 1
        reward_models.append(run / "model")
    for reward_model in reward_models:
        run = write_run(
            tmp_path / f"rloo-{reward_model.parent.name}", policy_job("rloo", policy, reward_model), **inputs
        )
        tuned = report_of(run, PolicyReport)
        assert [look.step for look in tuned.checkpoints] == [0, 1, 2]
        assert tuned.checkpoints[0].kl.value == pytest.approx(0, abs=1e-3)
        assert tuned.reward_last is not None
    job = {
        "kind": "sampling",
        "config": {"samples_per_prompt": 2, "max_new_tokens": 24},
        "policy": str(run / "model"),
        "reward_model": str(reward_models[1]),
    }
    sampled = write_run(tmp_path / "sampled", job, **inputs)
    assert report_of(sampled, SamplingReport).completions == 8
    rows = list(stream_rows(sampled / "completions.jsonl", CompletionRow))
    assert all(row.reward is not None for row in rows)
    assert len({row.text for row in rows}) > 4
    # What is left behind is a model for others: same architecture, precision and tokens as what came in.
    left, came = (AutoModelForCausalLM.from_pretrained(path, dtype="auto") for path in (run / "model", base))
    assert (type(left), left.dtype, left.num_parameters()) == (type(came), came.dtype, came.num_parameters())
    assert AutoTokenizer.from_pretrained(run / "model").get_vocab() == AutoTokenizer.from_pretrained(base).get_vocab()


def test_the_real_model_writes_what_its_authors_expect(tmp_path: Path) -> None:
    """Greedy, from the beginning: the engine's own decoder against the published 200 tokens."""
    from rlhf_backend.models.hf_decoder import decoder_of
    from rlhf_backend.models.loading import load_language_model
    from rlhf_backend.models.rollout import Decoding, sample_rollout

    source = real_model(tmp_path)
    model = load_language_model(str(source), warn=lambda _: None, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(source)
    rollout = sample_rollout(
        decoder_of(model.network),
        [[tokenizer.bos_token_id]],
        Decoding(1, 200, temperature=0),
        stop_ids=frozenset(),
        seeds=[0],
    )
    expected = (source / "expected_greedy_200_tokens.txt").read_text()
    assert tokenizer.decode(rollout.completion(0)).strip()[:300] == expected.strip()[:300]
