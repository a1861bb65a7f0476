"""The text of a completion while its tokens come."""

from collections.abc import Callable, Sequence

_UNFINISHED = "\ufffd"
"""What decoders write for bytes that are no character, or not yet one."""


class TextStream:
    """Text that can be shown at once: never half a character, and always a beginning of the whole completion's text.

    Only the tokens since the last shown boundary are decoded again, so a completion costs time linear in its length.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        """`decode` gives the text of token ids, surrounding space kept."""
        self._decode = decode
        self._ids: list[int] = []
        self._context = 0  # decoding starts here: some decoders write a token differently after another one
        self._shown = 0
        self._space = ""  # shown only once something follows it: a completion's text has no space around it
        self._begun = False

    def push(self, token: int) -> str:
        """The text that may be shown now that `token` has come; often a word, sometimes nothing."""
        self._ids.append(token)
        before = self._decode(self._ids[self._context : self._shown])
        text = self._decode(self._ids[self._context :])
        if len(text) <= len(before) or text.endswith(_UNFINISHED):
            return ""
        self._context, self._shown = self._shown, len(self._ids)
        return self._without_outer_space(text[len(before) :])

    def _without_outer_space(self, text: str) -> str:
        text = self._space + text
        kept = text.rstrip()
        if not kept:
            self._space = text if self._begun else ""
            return ""
        self._space = text[len(kept) :]
        shown = kept if self._begun else kept.lstrip()
        self._begun = True
        return shown
