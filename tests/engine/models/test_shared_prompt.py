"""Both completions in one row give what they give apart."""

from pathlib import Path

import pytest
import torch

from rlhf_backend.data.dialogues import Dialogue, collate
from rlhf_backend.data.shared_prompt import collate_pairs
from rlhf_backend.models.features import FeatureReader, hidden_state_readout
from rlhf_backend.models.loading import load_backbone

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


@pytest.mark.parametrize("directory", ["llama_dir", "gpt2_dir"])
def test_features_and_gradients_equal_those_of_two_rows(directory: str, request: pytest.FixtureRequest) -> None:
    reader = reader_of(request.getfixturevalue(directory))
    network = reader.backbone.network.requires_grad_(True)
    weights = torch.randn(32, generator=torch.Generator().manual_seed(0))
    results = []
    for features in (
        reader.features_of(collate([d for pair in PAIRS for d in pair], pad_id=0, device=CPU)),
        reader.features_of_pairs(collate_pairs(PAIRS, pad_id=0, device=CPU)),
    ):
        (features @ weights).tanh().sum().backward()  # type: ignore[no-untyped-call]
        results.append(
            (features.detach(), {n: p.grad.clone() for n, p in network.named_parameters() if p.grad is not None})
        )
        network.zero_grad()
    (apart, gradients), (together, shared_gradients) = results
    torch.testing.assert_close(together, apart, atol=1e-4, rtol=1e-4)
    assert gradients.keys() == shared_gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(shared_gradients[name], gradient, atol=1e-4, rtol=1e-3)


def test_the_layout_by_hand() -> None:
    batch = collate_pairs([(Dialogue([7], [8, 9]), Dialogue([7], [10]))], pad_id=0, device=CPU)
    assert batch.ids.tolist() == [[7, 8, 9, 10]]
    assert batch.positions.tolist() == [[0, 1, 2, 1]]
    assert batch.attention[0, 0].int().tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 1]]
    assert batch.a.int().tolist() == [[0, 1, 1, 0]]
    assert batch.b.int().tolist() == [[0, 0, 0, 1]]


def test_a_backbone_that_ignores_the_mask_is_found_out(llama_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = reader_of(llama_dir)
    assert reader.can_share_prompts(*PAIRS[0])
    plain = reader.backbone.network.forward

    def deaf(**inputs: object) -> object:
        inputs.pop("attention_mask", None)
        return plain(**inputs)

    monkeypatch.setattr(reader.backbone.network, "forward", deaf)
    assert not reader.can_share_prompts(*PAIRS[0])


def test_different_prompts_are_refused() -> None:
    with pytest.raises(ValueError, match="different prompts"):
        collate_pairs([(PAIRS[0][0], PAIRS[1][1])], pad_id=0, device=CPU)
