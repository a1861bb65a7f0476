"""Writers of tiny random models in Hugging Face layout, and of run directories."""

import json
import random
from pathlib import Path
from typing import Any, TypeVar

import torch
from pydantic import TypeAdapter
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, LlamaModel, PreTrainedTokenizerFast

from rlhf_backend.events import EventLog
from rlhf_backend.run import Run
from rlhf_backend.runtime import execute
from rlhf_backend.stop import StopRequest
from rlhf_backend.types import Event, MetricsEvent, Row, RunResult

R = TypeVar("R", bound=Row)

TEMPLATE = (
    "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] }}"
    "{% if m['role'] == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
SPECIAL = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]


def byte_tokenizer(*, chat: bool = True, specials: bool = True) -> PreTrainedTokenizerFast:
    """One token for each byte, and the special tokens of the template."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate([*SPECIAL, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    options: dict[str, Any] = {"eos_token": "<|end|>", "pad_token": "<|pad|>"} if specials else {}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        chat_template=TEMPLATE if chat else None,
        additional_special_tokens=SPECIAL[2:],
        clean_up_tokenization_spaces=False,
        **options,
    )


def llama_config(**changes: Any) -> LlamaConfig:
    settings: dict[str, Any] = {
        "vocab_size": 261,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "tie_word_embeddings": True,
        "initializer_range": 0.2,
        "eos_token_id": 1,
        "pad_token_id": 0,
        "bos_token_id": None,
    }
    return LlamaConfig(**(settings | changes))


def write_tiny_llama(directory: Path, *, seed: int, dtype: torch.dtype = torch.bfloat16, **changes: Any) -> Path:
    torch.manual_seed(seed)
    LlamaForCausalLM(llama_config(**changes)).to(dtype).save_pretrained(directory)
    byte_tokenizer().save_pretrained(directory)
    return directory


def write_tiny_judge(directory: Path, *, seed: int, features: int = 6) -> Path:
    torch.manual_seed(seed)
    LlamaModel(llama_config()).to(torch.bfloat16).save_pretrained(directory)
    byte_tokenizer().save_pretrained(directory)
    readout = {
        "weight": torch.randn(features, 32),
        "bias": torch.randn(features),
        "mean": torch.zeros(features),
        "std": torch.full((features,), 5.0),
    }
    save_file(readout, directory / "features.safetensors")
    names = [f"factor {i}" for i in range(features)]
    (directory / "features.json").write_text(json.dumps({"names": names, "pooling": "mean"}))
    return directory


def write_tiny_gpt2(directory: Path, *, seed: int) -> Path:
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=261,
        n_embd=32,
        n_layer=2,
        n_head=4,
        n_positions=256,
        initializer_range=0.2,
        eos_token_id=1,
        bos_token_id=1,
    )
    GPT2LMHeadModel(config).save_pretrained(directory)
    byte_tokenizer(chat=False).save_pretrained(directory)
    return directory


def comparisons(count: int, *, seed: int = 0, prompts: int = 6) -> list[dict[str, Any]]:
    """Verdicts of somebody who likes the letter e, with a few ties."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        a, b = ("".join(rng.choices("aeiou xyz", k=rng.randint(4, 24))).strip() + f"{i}" for _ in range(2))
        lead = a.count("e") - b.count("e")
        verdict = "tie" if lead == 0 else "a" if lead > 0 else "b"
        prompt = [{"role": "user", "content": f"prompt number {rng.randrange(prompts)}"}]
        rows.append({"id": i, "prompt": prompt, "completion_a": a, "completion_b": b, "verdict": verdict})
    return rows


def prompts(count: int) -> list[dict[str, Any]]:
    return [{"id": i, "messages": [{"role": "user", "content": f"say {i}" + "!" * (i % 5)}]} for i in range(count)]


def write_run(directory: Path, job: dict[str, Any], *, seed: int = 0, **inputs: list[dict[str, Any]]) -> Path:
    """A run directory: job.json and inputs/NAME.jsonl."""
    (directory / "inputs").mkdir(parents=True)
    (directory / "job.json").write_text(json.dumps({"seed": seed, "threads": 1, "job": job}))
    for name, rows in inputs.items():
        (directory / "inputs" / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return directory


def trained_judge(directory: Path, backbone: Path, trainable: str, *, verdicts: int = 40) -> Path:
    """The model of a short reward-model run in a directory of its own."""
    config = {"trainable": trainable, "heads": 2, "epochs": 1, "learning_rate": 0.01, "evaluate": False}
    job = {"kind": "reward_model", "config": config, "backbone": str(backbone)}
    run = write_run(directory, job, comparisons=comparisons(verdicts))
    assert execute(run) == 0
    return run / "model"


def result_of(directory: Path) -> RunResult:
    return RunResult.model_validate_json((directory / "result.json").read_bytes())


def report_of(run: Path, kind: type[R]) -> R:
    """The report of a run, which is executed here and comes to its end."""
    assert execute(run) == 0
    result = result_of(run)
    assert result.status == "done", result.failure
    assert isinstance(result.report, kind)
    return result.report


def metrics_of(directory: Path) -> dict[int, dict[str, float]]:
    """Metrics of each step; of a step that was run twice, the last."""
    lines = (directory / "events.jsonl").read_text().splitlines()
    events = [TypeAdapter(Event).validate_json(line) for line in lines]
    return {event.step: event.values for event in events if isinstance(event, MetricsEvent)}


def open_run(directory: Path, *, stop: StopRequest | None = None) -> Run:
    """What the runtime hands to a recipe."""
    seed = json.loads((directory / "job.json").read_text())["seed"]
    events = EventLog(directory / "events.jsonl")
    return Run(directory, seed=seed, events=events, stop=stop or StopRequest(directory))


class StopAfter(StopRequest):
    """A supervisor that ends the process when `checks` steps were begun."""

    def __init__(self, directory: Path, checks: int) -> None:
        super().__init__(directory)
        self._left = checks

    @property
    def is_made(self) -> bool:
        self._left -= 1
        self._terminated = self._left < 0
        return self._terminated
