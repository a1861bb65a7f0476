"""The same batch gives the same loss and gradient as TRL, the reference implementation of these methods."""

from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset  # type: ignore[import-untyped]
from transformers import AutoModelForSequenceClassification, LlamaForCausalLM
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer, RewardConfig, RewardTrainer, RLOOConfig, RLOOTrainer

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.models.scoring import CompletionScorer, CompletionScores, score_completions
from rlhf_backend.ops.dpo_losses import dpo_loss, ipo_targets, squared_lead_loss
from rlhf_backend.ops.policy_losses import clipped_share
from rlhf_backend.ops.preference_losses import bradley_terry_loss
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.policy_gradient_methods import Judged, loss_terms, signals_of, token_weights
from tests.engine.tiny import byte_tokenizer, write_tiny_llama

TEXTS = [("why?", "because", "no"), ("a longer question", "yes", "a longer refusal"), ("who", "me and you", "nobody")]
OPTIONS: dict[str, Any] = {
    "per_device_train_batch_size": 3,
    "report_to": "none",
    "bf16": False,
    "use_cpu": True,
    "gradient_checkpointing": False,
    "max_steps": 1,
    "disable_tqdm": True,
}


@pytest.fixture(scope="module")
def policy_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_llama(tmp_path_factory.mktemp("parity"), seed=4, dtype=torch.float32)


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared is the mathematics; both sides compute it in float32."""
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


def gradients(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    taken = {name: p.grad.clone() for name, p in network.named_parameters() if p.grad is not None}
    network.zero_grad()
    return taken


def assert_same_gradients(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> None:
    assert ours.keys() == theirs.keys()
    for name, gradient in ours.items():
        torch.testing.assert_close(gradient, theirs[name], atol=1e-5, rtol=1e-4)


def dialogues_of(ids: torch.Tensor, attention: torch.Tensor, completion: torch.Tensor) -> list[Dialogue]:
    """TRL's padded rows as ours."""
    rows = []
    for row, seen, part in zip(ids, attention.bool(), completion.bool(), strict=True):
        rows.append(Dialogue(row[seen & ~part].tolist(), row[seen & part].tolist()))
    return rows


def test_bradley_terry_with_margins_equals_trls_reward_loss(policy_dir: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = AutoModelForSequenceClassification.from_pretrained(policy_dir, num_labels=1, dtype=torch.float32)
    tokenizer = byte_tokenizer()
    rows = [{"chosen": q + a, "rejected": q + b, "margin": 0.5 * i} for i, (q, a, b) in enumerate(TEXTS)]
    trainer = RewardTrainer(
        model=network,
        args=RewardConfig(output_dir=str(tmp_path), **OPTIONS),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
    )
    network.eval()
    batch = next(iter(trainer.get_train_dataloader()))
    margins = batch["margin"].clone()
    rewards = network(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits.squeeze(-1)
    chosen, rejected = rewards.chunk(2)
    ours = bradley_terry_loss(chosen - rejected, torch.ones(3), margins=margins)
    ours.backward()  # type: ignore[no-untyped-call]
    our_gradients = gradients(network)
    theirs = trainer.compute_loss(network, batch)
    theirs.backward()
    assert float(margins.sum()) > 0
    assert ours.item() == pytest.approx(theirs.item(), abs=1e-5)
    assert_same_gradients(our_gradients, gradients(network))


@pytest.mark.parametrize("loss_type", ["sigmoid", "ipo"])
def test_dpo_and_ipo_losses_and_gradients_equal_trls(loss_type: str, policy_dir: Path, tmp_path: Path) -> None:
    """TRL divides IPO's log-ratios by the tokens of their completions; ours are whole, so they are divided here."""
    policy = LlamaForCausalLM.from_pretrained(policy_dir, dtype=torch.float32)
    reference = LlamaForCausalLM.from_pretrained(policy_dir, dtype=torch.float32)
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    trainer = DPOTrainer(
        model=policy,
        ref_model=reference,
        args=DPOConfig(output_dir=str(tmp_path), beta=0.1, loss_type=loss_type, **OPTIONS),
        train_dataset=Dataset.from_list([{"prompt": q, "chosen": a, "rejected": b} for q, a, b in TEXTS]),
        processing_class=byte_tokenizer(),
    )
    policy.eval()
    batch = next(iter(trainer.get_train_dataloader()))
    dialogues = dialogues_of(batch["input_ids"], batch["attention_mask"], batch["completion_mask"])
    theirs = trainer.compute_loss(policy, dict(batch))
    theirs.backward()
    their_gradients = gradients(policy)

    logprobs = score_completions(CompletionScorer(policy), dialogues, pad_id=0).logprobs
    with torch.no_grad():
        ref_logprobs = score_completions(CompletionScorer(reference), dialogues, pad_id=0).logprobs
    chosen, rejected = (logprobs - ref_logprobs).chunk(2)
    targets = torch.ones(3)
    if loss_type == "ipo":
        of_chosen, of_rejected = torch.tensor([len(d.completion) for d in dialogues]).chunk(2)
        leads = ipo_targets(targets, tau=0.1)
        ours = squared_lead_loss(chosen / of_chosen, rejected / of_rejected, leads)
    else:
        ours = dpo_loss(0.1 * chosen, 0.1 * rejected, targets)
    ours.backward()  # type: ignore[no-untyped-call]
    assert ours.item() == pytest.approx(theirs.item(), abs=1e-5)
    assert_same_gradients(gradients(policy), their_gradients)


def online_trainer(trainer: type, config: type, policy_dir: Path, output: Path, **options: Any) -> Any:
    """TRL's trainer with a policy that has moved off its reference, samples and advantages drawn: (trainer, inputs)."""
    built = trainer(
        model=str(policy_dir),
        reward_funcs=reward,
        args=config(
            output_dir=str(output),
            beta=0.05,
            num_generations=3,
            max_completion_length=10,
            generation_batch_size=6,
            model_init_kwargs={"dtype": "float32"},
            **(OPTIONS | {"per_device_train_batch_size": 6} | options),
        ),
        train_dataset=Dataset.from_list([{"prompt": q} for q, _, _ in TEXTS]),
        processing_class=byte_tokenizer(),
    )
    moved(built.model)
    built.model.train()
    return built, built._prepare_inputs(next(iter(built.get_train_dataloader())))


def reward(completions: list[str], **_: Any) -> list[float]:
    return [len(text) / 10 + text.count("e") for text in completions]


def moved(network: torch.nn.Module) -> None:
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))


