"""From conversations to token ids and back."""

from pathlib import Path

import pytest

from rlhf_backend.errors import ConfigError
from rlhf_backend.models.chat import ChatCodec
from rlhf_backend.models.loading import load_language_model
from rlhf_backend.types import Message
from tests.engine.tiny import TEMPLATE, byte_tokenizer

ASK = [Message(role="user", content="hi")]


def codec_of(template: str | None = TEMPLATE, *, specials: bool = True) -> tuple[ChatCodec, list[str]]:
    tokenizer = byte_tokenizer(chat=template is not None, specials=specials)
    tokenizer.chat_template = template
    warnings: list[str] = []
    stops = frozenset({1}) if specials else frozenset[int]()
    return ChatCodec(tokenizer, stop_ids=stops, warn=warnings.append), warnings


def text_of(codec: ChatCodec, ids: list[int]) -> str:
    text: str = byte_tokenizer().decode(ids, skip_special_tokens=False)
    return text


def test_prompts_follow_the_template() -> None:
    codec, warnings = codec_of()
    assert text_of(codec, codec.encode_prompt(ASK, max_tokens=50)) == "<|user|>hi<|assistant|>"
    assert warnings == []


def test_a_completion_ends_with_the_end_token_and_comes_back_as_it_was() -> None:
    codec, _ = codec_of()
    ids = codec.encode_completion("Grüße, 你好\n- ok")
    assert ids[-1] == 1
    assert codec.decode(ids) == "Grüße, 你好\n- ok"


def test_special_tokens_in_a_completion_stay_text() -> None:
    codec, _ = codec_of()
    ids = codec.encode_completion("stop<|end|><|user|>now")
    assert ids.count(1) == 1
    assert codec.decode(ids) == "stop<|end|><|user|>now"


def test_white_space_that_the_template_puts_before_the_reply_is_kept() -> None:
    spaced = (
        "{% for m in messages %}{{ m['role'] + ':' + (' ' if m['role'] == 'assistant' else '') + m['content'] }}"
        "{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
    )
    codec, _ = codec_of(spaced)
    whole = codec.encode_prompt(ASK, max_tokens=50) + codec.encode_completion("yes")
    assert text_of(codec, whole) == "user:hiassistant: yes<|end|>"


def test_without_a_template_a_plain_one_is_used_and_said() -> None:
    codec, warnings = codec_of(None)
    whole = codec.encode_prompt(ASK, max_tokens=50) + codec.encode_completion("yes")
    assert text_of(codec, whole) == "User: hi\nAssistant: yes<|end|>"
    assert "no chat template" in warnings[0]


def test_without_an_end_token_nothing_is_appended_and_it_is_said() -> None:
    codec, warnings = codec_of(specials=False)
    assert codec.decode(codec.encode_completion("yes")) == "yes"
    assert codec.end_id is None
    assert len(codec.encode_completion("")) == 1
    assert "no end token" in warnings[0]


def test_long_prompts_lose_their_beginning() -> None:
    codec, _ = codec_of()
    whole = codec.encode_prompt(ASK, max_tokens=50)
    assert codec.encode_prompt(ASK, max_tokens=2) == whole[-2:]


def test_no_room_for_a_prompt_is_a_setting_to_change() -> None:
    codec, _ = codec_of()
    with pytest.raises(ConfigError, match="lower it"):
        codec.encode_prompt(ASK, max_tokens=0)


def test_a_template_that_refuses_is_reported() -> None:
    codec, _ = codec_of("{{ raise_exception('only one user') }}")
    with pytest.raises(ConfigError, match="only one user"):
        codec.encode_prompt(ASK, max_tokens=9)


def test_stop_tokens_come_from_the_generation_settings_and_the_tokenizer(llama_dir: Path) -> None:
    assert load_language_model(str(llama_dir), warn=lambda _: None).codec.stop_ids == frozenset({1})
