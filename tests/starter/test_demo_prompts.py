"""The demo project's prompts: enough of them, apart from each other, all from the grammar's request space."""

import json
from pathlib import Path

import rlhf_backend.starter
from rlhf_backend.starter.grammar import corpus

ROWS = [
    json.loads(line)
    for line in (Path(rlhf_backend.starter.__file__).parent / "demo_prompts.jsonl").read_text("utf-8").splitlines()
]


def test_the_two_splits_are_large_enough_and_disjoint() -> None:
    train = [row["prompt"] for row in ROWS if row["split"] == "train"]
    panel = [row["prompt"] for row in ROWS if row["split"] == "panel"]
    assert (len(train), len(panel)) == (120, 40)
    assert len({*train, *panel}) == 160


def test_every_demo_prompt_is_one_that_the_grammar_asks() -> None:
    asked = {sample.request.text for sample in corpus(seed=21, size=60_000)}
    assert not {row["prompt"] for row in ROWS} - asked
