"""What reward-model training is timed on: real preference pairs where there are any, and a small Llama for them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, PreTrainedModel

from annotate.formats.preference_files import PreferenceFormat, preferences_parse
from annotate.formats.records import Record, records_read
from annotate.formats.rows import PreferenceRow
from rlhf_backend.starter.tokenizer import train_tokenizer
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
    pairs = [pair for file in files for pair, _ in pairs_of(file, "hh-rlhf")] if files else _generated(4 * count, rng)
    rng.shuffle(pairs)
    rows = [comparison(i, pair, a_wins=rng.random() < 0.5) for i, pair in enumerate(pairs)]
    return ("HH-RLHF, harmless and helpful" if files else "generated, long-tailed lengths"), rows


def pairs_of(file: Path, format: PreferenceFormat) -> Iterator[tuple[PreferenceRow, object]]:
    """The usable pairs of a file, each with the record that it stands in."""
    with file.open("rb") as stream:
        for record in records_read(stream, max_bytes=2**30):
            if not isinstance(record, Record):
                continue
            for found in preferences_parse(record.value, row=record.row, format=format):
                if isinstance(found, PreferenceRow):
                    yield found, record.value


def comparison(number: int, pair: PreferenceRow, *, a_wins: bool) -> ComparisonRow:
    """The pair as a decided comparison."""
    a, b = (pair.chosen, pair.rejected) if a_wins else (pair.rejected, pair.chosen)
    fields = {"id": number, "prompt": list(pair.prompt), "completion_a": a, "completion_b": b}
    return ComparisonRow.model_validate(fields | {"verdict": "a" if a_wins else "b"})


def write_model(
    directory: Path,
    texts: list[str],
    *,
    shape: Shape = SMALL,
    kind: type[PreTrainedModel] = LlamaForSequenceClassification,
) -> None:
    """A Llama with random weights and a byte-level BPE that was trained on the texts; 5 million parameters if SMALL.

    A language model's output layer is its embedding.
    """
    tokenizer = train_tokenizer(texts, vocabulary=VOCABULARY, context=4 * CONTEXT)
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
        tie_word_embeddings=kind is LlamaForCausalLM,
    )
    kind(config).save_pretrained(directory)


def texts_of(rows: list[ComparisonRow]) -> list[str]:
    """All that was written in the comparisons."""
    return [text for row in rows for text in (*(m.content for m in row.prompt), row.completion_a, row.completion_b)]


def _generated(count: int, rng: Random) -> list[PreferenceRow]:
    """Made-up words in lengths as real dialogues have them: log-normal, a few ten times as long as most."""
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9))) for _ in range(4000)]
    frequencies = [1 / (rank + 10) for rank in range(len(words))]

    def text(median: float) -> str:
        return " ".join(rng.choices(words, frequencies, k=1 + int(median * rng.lognormvariate(0, 0.9))))

    return [PreferenceRow(i, ({"role": "user", "content": text(60)},), text(35), text(35)) for i in range(count)]
