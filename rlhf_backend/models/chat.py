"""From conversations to token ids and back."""

from collections.abc import Callable, Sequence
from typing import Any

from rlhf_backend.errors import ConfigError
from rlhf_backend.types import Message

_PLAIN_NAMES = {"system": "System", "user": "User", "assistant": "Assistant"}


class ChatCodec:
    """Encodes prompts and completions as the model's chat template has them, decodes what it samples.

    Without a chat template a plain one is used: `User: …` lines, then `Assistant:`.
    """

    def __init__(self, tokenizer: Any, *, stop_ids: frozenset[int], warn: Callable[[str], None]) -> None:
        """`stop_ids` end a completion; `warn` is told of everything that the tokenizer lacks."""
        self._tokenizer, self._warn, self._has_cut = tokenizer, warn, False
        self._template = bool(tokenizer.chat_template)
        self.stop_ids = stop_ids
        self.end_id: int | None = _end_id(tokenizer, stop_ids)
        self.pad_id: int = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else self.end_id or 0
        self._lead = self._completion_lead() if self._template else " "
        if not self._template:
            warn("the tokenizer has no chat template: prompts are written as 'User: … Assistant:'")
        if self.end_id is None:
            warn("the tokenizer has no end token: completions run to the longest allowed length")

    def encode_prompt(self, messages: Sequence[Message], *, max_tokens: int) -> list[int]:
        """Token ids up to where the completion begins; longer prompts lose their beginning, which is said once.

        Raises: ConfigError: max_tokens < 1, the template refuses the conversation, or nothing is left to condition on.
        """
        if max_tokens < 1:
            raise ConfigError(
                "the longest completion fills the model's context and leaves no token for the prompt: lower it"
            )
        ids = self._prompt_ids(messages)
        if not ids:
            raise ConfigError("a prompt has no tokens: expected at least one message with text")
        if len(ids) > max_tokens and not self._has_cut:
            self._has_cut = True
            self._warn(
                f"a prompt has {len(ids)} tokens and the completion leaves it {max_tokens}: it, and any other that is "
                "too long, loses its beginning"
            )
        bos = self._tokenizer.bos_token_id
        if len(ids) > max_tokens > 1 and bos is not None and ids[0] == bos:
            return [bos, *ids[len(ids) - max_tokens + 1 :]]
        return ids[-max_tokens:]

    def recent(self, messages: Sequence[Message], *, max_tokens: int) -> tuple[list[Message], bool]:
        """The conversation without its oldest turns, as far as it fits, and whether it then does.

        The system message and the last one always stay; what is kept begins with the user.
        """
        system = list(messages[:1]) if messages and messages[0].role == "system" else []
        turns = list(messages[len(system) :])
        fits = len(self._prompt_ids([*system, *turns])) <= max_tokens
        while not fits and len(turns) > 1:
            following = (i for i in range(1, len(turns)) if turns[i].role == "user")
            turns = turns[next(following, len(turns) - 1) :]
            fits = len(self._prompt_ids([*system, *turns])) <= max_tokens
        return [*system, *turns], fits

    def encode_completion(self, text: str) -> list[int]:
        """Token ids of a whole completion with its end token. Text that looks like a special token stays text."""
        ids: list[int] = self._tokenizer.encode(self._lead + text, add_special_tokens=False, split_special_tokens=True)
        if self.end_id is not None:
            return [*ids, self.end_id]
        return ids or [self.pad_id]  # an empty completion without an end token still needs a position to be read at

    def completion_tokens(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """First token of a completion and the first behind those that hold code points start … end − 1 of its text.

        None where no token does. Raises: ConfigError: the tokenizer does not tell where its tokens stand.
        """
        if not self._tokenizer.is_fast:
            raise ConfigError(
                "the tokenizer does not tell where its tokens stand in a text, so marked passages cannot be learned "
                "from: set their weight to 0, or take a backbone with a fast tokenizer"
            )
        encoded = self._tokenizer(
            self._lead + text, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True
        )
        shift = len(self._lead)
        inside = [
            place
            for place, (begin, stop) in enumerate(encoded["offset_mapping"])
            if begin < end + shift and stop > start + shift
        ]
        return (inside[0], inside[-1] + 1) if inside else None

    def decode(self, ids: Sequence[int]) -> str:
        """The text of sampled ids, without special tokens and surrounding space."""
        return self.decode_part(ids).strip()

    def decode_part(self, ids: Sequence[int]) -> str:
        """The same with the surrounding space kept, for a part of a completion."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def refuse_other_tokens(self, reference: "ChatCodec") -> None:
        """Raises: ConfigError: `reference` has another vocabulary, so probabilities cannot be compared by token."""
        if self._tokenizer.get_vocab() != reference._tokenizer.get_vocab():
            raise ConfigError(
                "policy and reference have different tokenizers: choose a reference that the policy was tuned from"
            )

    def save(self, directory: Any) -> None:
        self._tokenizer.save_pretrained(directory)

    def _prompt_ids(self, messages: Sequence[Message]) -> list[int]:
        ids: list[int] = self._tokenizer.encode(self._render(messages), add_special_tokens=not self._template)
        return ids

    def _render(self, messages: Sequence[Message]) -> str:
        if not self._template:
            return _plain(messages)
        try:
            text: str = self._tokenizer.apply_chat_template(
                [m.model_dump() for m in messages], tokenize=False, add_generation_prompt=True
            )
        except Exception as error:  # templates are programs of their own and raise what they like
            raise ConfigError(f"the chat template refuses a conversation: {error}") from error
        return text

    def _completion_lead(self) -> str:
        """White space that the template puts between the generation prompt and the reply, as in 'Assistant: reply'."""
        question, reply = Message(role="user", content="q"), Message(role="assistant", content="r")
        try:
            before = self._render([question])
            whole: str = self._tokenizer.apply_chat_template(
                [question.model_dump(), reply.model_dump()], tokenize=False, add_generation_prompt=False
            )
        except Exception:  # a template that wants a system message, say: no lead can be read off it
            return ""
        rest = whole.removeprefix(before) if whole.startswith(before) else ""
        lead = rest.partition("r")[0]
        return lead if not lead.strip() else ""


def _plain(messages: Sequence[Message]) -> str:
    lines = [f"{_PLAIN_NAMES[m.role]}: {m.content.strip()}" for m in messages]
    return "\n".join([*lines, "Assistant:"])


def _end_id(tokenizer: Any, stop_ids: frozenset[int]) -> int | None:
    if tokenizer.eos_token_id is not None:
        return int(tokenizer.eos_token_id)
    return min(stop_ids) if stop_ids else None