def by_prompt(trainer: Any, inputs: dict[str, Any]) -> tuple[list[Dialogue], list[int]]:
    """TRL's samples as ours and prompt by prompt, and their places in its batch, which it shuffles."""
    ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], 1)
    attention = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], 1)
    completion = torch.cat([torch.zeros_like(inputs["prompt_mask"]), inputs["completion_mask"]], 1)
    dialogues = dialogues_of(ids, attention, completion)
    order = sorted(range(len(dialogues)), key=lambda i: dialogues[i].prompt)
    return [dialogues[i] for i in order], order


def judged(trainer: Any, policy: Any, reference: Any, dialogues: list[Dialogue]) -> tuple[CompletionScores, Judged]:
    """Fresh scores with gradient, and what the methods know of the samples."""
    fresh = score_completions(CompletionScorer(policy), dialogues, pad_id=0)
    with torch.no_grad():
        ref = score_completions(CompletionScorer(reference), dialogues, pad_id=0)
    decoded = [trainer.processing_class.decode(d.completion, skip_special_tokens=True) for d in dialogues]
    old = fresh.token_logprobs.detach()
    scores = torch.tensor(reward(decoded))
    return fresh, Judged(scores, fresh.rows, old, ref.token_logprobs, torch.zeros_like(old))


def loss_of(fresh: CompletionScores, seen: Judged, advantages: torch.Tensor, config: PolicyConfig) -> torch.Tensor:
    terms = loss_terms(fresh.token_logprobs, seen, advantages, config, kl_coef=0.05)
    return (terms * token_weights(fresh.rows, config, completions=6, tokens=len(terms))).sum()


def test_rloo_gradient_equals_trls(policy_dir: Path, tmp_path: Path) -> None:
    trainer, inputs = online_trainer(RLOOTrainer, RLOOConfig, policy_dir, tmp_path)
    policy, reference = trainer.model, LlamaForCausalLM.from_pretrained(policy_dir, dtype=torch.float32)
    trainer.compute_loss(policy, inputs).backward()
    their_gradients = gradients(policy)

    config = PolicyConfig(method="rloo", samples_per_prompt=3)
    dialogues, order = by_prompt(trainer, inputs)
    fresh, seen = judged(trainer, policy, reference, dialogues)
    advantages = signals_of(seen, config, kl_coef=0.05).advantages
    torch.testing.assert_close(advantages, inputs["advantages"][order][fresh.rows], atol=1e-4, rtol=1e-4)
    loss_of(fresh, seen, advantages, config).backward()  # type: ignore[no-untyped-call]
    assert_same_gradients(gradients(policy), their_gradients)


@pytest.mark.parametrize("updates", ["first", "second"])
def test_grpo_loss_and_gradient_equal_trls(updates: str, policy_dir: Path, tmp_path: Path) -> None:
    """On the samples' own policy, and on one that has moved since, so that ratios are off one and some are clipped."""
    trainer, inputs = online_trainer(GRPOTrainer, GRPOConfig, policy_dir, tmp_path, loss_type="grpo")
    policy, reference = trainer.model, LlamaForCausalLM.from_pretrained(policy_dir, dtype=torch.float32)
    config = PolicyConfig(method="grpo", samples_per_prompt=3)
    dialogues, order = by_prompt(trainer, inputs)
    fresh, seen = judged(trainer, policy, reference, dialogues)
    advantages = signals_of(seen, config, kl_coef=0.05).advantages
    torch.testing.assert_close(advantages, inputs["advantages"][order][fresh.rows], atol=1e-4, rtol=1e-4)
    if updates == "second":
        mask = inputs["completion_mask"].bool()
        old = torch.zeros(mask.shape)
        lengths = mask.sum(1)[order].tolist()
        for place, values in zip(order, seen.logprobs.split(lengths), strict=True):  # type: ignore[no-untyped-call]
            old[place, : len(values)] = values
        inputs["old_per_token_logps"] = old
        moved(policy)
        fresh, _ = judged(trainer, policy, reference, dialogues)
        assert 0.1 < clipped_share(fresh.token_logprobs, seen.logprobs, clip_range=0.2) < 0.9
    trainer.current_gradient_accumulation_steps = 1  # its loop sets this before each step
    theirs = trainer.compute_loss(policy, inputs)
    theirs.backward()
    their_gradients = gradients(policy)
    ours = loss_of(fresh, seen, advantages, config)
    ours.backward()  # type: ignore[no-untyped-call]
    assert ours.item() == pytest.approx(theirs.item(), abs=1e-5)
    assert_same_gradients(gradients(policy), their_gradients)
