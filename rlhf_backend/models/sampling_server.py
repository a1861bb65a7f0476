"""Completions from a server that speaks OpenAI's completions API, such as vLLM or llama.cpp's."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel, Field, ValidationError

from rlhf_backend.errors import ConfigError, ResourceError
from rlhf_backend.models.rollout import Decoding

KEY = "RLHF_SAMPLING_KEY"
"""Environment variable that holds the server's key, if it asks for one."""
_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.5
_TIMEOUT = httpx.Timeout(300.0, connect=10.0)
_AT_ONCE = 16  # prompts under way; the server batches them


@dataclass(frozen=True)
class ServedCompletion:
    """text; tokens and logprob (nats) as the server counts them, None where it does not tell; ended: closed by itself.

    logprob is under the server's own precision, before temperature and nucleus as vLLM has it by default.
    """

    text: str
    tokens: int | None
    logprob: float | None
    ended: bool


class _Logprobs(BaseModel):
    token_logprobs: list[float | None] | None = None


class _Choice(BaseModel):
    index: int
    text: str
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Answer(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class SamplingServer:
    """A model on a server. Prompts are sent as token ids, so that it reads what the engine itself would read."""

    def __init__(self, address: str, model: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises: ConfigError: the server does not serve `model`. ResourceError: it cannot be reached."""
        key = os.environ.get(KEY)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._address, self._model, self._sleep = address.rstrip("/"), model, sleep
        self._client = httpx.Client(headers=headers, timeout=_TIMEOUT, follow_redirects=False)
        self._refuse_other_models()

    def complete(
        self, prompts: Sequence[list[int]], decoding: Decoding, *, seeds: Sequence[int]
    ) -> list[list[ServedCompletion]]:
        """`samples_per_prompt` completions of each prompt.

        Raises: ConfigError: the server refuses a request. ResourceError: it cannot be reached, or answers nonsense.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(lambda prompt, seed: self._one(prompt, decoding, seed), prompts, seeds))

    def _one(self, prompt: list[int], decoding: Decoding, seed: int) -> list[ServedCompletion]:
        answer = self._post(
            {
                "model": self._model,
                "prompt": prompt,
                "n": decoding.samples_per_prompt,
                "max_tokens": decoding.max_new_tokens,
                "temperature": decoding.temperature,
                "top_p": decoding.top_p,
                "seed": seed % 2**31,
                "logprobs": 0,
            }
        )
        choices = sorted(answer.choices, key=lambda choice: choice.index)
        if len(choices) != decoding.samples_per_prompt:
            raise ResourceError(
                f"{self._address} sent {len(choices)} completions of a prompt, {decoding.samples_per_prompt} were "
                "asked for: choose a server that knows n, or 1 sample for each prompt"
            )
        return [_served(choice) for choice in choices]

    def _refuse_other_models(self) -> None:
        found = self._patiently(lambda: self._client.get(f"{self._address}/models"))
        try:
            served = [str(row["id"]) for row in found.json()["data"]]
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{self._address}/models is no list of models: expected the address of an OpenAI-compatible server, "
                "as http://host:8000/v1"
            ) from error
        if self._model not in served:
            raise ConfigError(
                f"the sampling server serves {', '.join(served) or 'no model'}, not {self._model}: load the policy "
                "there under that name, or sample in process"
            )

    def _post(self, body: dict[str, Any]) -> _Answer:
        found = self._patiently(lambda: self._client.post(f"{self._address}/completions", json=body))
        try:
            return _Answer.model_validate_json(found.content)
        except ValidationError as error:
            raise ResourceError(f"{self._address} sent no completions: {_short(found.text)}") from error

    def _patiently(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Ask again, with growing pauses, while the server is away or busy."""
        trouble = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._sleep(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                response = ask()
            except httpx.TransportError as error:
                trouble = f"{type(error).__name__}: {error}"
                continue
            if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
                trouble = f"{response.status_code} {_short(response.text)}"
            elif response.is_success:
                return response
            else:
                raise ConfigError(
                    f"the sampling server refuses ({response.status_code}): {_short(response.text)}. Check its "
                    f"address, the model's name and {KEY}"
                )
        raise ResourceError(
            f"the sampling server {self._address} did not answer in {_ATTEMPTS} attempts: {trouble}. Completions "
            "sampled so far are kept; start the server and try again"
        )


def _served(choice: _Choice) -> ServedCompletion:
    listed = choice.logprobs.token_logprobs if choice.logprobs else None
    told = listed if listed and all(value is not None for value in listed) else None
    return ServedCompletion(
        text=choice.text.strip(),
        tokens=len(told) if told else None,
        logprob=sum(value or 0.0 for value in told) if told else None,
        ended=choice.finish_reason == "stop",
    )


def _short(text: str) -> str:
    return " ".join(text.split())[:300] or "no text"
