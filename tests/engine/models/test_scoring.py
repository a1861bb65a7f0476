"""Log-probabilities of completions equal those of a row each, whatever is shared between them."""

from pathlib import Path
from typing import Any

import pytest
import torch

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.shared_prompt import prompt_groups, tokens_shared
from rlhf_backend.models import scoring
from rlhf_backend.models.loading import load_language_model
from rlhf_backend.models.scoring import CompletionScorer, CompletionScores, score_completions

PROMPTS = [[4, 70, 71, 72, 5], [4, 90], [4, 100, 101, 102, 103, 104, 105, 106, 5], [9]]
DIALOGUES = [
    Dialogue(PROMPTS[row % 4], [(31 * row + 7 * i) % 250 + 5 for i in range(1 + (5 * row) % 9)] + [1])
    for row in range(14)
]


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


def network_of(directory: Path, dtype: torch.dtype = torch.float32) -> Any:
    return load_language_model(str(directory), warn=lambda _: None, dtype=dtype).network


def row_by_row(network: Any, temperature: float) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Log-probabilities and entropies of each completion's tokens, each dialogue alone and without any of ours."""
    values, entropies = [], []
    for dialogue in DIALOGUES:
        ids = torch.tensor([dialogue.prompt + dialogue.completion])
        log_p = (network(input_ids=ids).logits[0] / temperature).log_softmax(-1)[len(dialogue.prompt) - 1 : -1]
        values.append(log_p.gather(-1, torch.tensor(dialogue.completion)[:, None]).squeeze(-1))
        entropies.append(-(log_p.exp() * log_p).sum(-1))
    return values, entropies


def gradients(network: Any, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    network.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return {name: p.grad.clone() for name, p in network.named_parameters() if p.grad is not None}


def some_loss(scores: CompletionScores) -> torch.Tensor:
    """One in which every token and every completion counts differently."""
    tokens = torch.linspace(-1, 1, len(scores.token_logprobs)).to(scores.token_logprobs)
    rows = torch.linspace(1, 2, len(scores.logprobs)).to(scores.logprobs)
    return (scores.token_logprobs * tokens).sum() + (scores.logprobs * rows).tanh().sum()


@pytest.mark.parametrize("directory", ["llama_dir", "gpt2_dir"])
@pytest.mark.parametrize("tokens", [16, 40, 2048])
def test_scores_and_gradients_equal_those_of_a_row_each(
    directory: str, tokens: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "tokens_per_forward", lambda: tokens)
    network = network_of(request.getfixturevalue(directory)).requires_grad_(True)
    scorer = CompletionScorer(network)
    assert scorer.shares_prompts
    scores = score_completions(scorer, DIALOGUES, pad_id=0, temperature=1.3, with_entropies=True)
    values, entropies = row_by_row(network, 1.3)
    torch.testing.assert_close(scores.token_logprobs, torch.cat(values), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(scores.logprobs, torch.stack([v.sum() for v in values]), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(scores.entropies, torch.cat(entropies), atol=1e-4, rtol=1e-4)
    assert scores.rows.tolist() == [row for row, d in enumerate(DIALOGUES) for _ in d.completion]
    apart = CompletionScores(torch.stack([v.sum() for v in values]), torch.cat(values), scores.rows, None)
    expected = gradients(network, some_loss(apart))
    found = gradients(network, some_loss(scores))
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, atol=2e-4, rtol=1e-3)


def test_in_double_precision_nothing_is_left_but_what_the_model_itself_rounds(llama_dir: Path) -> None:
    network = network_of(llama_dir, torch.float64).requires_grad_(True)
    scores = score_completions(CompletionScorer(network), DIALOGUES, pad_id=0)
    values, _ = row_by_row(network, 1.0)
    apart = CompletionScores(torch.stack([v.sum() for v in values]), torch.cat(values), scores.rows, None)
    torch.testing.assert_close(scores.token_logprobs, apart.token_logprobs, atol=1e-9, rtol=1e-9)
    expected, found = gradients(network, some_loss(apart)), gradients(network, some_loss(scores))
    for name, gradient in expected.items():
        # Its norms and rotary tables are float32 at every precision.
        assert (found[name] - gradient).norm() < 1e-6 * gradient.norm(), name


def test_a_model_that_does_not_attend_as_told_is_given_a_row_each(
    llama_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = network_of(llama_dir)
    plain = network.base_model.forward

    def deaf(**inputs: object) -> object:
        inputs.pop("shared_layout", None)
        return plain(**inputs)

    expected = score_completions(CompletionScorer(network), DIALOGUES, pad_id=0, with_entropies=True)
    monkeypatch.setattr(network.base_model, "forward", deaf)
    scorer = CompletionScorer(network)
    assert not scorer.shares_prompts
    scores = score_completions(scorer, DIALOGUES, pad_id=0, with_entropies=True)
    torch.testing.assert_close(scores.token_logprobs, expected.token_logprobs, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(scores.entropies, expected.entropies, atol=1e-4, rtol=1e-4)
    assert torch.equal(scores.rows, expected.rows)


def test_a_model_with_more_behind_its_output_layer_is_run_whole(
    llama_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = network_of(llama_dir)
    plain = network.forward

    def halved(*inputs: object, **options: object) -> Any:
        output = plain(*inputs, **options)
        output.logits = output.logits / 2
        return output

    monkeypatch.setattr(network, "forward", halved)
    scorer = CompletionScorer(network)
    assert scorer.shares_prompts
    scores = score_completions(scorer, DIALOGUES, pad_id=0)
    torch.testing.assert_close(scores.token_logprobs, torch.cat(row_by_row(network, 1.0)[0]), atol=1e-4, rtol=1e-4)


def test_no_entropies_are_given_that_were_not_asked_for(llama_dir: Path) -> None:
    assert score_completions(CompletionScorer(network_of(llama_dir)), DIALOGUES[:2], pad_id=0).entropies is None


@pytest.mark.parametrize("tokens", [1, 12, 30, 10_000])
def test_groups_hold_every_dialogue_once_and_no_more_tokens_than_allowed(tokens: int) -> None:
    batches = list(prompt_groups(DIALOGUES, tokens=tokens))
    assert sorted(i for batch in batches for group in batch for i in group) == list(range(len(DIALOGUES)))
    for batch in batches:
        for group in batch:
            assert len({tuple(DIALOGUES[i].prompt) for i in group}) == 1
        size = sum(tokens_shared([DIALOGUES[i] for i in group]) for group in batch)
        assert size <= tokens or len(batch) == len(batch[0]) == 1
    if tokens == 10_000:
        assert [len(batch) for batch in batches] == [4]
