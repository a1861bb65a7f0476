"""Sampling completions."""

from pathlib import Path
from typing import Any

import pytest
import torch

from rlhf_backend.models.hf_decoder import HfDecoder, decoder_of
from rlhf_backend.models.llama_decoder import LlamaDecoder
from rlhf_backend.models.loading import load_language_model
from rlhf_backend.models.rollout import Decoding, draw_tokens, sample_rollout

PROMPTS = [[4, 70, 71, 72, 5], [4, 90], [4, 100, 101, 102, 103, 104, 105, 106, 5]]


def network_of(directory: Path) -> Any:
    return load_language_model(str(directory), warn=lambda _: None, dtype=torch.float32).network


def generate(network: Any, prompt: list[int], *, new_tokens: int) -> list[int]:
    output = network.generate(
        torch.tensor([prompt]), max_new_tokens=new_tokens, do_sample=False, eos_token_id=1, pad_token_id=0
    )
    ids: list[int] = output[0, len(prompt) :].tolist()
    return ids


def rollout_of(decoder: Any, decoding: Decoding, *, seed: int = 0, stop_ids: frozenset[int] = frozenset({1})) -> Any:
    return sample_rollout(decoder, PROMPTS, decoding, stop_ids=stop_ids, seeds=[seed, seed + 10, seed + 20])


def lean_decoder(network: Any) -> LlamaDecoder:
    return LlamaDecoder(network, dtype=torch.float32)


def plain_decoder(network: Any) -> HfDecoder:
    return HfDecoder(network, mixed_precision=False)


@pytest.mark.parametrize("decoder_of_network", [lean_decoder, plain_decoder])
def test_greedy_output_equals_the_librarys(llama_dir: Path, decoder_of_network: Any) -> None:
    network = network_of(llama_dir)
    decoder = decoder_of_network(network)
    rollout = rollout_of(decoder, Decoding(2, 40, temperature=0))
    for row in range(6):
        assert rollout.completion(row) == generate(network, PROMPTS[row // 2], new_tokens=40)


def test_greedy_output_of_an_architecture_with_absolute_positions_equals_the_librarys(gpt2_dir: Path) -> None:
    network = network_of(gpt2_dir)
    assert isinstance(decoder_of(network), HfDecoder)
    rollout = rollout_of(plain_decoder(network), Decoding(1, 30, temperature=0))
    for row in range(3):
        assert rollout.completion(row) == generate(network, PROMPTS[row], new_tokens=30)


def test_both_decoders_draw_the_same_completions_and_logprobs(llama_dir: Path) -> None:
    network = network_of(llama_dir)
    # Many stop tokens, so that rows end at different times and the cache is compacted again and again.
    stops = frozenset(range(0, 261, 9))
    decoding = Decoding(8, 40, temperature=1.3)
    lean = rollout_of(lean_decoder(network), decoding, stop_ids=stops)
    plain = rollout_of(plain_decoder(network), decoding, stop_ids=stops)
    assert torch.equal(lean.tokens, plain.tokens)
    assert torch.equal(lean.ended, plain.ended)
    torch.testing.assert_close(lean.logprobs, plain.logprobs, atol=1e-3, rtol=1e-4)
    assert int(lean.ended.sum()) > 0
    assert lean.lengths.min() < lean.lengths.max()


def test_logprobs_are_those_of_the_whole_forward_pass(llama_dir: Path) -> None:
    network = network_of(llama_dir)
    rollout = rollout_of(lean_decoder(network), Decoding(2, 12))
    for row in range(6):
        prompt, completion = PROMPTS[row // 2], rollout.completion(row)
        log_p = network(torch.tensor([prompt + completion])).logits[0].log_softmax(-1)
        expected = [log_p[len(prompt) - 1 + i, token].item() for i, token in enumerate(completion)]
        assert rollout.logprobs[row, : len(completion)].tolist() == pytest.approx(expected, abs=1e-3)


def test_the_seed_decides(llama_dir: Path) -> None:
    decoder = decoder_of(network_of(llama_dir))
    one, two, other = (rollout_of(decoder, Decoding(3, 10), seed=seed).tokens for seed in (5, 5, 6))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_drawn_tokens_follow_the_tempered_distribution() -> None:
    logits = torch.tensor([2.0, 0.0, -1.0, 1.0]).repeat(40_000, 1)
    uniforms = torch.rand(40_000, generator=torch.Generator().manual_seed(0))
    drawn = draw_tokens(logits, uniforms, temperature=2.0, top_p=1.0)
    shares = torch.bincount(drawn, minlength=4) / 40_000
    torch.testing.assert_close(shares, (logits[0] / 2).softmax(-1), atol=0.01, rtol=0)


def test_the_nucleus_is_the_smallest_set_that_reaches_top_p() -> None:
    logits = torch.tensor([0.1, 0.5, 0.3, 0.1]).log().repeat(20_000, 1)
    uniforms = torch.rand(20_000, generator=torch.Generator().manual_seed(0))
    drawn = draw_tokens(logits, uniforms, temperature=1.0, top_p=0.7)
    shares = torch.bincount(drawn, minlength=4) / 20_000
    torch.testing.assert_close(shares, torch.tensor([0.0, 0.625, 0.375, 0.0]), atol=0.02, rtol=0)


@pytest.mark.parametrize("uniform", [0.0, 1.0])
def test_extreme_draws_stay_inside_the_vocabulary(uniform: float) -> None:
    logits = torch.tensor([[float("-inf"), 0.0, 0.0, float("-inf")]])
    drawn = draw_tokens(logits, torch.tensor([uniform]), temperature=1.0, top_p=1.0)
    assert drawn.item() in ({1} if uniform == 0 else {2, 3})


def test_a_prompts_completions_do_not_depend_on_the_other_prompts(llama_dir: Path) -> None:
    decoder = lean_decoder(network_of(llama_dir))
    together = rollout_of(decoder, Decoding(4, 20))
    alone = sample_rollout(decoder, PROMPTS[1:2], Decoding(4, 20), stop_ids=frozenset({1}), seeds=[10])
    assert torch.equal(together.tokens[4:8], alone.tokens)
