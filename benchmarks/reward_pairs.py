"""What reward-model training is timed on: real preference pairs where there are any, and a small Llama for them."""

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForSequenceClassification, PreTrainedTokenizerFast

from annotate.formats.hh_rlhf import hh_rlhf_parse
from annotate.formats.rows import PreferenceRow, RowError
from rlhf_backend.starter.tokenizer import ASSISTANT, BOS, CHAT_TEMPLATE, END, PAD, USER
from rlhf_backend.types import ComparisonRow

DATA = Path(os.environ.get("PREFLOOP_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
CONTEXT = 512
VOCABULARY = 8192


@dataclass(frozen=True)
class Shape:
    """Of a Llama: width of the hidden states, layers, heads and those of keys and values, width between."""

    hidden: int = 256
    layers: int = 4
    heads: int = 4
    key_heads: int = 4
    inner: int = 704


SMALL, TINY = Shape(), Shape(hidden=64, layers=2, heads=1, key_heads=1, inner=176)


def comparisons(count: int, *, data: Path = DATA, seed: int = 0) -> tuple[str, list[ComparisonRow]]:
    """Where the pairs come from, and `count` of them in an order of their own, a and b by the toss of a coin."""
    files = sorted((data / "hh-rlhf").glob("*.jsonl.gz"))
    rng = Random(seed)
    pairs = [pair for file in files for pair in hh_pairs(file)] if files else _generated(4 * count, rng)
    rng.shuffle(pairs)
    rows = [_comparison(i, pair, a_wins=rng.random() < 0.5) for i, pair in enumerate(pairs)]
    return ("HH-RLHF, harmless and helpful" if files else "generated, long-tailed lengths"), rows


def hh_pairs(file: Path) -> list[PreferenceRow]:
    """The usable pairs of a gzip file of HH-RLHF."""
    pairs = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                pairs.append(hh_rlhf_parse(json.loads(line), row=number))
            except RowError:
                continue
    return pairs


def write_model(directory: Path, texts: list[str], *, shape: Shape = SMALL) -> None:
    """A Llama with random weights and a byte-level BPE that was trained on the texts; 5 million parameters if SMALL."""
    tokenizer = _tokenizer(texts)
    tokenizer.save_pretrained(directory)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_heads,
        max_position_embeddings=4 * CONTEXT,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        num_labels=1,
    )
    LlamaForSequenceClassification(config).save_pretrained(directory)


def texts_of(rows: list[ComparisonRow]) -> list[str]:
    """All that was written in the comparisons."""
    return [text for row in rows for text in (*(m.content for m in row.prompt), row.completion_a, row.completion_b)]


def _comparison(number: int, pair: PreferenceRow, *, a_wins: bool) -> ComparisonRow:
    first, second = (pair.chosen, pair.rejected) if a_wins else (pair.rejected, pair.chosen)
    return ComparisonRow.model_validate(
        {
            "id": number,
            "prompt": list(pair.prompt),
            "completion_a": first,
            "completion_b": second,
            "verdict": "a" if a_wins else "b",
        }
    )


def _generated(count: int, rng: Random) -> list[PreferenceRow]:
    """Made-up words in lengths as real dialogues have them: log-normal, a few ten times as long as most."""
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9))) for _ in range(4000)]
    frequencies = [1 / (rank + 10) for rank in range(len(words))]

    def text(median: float) -> str:
        return " ".join(rng.choices(words, frequencies, k=1 + int(median * rng.lognormvariate(0, 0.9))))

    return [PreferenceRow(i, ({"role": "user", "content": text(60)},), text(35), text(35)) for i in range(count)]


def _tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, BOS, END, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[USER, ASSISTANT],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )
