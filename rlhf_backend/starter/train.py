"""Make the offline starter from nothing: tokenizer, policy, judge, each as a Hugging Face directory.

    python -m rlhf_backend.starter.train [--out DIR] [--stage all|policy|judge]

1. A byte-level BPE of 2,048 is fitted to text of the grammar.
2. The policy, a Llama of 2.2 M parameters, learns to write replies: Muon for the matrices, AdamW for the rest.
3. The judge is the policy, continued on reading: a linear readout of its mean hidden state predicts the style factors
   of a reply. A reward model's head on these readings needs few labels. No preference and no gold reward is used here.

Every number is seeded; the figures land in the model cards. Differs from nanochat, whose spirit it shares: the corpus
is generated while training, so there are no epochs, and the loss weighs the prompt a little, to model requests too.
"""

import argparse
import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM, LlamaModel, PreTrainedTokenizerFast

from rlhf_backend.starter.card import judge_card, policy_card
from rlhf_backend.starter.factors import FACTORS, draw_reading, readings
from rlhf_backend.starter.fluency import is_clean
from rlhf_backend.starter.grammar import Message, corpus, draw_sample
from rlhf_backend.starter.tokenizer import train_tokenizer

FACTOR_WEIGHTS = {"on_topic": 4.0, "broken": 2.0}  # the two that are hard to read would else be learned last


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a stage trains; rates rise over the first 3 % and fall to 0 over the last `decay` share."""

    steps: int
    batch_size: int
    matrix_lr: float
    other_lr: float
    decay: float


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what the weights become."""

    seed: int = 20_261_121
    vocabulary: int = 2048
    hidden: int = 192
    layers: int = 4
    heads: int = 3
    mlp: int = 512
    context: int = 512
    prompt_weight: float = 0.3
    policy: Schedule = Schedule(steps=2400, batch_size=48, matrix_lr=0.02, other_lr=0.005, decay=0.7)
    judge: Schedule = Schedule(steps=1000, batch_size=48, matrix_lr=0.01, other_lr=0.002, decay=0.7)


# ------------------------------------------------------------------------------------------------- batches


@dataclass(frozen=True)
class Batch:
    """Right-padded dialogues. `reply` marks the reply's tokens with its end token, `dialogue` all but padding."""

    ids: Tensor  # (B, S)
    dialogue: Tensor  # (B, S) bool
    reply: Tensor  # (B, S) bool
    targets: Tensor  # (B, F); no columns for the policy


Row = tuple[tuple[Message, ...], str, tuple[float, ...]]


def batches(
    tokenizer: PreTrainedTokenizerFast, draw: Callable[[Random], Row], schedule: Schedule, seed: int
) -> Iterator[Batch]:
    """Endless batches of dialogues of similar length: 16 are drawn, sorted by length, shuffled and given out."""
    rng = Random(seed)
    while True:
        encoded = [encode(tokenizer, *draw(rng)) for _ in range(16 * schedule.batch_size)]
        encoded.sort(key=lambda row: len(row[0]))
        starts = list(range(0, len(encoded), schedule.batch_size))
        rng.shuffle(starts)
        for start in starts:
            yield collate(encoded[start : start + schedule.batch_size])


def encode(
    tokenizer: PreTrainedTokenizerFast, messages: tuple[Message, ...], reply: str, targets: tuple[float, ...]
) -> tuple[list[int], int, tuple[float, ...]]:
    """Token ids of the dialogue, the length of the prompt in it, and the targets."""
    prompt = tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True)
    prompt_ids: list[int] = tokenizer.encode(prompt, add_special_tokens=False)
    reply_ids: list[int] = tokenizer.encode(reply, add_special_tokens=False)
    return [*prompt_ids, *reply_ids, tokenizer.eos_token_id], len(prompt_ids), targets


def collate(rows: list[tuple[list[int], int, tuple[float, ...]]]) -> Batch:
    longest = max(len(ids) for ids, _, _ in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    dialogue = torch.zeros(len(rows), longest, dtype=torch.bool)
    reply = torch.zeros(len(rows), longest, dtype=torch.bool)
    for index, (row, prompt_length, _) in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        dialogue[index, : len(row)] = True
        reply[index, prompt_length : len(row)] = True
    return Batch(ids, dialogue, reply, torch.tensor([targets for _, _, targets in rows]))


def policy_row(rng: Random) -> Row:
    sample = draw_sample(rng)
    return sample.messages, sample.reply, ()


def judge_row(rng: Random) -> Row:
    reading = draw_reading(rng)
    return reading.messages, reading.reply, reading.values


# --------------------------------------------------------------------------------------------- optimisation


def fit(
    module: nn.Module,
    loss_of: Callable[[Batch], Tensor],
    data: Iterator[Batch],
    schedule: Schedule,
    on_step: Callable[[int], None],
) -> None:
    """Minimise `loss_of` over `schedule.steps` batches; matrices of the blocks by Muon, all else by AdamW."""
    matrices = [p for name, p in module.named_parameters() if p.ndim == 2 and ".layers." in f".{name}"]
    chosen = {id(p) for p in matrices}
    others = [p for p in module.parameters() if id(p) not in chosen]
    optimisers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(matrices, lr=schedule.matrix_lr, weight_decay=0.0, momentum=0.95),
        torch.optim.AdamW(others, lr=schedule.other_lr, betas=(0.9, 0.95), weight_decay=0.0, fused=True),
    ]
    rises = [torch.optim.lr_scheduler.LambdaLR(o, lambda step: rate_share(step, schedule)) for o in optimisers]
    module.train()
    started, average = time.monotonic(), math.nan
    for step in range(schedule.steps):
        loss = loss_of(next(data))
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        for optimiser, rise in zip(optimisers, rises, strict=True):
            optimiser.step()
            rise.step()
            optimiser.zero_grad()
        average = loss.item() if math.isnan(average) else 0.97 * average + 0.03 * loss.item()
        if step % 50 == 49:
            print(f"step {step + 1}/{schedule.steps} loss {average:.4f} {time.monotonic() - started:.0f} s", flush=True)
        on_step(step + 1)
    module.eval()


