"""A small language model trained on texts without any label: the nearest thing to a pretrained backbone on a machine
that holds none. What it knows of language it has from the benchmark's own texts alone.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from rlhf_backend.models.device import autocast
from rlhf_backend.types import ComparisonRow

WINDOW = 256
BATCH = 16
RATE = 2e-3


def pretrain(directory: Path, rows: Sequence[ComparisonRow], *, steps: int, seed: int = 0) -> float:
    """Train the model of a directory to predict the next token of the dialogues; its loss at the end, nats per token.

    The directory then reads completions as the mean of their hidden states.
    """
    tokenizer = AutoTokenizer.from_pretrained(directory)
    torch.manual_seed(seed)
    network = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(directory), dtype=torch.float32)
    stream = _stream(tokenizer, rows, seed=seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01, fused=True)
    losses = []
    network.train()
    rng = Random(seed)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * step / steps))
        starts = [rng.randrange(len(stream) - WINDOW - 1) for _ in range(BATCH)]
        ids = torch.stack([stream[start : start + WINDOW + 1] for start in starts])
        with autocast():
            logits = network(input_ids=ids[:, :-1], use_cache=False).logits
        loss = cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
    save(network, directory)
    return sum(losses[-20:]) / len(losses[-20:])


def save(network: LlamaForCausalLM, directory: Path) -> None:
    """Write weights, and that a completion is read as the mean of its hidden states."""
    network.save_pretrained(directory)
    read_by_mean(directory, network.config.hidden_size)


def read_by_mean(directory: Path, width: int) -> None:
    """Let a model directory read completions as the mean of their hidden states."""
    save_file({"mean": torch.zeros(width), "std": torch.ones(width)}, directory / "features.safetensors")
    described = {"names": [f"hidden {i}" for i in range(width)], "pooling": "mean"}
    (directory / "features.json").write_text(json.dumps(described))


def _stream(tokenizer: object, rows: Sequence[ComparisonRow], *, seed: int) -> torch.Tensor:
    """Every dialogue with one of its completions and then the other, in random order, as one stream of token ids."""
    texts = [
        tokenizer.apply_chat_template(  # type: ignore[attr-defined]
            [*(m.model_dump() for m in row.prompt), {"role": "assistant", "content": completion}], tokenize=False
        )
        for row in rows
        for completion in (row.completion_a, row.completion_b)
    ]
    Random(seed).shuffle(texts)
    ids = tokenizer(texts, add_special_tokens=False)["input_ids"]  # type: ignore[operator]
    return torch.tensor([i for part in ids for i in part])
