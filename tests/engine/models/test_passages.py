"""What marked passages add to a reward."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch

from rlhf_backend.data.feedback import Passages
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.chat import ChatCodec
from rlhf_backend.models.features import FeatureReader, has_readout, hidden_state_readout, load_readout
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.models.passages import passage_features
from rlhf_backend.types import Message
from tests.engine.tiny import byte_tokenizer

PROMPT = [Message(role="user", content="Say something.")]
TEXTS = ["Of course, gladly.", "No – naïve.", "Hm."]


def reader_of(directory: Path) -> FeatureReader:
    backbone = load_backbone(str(directory), warn=lambda _: None, dtype=torch.float32)
    width = backbone.network.config.hidden_size
    readout = load_readout(directory) if has_readout(str(directory)) else hidden_state_readout(width)
    return FeatureReader(backbone, readout, 128)


def passages(places: list[tuple[int, int, int]]) -> Passages:
    completions, first, end = torch.tensor(places).T
    n = len(places)
    good, rows = torch.ones(n, dtype=torch.bool), torch.zeros(n, dtype=torch.long)
    return Passages(completions, first, end, good, rows, torch.ones(n))


@pytest.mark.parametrize("backbone", ["judge_dir", "llama_dir", "gpt2_dir"])
@torch.no_grad()
def test_the_passages_of_a_completion_sum_to_its_features(
    backbone: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)
    reader = reader_of(request.getfixturevalue(backbone))
    dialogues = [d for text in TEXTS if (d := reader.encode(PROMPT, text)) is not None]
    cut = [(place, begin, end) for place, d in enumerate(dialogues) for begin, end in _cuts(len(d.completion))]
    shares = passage_features(reader, dialogues, passages(cut))
    whole = reader.read(dialogues)
    if reader.readout.pooling == "last":  # what the prompt alone had come to is no token's doing
        ends = passage_features(reader, dialogues, passages([(place, 0, 1) for place in range(len(dialogues))]))
        firsts = reader.read([type(d)(d.prompt, d.completion[:1]) for d in dialogues])
        whole = whole - (firsts - ends)
    for place in range(len(dialogues)):
        own = [i for i, (at, _, _) in enumerate(cut) if at == place]
        torch.testing.assert_close(shares[own].sum(0), whole[place], atol=1e-3, rtol=1e-3)


def _cuts(tokens: int) -> list[tuple[int, int]]:
    edges = sorted({0, tokens // 3, tokens // 2, tokens})
    return list(pairwise(edges))


def test_gradients_reach_the_backbone(judge_dir: Path) -> None:
    reader = reader_of(judge_dir)
    reader.backbone.network.requires_grad_(True)
    dialogue = reader.encode(PROMPT, TEXTS[0])
    assert dialogue is not None
    passage_features(reader, [dialogue], passages([(0, 2, 5)])).sum().backward()  # type: ignore[no-untyped-call]
    assert any(p.grad is not None and bool(p.grad.any()) for p in reader.backbone.network.parameters())


@pytest.mark.parametrize("text", TEXTS)
def test_code_points_are_found_in_the_tokens_that_hold_them(text: str) -> None:
    codec = ChatCodec(byte_tokenizer(), stop_ids=frozenset({1}), warn=lambda _: None)
    ids = codec.encode_completion(text)
    for start in range(len(text)):
        found = codec.completion_tokens(text, start, len(text))
        assert found is not None
        first, end = found
        assert codec.decode_part(ids[first:end]) == text[start:]
    assert codec.completion_tokens(text, len(text), len(text) + 1) is None


def test_a_tokenizer_without_places_is_refused_in_words() -> None:
    tokenizer = byte_tokenizer()
    codec = ChatCodec(tokenizer, stop_ids=frozenset({1}), warn=lambda _: None)

    class Slow:
        is_fast = False

    codec._tokenizer = Slow()
    with pytest.raises(ConfigError, match="set their weight to 0"):
        codec.completion_tokens("text", 0, 1)
