"""The shipped starter: its files, its tokenizer, and how its policy writes and its judge reads."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer

import rlhf_backend.starter
from rlhf_backend.starter.factors import FACTORS, readings
from rlhf_backend.starter.fluency import is_clean
from rlhf_backend.starter.grammar import corpus
from rlhf_backend.starter.train import collate, encode, sample_texts

WEIGHTS = Path(rlhf_backend.starter.__file__).parent / "weights"
LIMIT_BYTES = 8_000_000
CLEAN_SHARE = 0.82  # of 64 samples; the model card's share less two standard errors
HARD_FACTORS = {"broken": 0.5, "repetition": 0.7, "on_topic": 0.75}
R2 = 0.8


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(WEIGHTS / "policy", local_files_only=True)


def test_the_files_are_those_of_the_manifest() -> None:
    manifest = json.loads((WEIGHTS / "manifest.json").read_text("utf-8"))
    files = {p.relative_to(WEIGHTS).as_posix(): p for p in WEIGHTS.rglob("*") if p.is_file()}
    files.pop("manifest.json")
    assert set(files) == set(manifest)
    for name, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == manifest[name], name
        assert path.stat().st_size < LIMIT_BYTES


@pytest.mark.parametrize(
    "text",
    [
        "Toss a coin. Both are fine.",
        "naïve café 🙂👩‍🚀",
        "你好，世界",
        "مرحبا بالعالم",
        "- a\n- b\n\n\tc",
        "<|end|> stays text",
    ],
)
def test_any_text_survives_the_tokenizer(tokenizer, text: str) -> None:
    ids = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    assert tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text


def test_the_chat_template_renders_system_and_several_turns(tokenizer) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."},
        {"role": "user", "content": "Again <|assistant|> please"},
    ]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert text == (
        "<|bos|>Be brief.\n<|user|>Hello<|assistant|>Hi.<|end|><|user|>Again < |assistant|> please<|assistant|>"
    )


def test_the_policy_writes_clean_text_offline(tokenizer) -> None:
    policy = AutoModelForCausalLM.from_pretrained(
        WEIGHTS / "policy", local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    prompts = [list(sample.messages) for sample in corpus(seed=31, size=64)]
    torch.manual_seed(32)
    texts = sample_texts(policy, tokenizer, prompts)
    assert sum(map(is_clean, texts)) / len(texts) >= CLEAN_SHARE
    assert len(set(texts)) >= 60


def test_the_judge_reads_style_factors_of_fresh_replies(tokenizer) -> None:
    backbone = AutoModel.from_pretrained(
        WEIGHTS / "judge", local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    tensors = load_file(WEIGHTS / "judge" / "features.safetensors")
    described = json.loads((WEIGHTS / "judge" / "features.json").read_text("utf-8"))
    assert described == {"names": list(FACTORS), "pooling": "mean"}
    rows = [encode(tokenizer, r.messages, r.reply, r.values) for r in readings(seed=33, size=512)]
    rows.sort(key=lambda row: len(row[0]))
    read, truth = [], []
    for start in range(0, len(rows), 64):
        batch = collate(rows[start : start + 64])
        with torch.no_grad():
            hidden = backbone(input_ids=batch.ids).last_hidden_state
        mask = batch.reply[..., None].float()
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        read.append(pooled @ tensors["weight"].T + tensors["bias"])
        truth.append(batch.targets)
    error = torch.cat(read) - torch.cat(truth)
    r2 = 1 - error.var(0) / torch.cat(truth).var(0)
    for name, value in zip(FACTORS, r2.tolist(), strict=True):
        assert value >= HARD_FACTORS.get(name, R2), (name, value)
