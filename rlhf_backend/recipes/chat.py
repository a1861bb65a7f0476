"""Two answers to one conversation, told while they are written."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import torch

from rlhf_backend.chat_lines import ANSWERS, ChatAgain, ChatAnswer, ChatDelta, ChatDone, ChatLine, ChatRequest
from rlhf_backend.config import SamplingConfig
from rlhf_backend.data.order import derived_seed
from rlhf_backend.models.hf_decoder import decoder_of
from rlhf_backend.models.loading import LanguageModel, load_language_model
from rlhf_backend.models.rollout import Decoding, sample_rollout
from rlhf_backend.models.text_stream import TextStream

TRIES = 3
"""Two equal answers leave nothing to choose; a policy that gives them three times over will go on doing so."""

Tell = Callable[[ChatLine], None]


@dataclass(frozen=True)
class _Conversation:
    """A request as the policy reads it."""

    id: str
    prompt: list[int]
    sampling: SamplingConfig


class ChatPolicy:
    """A policy that is ready to talk."""

    def __init__(self, source: str) -> None:
        """Raises: ConfigError: the model cannot be loaded."""
        self.source = source
        self._policy: LanguageModel = load_language_model(source, warn=_warn, dtype=torch.float32)
        self._decoder = decoder_of(self._policy.network)

    def answer(self, request: ChatRequest, tell: Tell) -> ChatDone:
        """Sample until the two answers differ, at most `TRIES` times; `tell` hears every piece of text.

        Raises: ConfigError: the longest answer fills the context, or the chat template refuses the conversation.
        """
        room = self._policy.context - request.sampling.max_new_tokens
        messages, fits = self._policy.codec.recent(request.messages, max_tokens=room)
        prompt = self._policy.codec.encode_prompt(messages, max_tokens=room)
        conversation = _Conversation(request.id, prompt, request.sampling)
        answers: list[ChatAnswer] = []
        for attempt in range(TRIES):
            if attempt:
                tell(ChatAgain(id=request.id, again=attempt))
            answers = self._sample(conversation, [derived_seed(request.seed, attempt, i) for i in range(ANSWERS)], tell)
            if len({answer.text for answer in answers}) > 1:
                break
        return ChatDone(id=request.id, done=answers, left_out=len(request.messages) - len(messages), cut=not fits)

    def _sample(self, conversation: _Conversation, seeds: list[int], tell: Tell) -> list[ChatAnswer]:
        codec, sampling = self._policy.codec, conversation.sampling
        streams = [TextStream(codec.decode_part) for _ in range(ANSWERS)]

        def on_tokens(rows: list[int], tokens: list[int]) -> None:
            for row, token in zip(rows, tokens, strict=True):
                if text := streams[row].push(token):
                    tell(ChatDelta(id=conversation.id, index=row, delta=text))

        rollout = sample_rollout(
            self._decoder,
            [conversation.prompt],
            Decoding(ANSWERS, sampling.max_new_tokens, sampling.temperature, sampling.top_p),
            stop_ids=codec.stop_ids,
            seeds=seeds,
            on_tokens=on_tokens,
        )
        return [
            ChatAnswer(
                text=codec.decode(rollout.completion(row)),
                logprob=float(rollout.logprobs[row].sum()),
                tokens=int(rollout.lengths[row]),
                ended=bool(rollout.ended[row]),
                seed=seed,
            )
            for row, seed in enumerate(seeds)
        ]


def _warn(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
