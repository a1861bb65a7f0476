"""Who writes completions: a policy in this process, or one on a server."""

from collections.abc import Sequence
from typing import Protocol

from rlhf_backend.config import EvaluationConfig, SamplingConfig
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.models.chat import ChatCodec
from rlhf_backend.models.hf_decoder import HfDecoder, decoder_of
from rlhf_backend.models.llama_decoder import LlamaDecoder
from rlhf_backend.models.loading import LanguageModel
from rlhf_backend.models.rollout import Decoding, sample_rollout
from rlhf_backend.models.sampling_server import SamplingServer
from rlhf_backend.types import CompletionRow, PromptRow


class Writer(Protocol):
    """Whatever writes completions of prompts, some at a time."""

    codec: ChatCodec
    prompts_per_batch: int

    def sample(
        self, prompts: Sequence[PromptRow], *, seeds: Sequence[int]
    ) -> tuple[list[CompletionRow], list[Dialogue]]: ...


class Sampler:
    """A policy that is ready to write completions."""

    def __init__(self, policy: LanguageModel, config: SamplingConfig | EvaluationConfig) -> None:
        self.policy, self.codec = policy, policy.codec
        self._decoder: LlamaDecoder | HfDecoder = decoder_of(policy.network)
        self._decoding = _decoding(config)
        self.prompts_per_batch = max(1, config.batch_size // config.samples_per_prompt)

    def sample(
        self, prompts: Sequence[PromptRow], *, seeds: Sequence[int]
    ) -> tuple[list[CompletionRow], list[Dialogue]]:
        """Completions prompt by prompt, without rewards, and the token ids they were sampled as.

        Raises: ConfigError: the longest completion leaves no room for a prompt.
        """
        codec, k = self.codec, self._decoding.samples_per_prompt
        room = self.policy.context - self._decoding.max_new_tokens
        ids = [codec.encode_prompt(prompt.messages, max_tokens=room) for prompt in prompts]
        rollout = sample_rollout(self._decoder, ids, self._decoding, stop_ids=codec.stop_ids, seeds=seeds)
        dialogues = [Dialogue(ids[row // k], rollout.completion(row)) for row in range(len(prompts) * k)]
        rows = [
            CompletionRow(
                prompt_id=prompts[row // k].id,
                index=row % k,
                text=codec.decode(dialogue.completion),
                tokens=int(rollout.lengths[row]),
                ended=bool(rollout.ended[row]),
                logprob=float(rollout.logprobs[row].sum()),
                seed=seeds[row // k],
            )
            for row, dialogue in enumerate(dialogues)
        ]
        return rows, dialogues


class ServerSampler:
    """A policy that a server writes for."""

    def __init__(self, server: SamplingServer, codec: ChatCodec, *, context: int, config: SamplingConfig) -> None:
        self._server, self.codec, self._decoding = server, codec, _decoding(config)
        self._room = context - config.max_new_tokens
        self.prompts_per_batch = max(1, config.batch_size // config.samples_per_prompt)

    def sample(
        self, prompts: Sequence[PromptRow], *, seeds: Sequence[int]
    ) -> tuple[list[CompletionRow], list[Dialogue]]:
        """As `Sampler.sample`; token ids are those of the text, which may differ from those the server drew.

        Raises: ConfigError, ResourceError: as `SamplingServer.complete`.
        """
        codec = self.codec
        ids = [codec.encode_prompt(prompt.messages, max_tokens=self._room) for prompt in prompts]
        served = self._server.complete(ids, self._decoding, seeds=seeds)
        rows, dialogues = [], []
        for prompt, prompt_ids, completions, seed in zip(prompts, ids, served, seeds, strict=True):
            for index, completion in enumerate(completions):
                encoded = codec.encode_completion(completion.text)
                dialogues.append(Dialogue(prompt_ids, encoded))
                rows.append(
                    CompletionRow(
                        prompt_id=prompt.id,
                        index=index,
                        text=completion.text,
                        tokens=completion.tokens if completion.tokens is not None else len(encoded),
                        ended=completion.ended,
                        logprob=completion.logprob,
                        seed=seed,
                    )
                )
        return rows, dialogues


def _decoding(config: SamplingConfig | EvaluationConfig) -> Decoding:
    top_p = config.top_p if isinstance(config, SamplingConfig) else 1.0  # an evaluation is of the whole policy
    return Decoding(config.samples_per_prompt, config.max_new_tokens, config.temperature, top_p)
