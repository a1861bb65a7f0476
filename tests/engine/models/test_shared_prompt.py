"""Both completions in one row give what they give apart."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from rlhf_backend.data.dialogues import Dialogue, collate
from rlhf_backend.data.shared_prompt import collate_shared
from rlhf_backend.models.features import FeatureReader, hidden_state_readout
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.models.shared_attention import shared_attention

PAIRS = [
    (Dialogue([4, 70, 71, 5], [72, 73, 1]), Dialogue([4, 70, 71, 5], [90, 91, 92, 93, 1])),
    (Dialogue([4, 80], [99, 98, 97, 96, 95, 1]), Dialogue([4, 80], [60, 1])),
]
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


def reader_of(directory: Path) -> FeatureReader:
    backbone = load_backbone(str(directory), warn=lambda _: None, dtype=torch.float32)
    return FeatureReader(backbone, hidden_state_readout(32), 256)


def shared_and_apart(reader: FeatureReader) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        reader.features_of_shared(collate_shared(PAIRS, device=CPU)),
        reader.features_of(collate([d for pair in PAIRS for d in pair], pad_id=0, device=CPU)),
    )


@pytest.mark.parametrize("directory", ["llama_dir", "gpt2_dir"])
@pytest.mark.parametrize("plain_scores", [0, 2**26])
def test_features_and_gradients_equal_those_of_two_rows(
    directory: str, plain_scores: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.shared_attention._PLAIN_SCORES", plain_scores)
    reader = reader_of(request.getfixturevalue(directory))
    network = reader.backbone.network.requires_grad_(True)
    weights = torch.randn(32, generator=torch.Generator().manual_seed(0))
    results = []
    for features in shared_and_apart(reader):
        (features @ weights).tanh().sum().backward()  # type: ignore[no-untyped-call]
        results.append(
            (features.detach(), {n: p.grad.clone() for n, p in network.named_parameters() if p.grad is not None})
        )
        network.zero_grad()
    (together, shared_gradients), (apart, gradients) = results
    torch.testing.assert_close(together, apart, atol=1e-4, rtol=1e-4)
    assert gradients.keys() == shared_gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(shared_gradients[name], gradient, atol=1e-4, rtol=1e-3)


def test_the_layout_by_hand() -> None:
    pairs = [(Dialogue([7], [8, 9]), Dialogue([7], [10])), (Dialogue([4, 5], [6]), Dialogue([4, 5], [2, 3]))]
    batch = collate_shared(pairs, device=CPU)
    assert batch.ids.tolist() == [[7, 8, 9, 10, 4, 5, 6, 2, 3]]
    assert batch.positions.tolist() == [[0, 1, 2, 1, 0, 1, 2, 2, 3]]
    assert batch.completions.tolist() == [[1, 2], [3, 0], [6, 0], [7, 8]]
    assert batch.mask.int().tolist() == [[1, 1], [1, 0], [1, 0], [1, 1]]
    assert batch.layout.first.tolist() == [[0, 1, 2], [4, 5, 6]]
    assert batch.layout.rest.tolist() == [[0, 3, 0, 0], [4, 5, 7, 8]]
    assert batch.layout.queries.tolist() == [[3, 0], [7, 8]]
    assert batch.layout.visible[0, 0].int().tolist() == [[1, 1, 0, 0], [1, 1, 1, 0]]
    assert batch.layout.visible[1, 0].int().tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert batch.layout.back.tolist() == [0, 1, 2, 6, 3, 4, 5, 8, 9]


def test_a_ranking_shares_its_prompt_among_all_its_completions(llama_dir: Path) -> None:
    reader = reader_of(llama_dir)
    completions = [[72, 73, 1], [90, 1], [99, 98, 97, 96, 1], [60, 61, 1]]
    groups = [[Dialogue([4, 70, 71, 5], ids) for ids in completions], [*PAIRS[1]]]
    together = reader.features_of_shared(collate_shared(groups, device=CPU))
    apart = reader.features_of(collate([d for group in groups for d in group], pad_id=0, device=CPU))
    torch.testing.assert_close(together, apart, atol=1e-4, rtol=1e-4)


def test_the_network_attends_as_before_when_no_pairs_are_read(llama_dir: Path) -> None:
    reader = reader_of(llama_dir)
    before = shared_and_apart(reader)[1]
    torch.testing.assert_close(shared_and_apart(reader)[1], before, atol=0, rtol=0)
    assert reader.backbone.network.config._attn_implementation != "shared_prompts"


def test_a_backbone_that_does_not_attend_as_told_is_found_out(llama_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = reader_of(llama_dir)
    assert reader.can_share_prompts(*PAIRS[0])
    plain = reader.backbone.network.forward

    def deaf(**inputs: object) -> object:
        inputs.pop("shared_layout", None)
        return plain(**inputs)

    monkeypatch.setattr(reader.backbone.network, "forward", deaf)
    assert not reader.can_share_prompts(*PAIRS[0])


def test_a_backbone_with_attention_of_its_own_is_found_out(llama_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = reader_of(llama_dir)
    monkeypatch.setattr("rlhf_backend.models.shared_attention.shared_attention", causal)
    assert not reader.can_share_prompts(*PAIRS[0])


def causal(
    module: object, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *_: object, **options: Any
) -> tuple[torch.Tensor, None]:
    """Attention that sees everything before, whatever it is told."""
    attended = scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
    return attended.transpose(1, 2), None


@pytest.mark.parametrize("asked", [{"softcap": 30.0}, {"sliding_window": 4}, {"dropout": 0.1}])
def test_what_shared_attention_does_not_know_is_refused(asked: dict[str, float]) -> None:
    batch = collate_shared(PAIRS, device=CPU)
    states = torch.randn(1, 2, batch.ids.shape[1], 8)
    with pytest.raises(ValueError, match=next(iter(asked))):
        shared_attention(None, states, states, states, None, shared_layout=batch.layout, **asked)


def test_different_prompts_are_refused() -> None:
    with pytest.raises(ValueError, match="different prompts"):
        collate_shared([(PAIRS[0][0], PAIRS[1][1])], device=CPU)
