"""A sampling server: what it is sent, what is made of its answers, and what happens when it is away."""

from typing import Any

import pytest

from rlhf_backend.errors import ConfigError, ResourceError
from rlhf_backend.models.rollout import Decoding
from rlhf_backend.models.sampling_server import KEY, SamplingServer
from tests.engine.served import Served, completions, serving

TWO = Decoding(samples_per_prompt=2, max_new_tokens=8, temperature=0.7, top_p=0.9)


def open_server(served: Served, model: str = "policy-3") -> SamplingServer:
    return SamplingServer(served.address, model, sleep=lambda seconds: None)


def test_prompts_go_as_token_ids_with_seed_and_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "open sesame")
    with serving((200, completions("one", "two"))) as served:
        open_server(served).complete([[5, 6, 7]], TWO, seeds=[2**40 + 3])
    assert served.asked == [
        {
            "model": "policy-3",
            "prompt": [5, 6, 7],
            "n": 2,
            "max_tokens": 8,
            "temperature": 0.7,
            "top_p": 0.9,
            "seed": 3,
            "logprobs": 0,
        }
    ]
    assert served.keys == ["Bearer open sesame"]


def test_completions_come_in_order_with_what_the_server_tells() -> None:
    with serving((200, completions(" one ", "two", logprobs=[-1.0, -0.5], reason="length"))) as served:
        ((one, two),) = open_server(served).complete([[1]], TWO, seeds=[0])
    assert (one.text, two.text) == ("one", "two")
    assert (one.tokens, one.logprob, one.ended) == (2, -1.5, False)


def test_a_server_without_logprobs_leaves_them_unknown() -> None:
    with serving((200, completions("one", "two"))) as served:
        ((one, _),) = open_server(served).complete([[1]], TWO, seeds=[0])
    assert (one.tokens, one.logprob, one.ended) == (None, None, True)


def test_a_busy_server_is_asked_again() -> None:
    with serving((503, "loading"), (429, "slow down"), (200, completions("one", "two"))) as served:
        found = open_server(served).complete([[1]], TWO, seeds=[0])
    assert [completion.text for completion in found[0]] == ["one", "two"]
    assert len(served.asked) == 3


def test_pauses_grow_and_end_in_a_clear_failure() -> None:
    pauses: list[float] = []
    with serving((500, "out of memory")) as served:
        server = SamplingServer(served.address, "policy-3", sleep=pauses.append)
        with pytest.raises(ResourceError, match=r"did not answer in 5 attempts: 500 .*out of memory.*try again"):
            server.complete([[1]], TWO, seeds=[0])
    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_a_refusal_is_not_asked_again() -> None:
    with serving((400, "prompt is longer than the context")) as served:
        with pytest.raises(ConfigError, match=r"refuses \(400\): .*longer than the context"):
            open_server(served).complete([[1]], TWO, seeds=[0])
        assert len(served.asked) == 1


def test_a_server_with_another_model_is_refused_before_anything_is_sampled() -> None:
    with serving((200, {}), models=("policy-1", "base")) as served:
        with pytest.raises(ConfigError, match="serves policy-1, base, not policy-3"):
            open_server(served)
        assert served.asked == []


def test_nobody_there_is_a_matter_of_resources() -> None:
    with serving((200, {})) as served:
        address = served.address
    with pytest.raises(ResourceError, match="did not answer"):
        SamplingServer(address, "policy-3", sleep=lambda seconds: None)


@pytest.mark.parametrize("answer", ["<html>hello</html>", {"choices": []}, {"choices": [{"index": 0}]}])
def test_nonsense_is_a_failure_that_quotes_it(answer: Any) -> None:
    with serving((200, answer)) as served, pytest.raises(ResourceError, match="sent no completions: "):
        open_server(served).complete([[1]], TWO, seeds=[0])


def test_fewer_completions_than_asked_for_are_refused() -> None:
    with serving((200, completions("one"))) as served, pytest.raises(ResourceError, match="sent 1 completions"):
        open_server(served).complete([[1]], TWO, seeds=[0])
