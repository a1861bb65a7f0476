"""The process that answers chats: two answers, streamed as whole characters, repeatable, never silent on an error."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.chat import ChatServer, request_lines
from rlhf_backend.chat_lines import ChatAgain, ChatAnswer, ChatDelta, ChatDone, ChatError, ChatLine, ChatRequest
from rlhf_backend.config import SamplingConfig
from rlhf_backend.models.loading import load_language_model
from rlhf_backend.models.text_stream import TextStream
from rlhf_backend.recipes.chat import TRIES, ChatPolicy
from rlhf_backend.types import Message
from tests.engine.tiny import byte_tokenizer

TOKENIZER = byte_tokenizer()


def request(policy: Path | str, *texts: str, seed: int = 3, **sampling: Any) -> ChatRequest:
    """A conversation of alternating turns that begins with the user."""
    roles = ("user", "assistant")
    messages = [Message.model_validate({"role": roles[i % 2], "content": text}) for i, text in enumerate(texts)]
    config = SamplingConfig(**{"max_new_tokens": 24, **sampling})
    return ChatRequest(id="r", policy=str(policy), messages=messages, seed=seed, sampling=config)


def heard(policy: ChatPolicy, asked: ChatRequest) -> tuple[ChatDone, list[ChatLine]]:
    lines: list[ChatLine] = []
    return policy.answer(asked, lines.append), lines


def streamed(lines: list[ChatLine], index: int) -> str:
    """What was shown of one answer, after the last fresh start."""
    start = max((i for i, line in enumerate(lines) if isinstance(line, ChatAgain)), default=-1) + 1
    return "".join(line.delta for line in lines[start:] if isinstance(line, ChatDelta) and line.index == index)


@pytest.fixture(scope="module")
def policy(llama_dir: Path) -> ChatPolicy:
    return ChatPolicy(str(llama_dir))


def test_both_answers_come_in_pieces_that_begin_the_whole_ones(policy: ChatPolicy) -> None:
    done, lines = heard(policy, request(policy.source, "hello"))
    assert len(done.done) == 2
    for index, answer in enumerate(done.done):
        shown = streamed(lines, index)
        assert shown
        assert answer.text.startswith(shown)
        assert len(answer.text) - len(shown) <= 4  # only bytes that are no character may be missing at the end


def test_the_answers_differ_and_the_seed_repeats_them(policy: ChatPolicy) -> None:
    asked = request(policy.source, "hello")
    one, two = heard(policy, asked)[0], heard(policy, asked)[0]
    assert one == two
    assert one.done[0].text != one.done[1].text
    assert one.done[0].seed != one.done[1].seed
    assert heard(policy, asked.model_copy(update={"seed": 4}))[0].done[0].text != one.done[0].text


def test_logprobs_are_those_of_the_answers_tokens(policy: ChatPolicy, llama_dir: Path) -> None:
    def plain(answer: ChatAnswer) -> bool:
        """Whether the text gives back the tokens it was made of."""
        return len(answer.text.encode()) == answer.tokens and "\ufffd" not in answer.text

    tried = [heard(policy, request(policy.source, "hello", seed=seed, max_new_tokens=3))[0] for seed in range(40)]
    answer = next(answer for done in tried for answer in done.done if plain(answer))
    network = load_language_model(str(llama_dir), warn=lambda _: None, dtype=torch.float32).network
    prompt = TOKENIZER.encode("<|user|>hello<|assistant|>", add_special_tokens=False)
    ids = TOKENIZER.encode(answer.text, add_special_tokens=False)
    log_p = network(torch.tensor([prompt + ids])).logits[0].log_softmax(-1)
    expected = sum(log_p[len(prompt) - 1 + i, token].item() for i, token in enumerate(ids))
    assert answer.logprob == pytest.approx(expected, abs=0.1)  # the decoder may multiply in bfloat16


def test_equal_answers_are_sampled_again_and_then_told_as_they_are(policy: ChatPolicy) -> None:
    # A nucleus of the likeliest token alone: nothing is left to chance.
    done, lines = heard(policy, request(policy.source, "hello", top_p=1e-9))
    assert done.done[0].text == done.done[1].text
    assert [line.again for line in lines if isinstance(line, ChatAgain)] == list(range(1, TRIES))


def test_a_conversation_longer_than_the_context_keeps_its_last_turns(policy: ChatPolicy) -> None:
    turns = ["a" * 60, "b" * 60, "c" * 60, "d" * 60, "and now?"]  # 256 tokens of context, a byte is a token
    done, _ = heard(policy, request(policy.source, *turns))
    assert (done.left_out, done.cut) == (2, False)
    assert done == heard(policy, request(policy.source, *turns[2:]))[0].model_copy(update={"left_out": 2})


def test_the_system_message_outlives_the_first_turns(policy: ChatPolicy, llama_dir: Path) -> None:
    codec = load_language_model(str(llama_dir), warn=lambda _: None).codec
    messages = [
        Message(role="system", content="be kind"),
        Message(role="user", content="u" * 80),
        Message(role="assistant", content="a" * 80),
        Message(role="user", content="last"),
    ]
    kept, fits = codec.recent(messages, max_tokens=60)
    assert [m.content for m in kept] == ["be kind", "last"]
    assert fits


def test_a_message_longer_than_the_context_is_cut_and_says_so(policy: ChatPolicy) -> None:
    done, _ = heard(policy, request(policy.source, "x" * 8000))
    assert (done.left_out, done.cut) == (0, True)


PIECES = st.lists(st.sampled_from(["é", "🙂", "漢字", " ", "\n", "a", "\x00", "👩‍👩‍👧", "\ufffd", "b "]), max_size=12)


@given(PIECES)
def test_no_half_character_and_nothing_taken_back(pieces: list[str]) -> None:
    text = "".join(pieces)
    ids = TOKENIZER.encode(text, add_special_tokens=False)
    decode = lambda part: TOKENIZER.decode(list(part), skip_special_tokens=True)  # noqa: E731
    stream, shown = TextStream(decode), ""
    for token in ids:
        shown += stream.push(token)
        assert text.strip().startswith(shown)
    # Replacement characters at the very end, and the spaces between them, may still be others to come.
    assert re.sub(r"[\ufffd\s]+$", "", text.strip()) == re.sub(r"[\ufffd\s]+$", "", shown)


def test_bytes_that_are_no_character_do_not_hold_back_what_follows() -> None:
    lone_byte = TOKENIZER.encode("é", add_special_tokens=False)[:1]
    ids = [*lone_byte, *TOKENIZER.encode("after", add_special_tokens=False)]
    stream = TextStream(lambda part: TOKENIZER.decode(list(part), skip_special_tokens=True))
    assert "".join(stream.push(token) for token in ids) == "\ufffdafter"


@pytest.fixture
def server() -> tuple[ChatServer, list[ChatLine]]:
    lines: list[ChatLine] = []
    return ChatServer(lines.append), lines


def test_what_cannot_be_answered_is_told_and_the_next_request_is(
    server: tuple[ChatServer, list[ChatLine]], llama_dir: Path
) -> None:
    asked, lines = server
    asked.handle(b"{not json")
    asked.handle(request("/no/such/model", "hello").model_dump_json().encode())
    asked.handle(request(llama_dir, "hello", max_new_tokens=4096).model_dump_json().encode())
    errors = [line.error for line in lines if isinstance(line, ChatError)]
    assert len(errors) == len(lines) == 3
    assert "there is no model directory /no/such/model" in errors[1]
    assert "lower it" in errors[2]
    asked.handle(request(llama_dir, "hello").model_dump_json().encode())
    assert isinstance(lines[-1], ChatDone)


def test_another_policy_takes_the_place_of_the_first(
    server: tuple[ChatServer, list[ChatLine]], llama_dir: Path, other_llama_dir: Path
) -> None:
    asked, lines = server
    for directory in (llama_dir, other_llama_dir, llama_dir):
        asked.handle(request(directory, "hello").model_dump_json().encode())
    first, second, third = (line for line in lines if isinstance(line, ChatDone))
    assert first == third
    assert first != second


def test_lines_are_whole_however_they_arrive_and_end_after_silence() -> None:
    source, sink = os.pipe()
    os.write(sink, b'{"a":')
    os.write(sink, b"1}\n{}\nrest")
    began = time.monotonic()
    assert list(request_lines(source, idle_seconds=0.05)) == [b'{"a":1}', b"{}"]
    assert time.monotonic() - began < 5


def test_the_process_speaks_only_lines_and_ends_with_its_input(llama_dir: Path) -> None:
    asked = "".join(request(llama_dir, text).model_dump_json() + "\n" for text in ("one", "two"))
    done = subprocess.run(
        [sys.executable, "-m", "rlhf_backend.chat"], input=asked, capture_output=True, text=True, timeout=60, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(line["done"]) for line in lines if "done" in line] == [2, 2]
    assert all(line["id"] == "r" for line in lines)