def rate_share(step: int, schedule: Schedule) -> float:
    """Share of the peak rate at a step, 0 … 1."""
    warm = max(1, int(0.03 * schedule.steps))
    return min(1.0, (step + 1) / warm, (schedule.steps - step) / (schedule.decay * schedule.steps))


# -------------------------------------------------------------------------------------------------- policy


def build_policy(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """An untrained policy of the recipe's shape, embeddings tied."""
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.hidden,
        intermediate_size=recipe.mlp,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        max_position_embeddings=recipe.context,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def token_loss(policy: LlamaForCausalLM, batch: Batch, *, prompt_weight: float) -> Tensor:
    """Weighted mean of −log π over the dialogue's tokens, nats: reply tokens weigh 1, prompt tokens `prompt_weight`."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = policy(input_ids=batch.ids[:, :-1], use_cache=False).logits  # (B, S − 1, V)
    weights = batch.reply[:, 1:] + prompt_weight * (batch.dialogue & ~batch.reply)[:, 1:]
    losses = F.cross_entropy(logits.float().flatten(0, 1), batch.ids[:, 1:].flatten(), reduction="none")
    return (losses * weights.flatten()).sum() / weights.sum()


@torch.no_grad()
def measure_policy(policy: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, recipe: Recipe) -> dict[str, float]:
    """Loss on fresh replies (nats per token), and figures of 256 samples at temperature 1."""
    data = batches(tokenizer, policy_row, recipe.policy, recipe.seed + 10)
    losses = [token_loss(policy, next(data), prompt_weight=0.0).item() for _ in range(16)]
    torch.manual_seed(recipe.seed + 11)
    requests = [list(sample.messages) for sample in corpus(seed=recipe.seed + 12, size=256)]
    texts = [
        text for start in range(0, 256, 64) for text in sample_texts(policy, tokenizer, requests[start : start + 64])
    ]
    return {
        "loss": sum(losses) / len(losses),
        "clean_share": sum(map(is_clean, texts)) / len(texts),
        "words_mean": sum(len(text.split()) for text in texts) / len(texts),
        "parameters": float(sum(p.numel() for p in policy.parameters())),
    }


def sample_texts(
    policy: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    prompts: list[list[Message]],
    *,
    max_new_tokens: int = 128,
) -> list[str]:
    """One completion at temperature 1 for each prompt, from torch's global generator."""
    rendered = tokenizer.apply_chat_template(prompts, tokenize=False, add_generation_prompt=True)
    inputs = tokenizer(rendered, add_special_tokens=False, return_tensors="pt", padding=True, padding_side="left")
    output = policy.generate(
        input_ids=inputs["input_ids"],
        attention_mask=inputs["attention_mask"],
        do_sample=True,
        top_k=0,
        max_new_tokens=max_new_tokens,
    )
    texts: list[str] = tokenizer.batch_decode(output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    return texts


# --------------------------------------------------------------------------------------------------- judge


class Judge(nn.Module):
    """A backbone and a linear readout of its mean hidden state over the reply."""

    def __init__(self, backbone: LlamaModel) -> None:
        super().__init__()
        self.backbone = backbone
        self.readout = nn.Linear(backbone.config.hidden_size, len(FACTORS))

    def forward(self, batch: Batch) -> Tensor:
        """Predicted factors. (B, F)"""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.backbone(input_ids=batch.ids, use_cache=False).last_hidden_state  # (B, S, H)
        mask = batch.reply[..., None].float()
        factors: Tensor = self.readout((hidden.float() * mask).sum(1) / mask.sum(1))
        return factors


@torch.no_grad()
def target_spread(recipe: Recipe) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each factor over replies as the judge sees them. (F,), (F,)"""
    values = torch.tensor([reading.values for reading in readings(seed=recipe.seed + 20, size=4000)])
    return values.mean(0), values.std(0)


@torch.no_grad()
def measure_judge(
    judge: Judge, tokenizer: PreTrainedTokenizerFast, recipe: Recipe
) -> tuple[dict[str, float], Tensor, Tensor]:
    """R² of each factor on fresh replies, and mean and standard deviation of the raw readings. (F,), (F,)"""
    data = batches(tokenizer, judge_row, recipe.judge, recipe.seed + 21)
    parts = [(judge(batch), batch.targets) for batch in (next(data) for _ in range(48))]
    readings_, targets = torch.cat([p for p, _ in parts]), torch.cat([t for _, t in parts])
    r2 = 1 - (readings_ - targets).var(0) / targets.var(0)
    return dict(zip(FACTORS, r2.tolist(), strict=True)), readings_.mean(0), readings_.std(0)


# --------------------------------------------------------------------------------------------------- stages


def make_policy(recipe: Recipe, out: Path) -> None:
    """Train tokenizer and policy; the directory is complete and usable after every 200 steps."""
    torch.manual_seed(recipe.seed)
    samples = corpus(seed=recipe.seed, size=20_000)
    texts = (text for sample in samples for text in (sample.request.text, sample.reply))
    tokenizer = train_tokenizer(texts, vocabulary=recipe.vocabulary, context=recipe.context)
    policy = build_policy(recipe, tokenizer)

    def keep(step: int) -> None:
        if step % 200 == 0:
            save_policy(policy, tokenizer, out)

    data = batches(tokenizer, policy_row, recipe.policy, recipe.seed + 1)
    fit(policy, lambda batch: token_loss(policy, batch, prompt_weight=recipe.prompt_weight), data, recipe.policy, keep)
    save_policy(policy, tokenizer, out)
    figures = measure_policy(policy, tokenizer, recipe)
    (out / "README.md").write_text(policy_card(figures, recipe.policy.steps), encoding="utf-8")
    print(json.dumps(figures), flush=True)


def save_policy(policy: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, out: Path) -> None:
    """Write the policy in bf16 without disturbing the weights in training."""
    kept = LlamaForCausalLM(policy.config).to(torch.bfloat16)
    kept.load_state_dict(policy.state_dict())
    kept.generation_config.update(do_sample=True, temperature=1.0, max_new_tokens=96)
    kept.save_pretrained(out)
    tokenizer.save_pretrained(out, save_jinja_files=False)


def make_judge(recipe: Recipe, policy_dir: Path, out: Path) -> None:
    """Continue the policy on reading and write backbone and readout."""
    torch.manual_seed(recipe.seed + 2)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(policy_dir)
    judge = Judge(LlamaModel.from_pretrained(policy_dir, dtype=torch.float32, use_safetensors=True))
    mean, std = target_spread(recipe)
    data = batches(tokenizer, judge_row, recipe.judge, recipe.seed + 3)
    weights = torch.tensor([FACTOR_WEIGHTS.get(name, 1.0) for name in FACTORS])
    fit(
        judge,
        lambda batch: (((judge(batch) - batch.targets) / std).square() * weights).mean(),
        data,
        recipe.judge,
        lambda _: None,
    )
    judge.backbone.to(torch.bfloat16)
    r2, mean, std = measure_judge(judge, tokenizer, recipe)
    judge.backbone.save_pretrained(out)
    tokenizer.save_pretrained(out, save_jinja_files=False)
    features = {"weight": judge.readout.weight, "bias": judge.readout.bias, "mean": mean, "std": std}
    save_file(
        {name: value.detach().float().contiguous() for name, value in features.items()}, out / "features.safetensors"
    )
    (out / "features.json").write_text(
        json.dumps({"names": list(FACTORS), "pooling": "mean"}, indent=1), encoding="utf-8"
    )
    (out / "README.md").write_text(judge_card(r2, recipe.judge.steps), encoding="utf-8")
    print(json.dumps(r2), flush=True)


def write_manifest(out: Path) -> None:
    """`manifest.json`: sha256 of every file under `out`, by relative path."""
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name != "manifest.json")
    for path in files:
        path.chmod(0o644)
    hashes = {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (out / "manifest.json").write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the offline starter's tokenizer, policy and judge.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "weights")
    parser.add_argument(
        "--stage", choices=("all", "policy", "judge"), default="all", help="judge: keep the policy in DIR"
    )
    parser.add_argument("--policy-steps", type=int, default=Recipe.policy.steps)
    parser.add_argument("--judge-steps", type=int, default=Recipe.judge.steps)
    arguments = parser.parse_args()
    recipe = replace(
        Recipe(),
        policy=replace(Recipe.policy, steps=arguments.policy_steps),
        judge=replace(Recipe.judge, steps=arguments.judge_steps),
    )
    out: Path = arguments.out
    if arguments.stage in ("all", "policy"):
        make_policy(recipe, out / "policy")
    if arguments.stage in ("all", "judge"):
        make_judge(recipe, out / "policy", out / "judge")
    write_manifest(out)


if __name__ == "__main__":
    main()
