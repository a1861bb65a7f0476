"""What is said to the process that answers chats, and what it says: one JSON object a line. No torch here."""

from pydantic import Field

from rlhf_backend.config import SamplingConfig
from rlhf_backend.types import Message, Row

ANSWERS = 2


class ChatRequest(Row):
    """A conversation that ends with what the policy shall answer, twice."""

    id: str = Field(description="Comes back on every line that belongs to this request.")
    policy: str = Field(description="Directory or hub id; the last policy asked for stays loaded.")
    messages: list[Message]
    seed: int = Field(ge=0, lt=2**63)
    sampling: SamplingConfig = Field(description="Two answers are sampled, whatever it says of their number.")


class ChatDelta(Row):
    """More of answer `index`. What was sent of it before is not taken back."""

    id: str
    index: int
    delta: str


class ChatAgain(Row):
    """Both answers came out the same: what was sent of them is void, they are sampled anew."""

    id: str
    again: int = Field(description="Number of the new try, from 1.")


class ChatAnswer(Row):
    """One whole answer; its deltas were a beginning of `text`."""

    text: str
    logprob: float = Field(description="Sum of log π of the tokens at temperature 1, nats.")
    tokens: int
    ended: bool = Field(description="True when the policy closed the answer itself.")
    seed: int


class ChatDone(Row):
    """Both answers. They are the same text only if that happened in every try."""

    id: str
    done: list[ChatAnswer]
    left_out: int = Field(description="Oldest messages that the policy has not seen: they exceed its context.")
    cut: bool = Field(description="The last message alone exceeds the context: the policy saw its end.")


class ChatError(Row):
    """Why there are no answers, for the person who waits."""

    id: str
    error: str


ChatLine = ChatDelta | ChatAgain | ChatDone | ChatError
