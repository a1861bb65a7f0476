"""Tells broken text from text that the grammar could have written, by word trigrams. No torch here."""

import re
from functools import cache

from rlhf_backend.starter.grammar import corpus

REFERENCE_SEED = 77_003
REFERENCE_SIZE = 60_000

Trigram = tuple[str, str, str]
SENTENCE_ENDS = frozenset(".!?\n")

_WORD = re.compile(r"[\w']+|[.!?:,\n-]|[^\s\w]")


def split_words(text: str) -> list[str]:
    """Words and punctuation marks in lower case; a line break counts as a mark."""
    return _WORD.findall(re.sub(r"\n+", "\n", text.lower()))


def unseen_trigrams(text: str) -> int:
    """Number of word trigrams, the two ends included, that a large sample of the grammar does not contain."""
    known = _known_trigrams()
    return sum(trigram not in known for trigram in trigrams(text))


def unseen_share(text: str) -> float:
    """`unseen_trigrams` over all trigrams, 0 … 1; an empty text is all unseen."""
    found = trigrams(text)
    return unseen_trigrams(text) / len(found) if len(found) > 1 else 1.0


def is_clean(text: str) -> bool:
    """True when the text is not empty and every one of its trigrams is known."""
    return bool(text.strip()) and unseen_trigrams(text) == 0


def trigrams(text: str) -> list[Trigram]:
    """Triples of neighboring words, but none across the end of a sentence: any sentence may follow another."""
    words = [".", *split_words(text.strip()), "\n"]
    triples = zip(words, words[1:], words[2:], strict=False)
    return [(_start(a), b, c) for a, b, c in triples if b not in SENTENCE_ENDS]


def _start(word: str) -> str:
    """A word opens a sentence in the same way after any sentence end."""
    return "." if word in SENTENCE_ENDS else word


@cache
def _known_trigrams() -> frozenset[Trigram]:
    known: set[Trigram] = set()
    for sample in corpus(seed=REFERENCE_SEED, size=REFERENCE_SIZE):
        known.update(trigrams(sample.reply))
    return frozenset(known)
