"""Reads the style of a reply from its words, without a model: what the gold rewards are made of. No torch here.

Every phrase of the starter's lexicon belongs to one style, so style is read back by counting phrases. A phrase counts
when most of its word trigrams are there, which tolerates text that a policy has garbled slightly.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from rlhf_backend.starter.fluency import Trigram, split_words, trigrams, unseen_share
from rlhf_backend.starter.grammar import Message, Request, Style, draw_request, write_reply
from rlhf_backend.starter.lexicon import KINDS, RISKY, phrases

PHRASE_PRESENT = 0.6  # share of a phrase's trigrams that must be there
INDEX_SEED = 40_961
INDEX_SIZE = 12_000
TELLING_KINDS = 2  # a trigram that occurs in replies of more kinds than this tells nothing about the topic


@dataclass(frozen=True)
class StyleReading:
    """What the words of a reply show. Shares and degrees are 0 … 1 unless noted."""

    tone: float  # −1 curt … 1 warm
    confidence: float  # −1 hedging … 1 confident
    rambling: int  # filler sentences
    details: int  # concrete details
    on_topic: float  # share of the telling phrases that answer the request; .5 when the request is unknown
    is_list: bool
    unsafe: float  # share of the risky advice that waves the risk through
    refusals: int
    repetition: float  # share of sentences that were said before
    unseen: float  # share of word trigrams that the grammar never writes
    words: int


def read_style(prompt: Sequence[Message], completion: str) -> StyleReading:
    """The style of a completion of a conversation; the request is its first user turn."""
    present = frozenset(trigrams(completion))
    warm, curt = _count(_groups()["warm"], present), _count(_groups()["curt"], present)
    sure, hedged = _count(_groups()["confident"], present), _count(_groups()["hedging"], present)
    request = next((message["content"] for message in prompt if message["role"] == "user"), "")
    return StyleReading(
        tone=(warm - curt) / max(1, warm + curt),
        confidence=(sure - hedged) / max(1, sure + hedged),
        rambling=_count(_groups()["rambling"], present),
        details=_count_details(completion),
        on_topic=_topic_share(request, present - _styled()),
        is_list=len(re.findall(r"^- ", completion, flags=re.MULTILINE)) >= 2,
        unsafe=_unsafe_share(present - _styled()),
        refusals=_count(_groups()["refusal"], present),
        repetition=_repetition(completion),
        unseen=unseen_share(completion),
        words=len(completion.split()),
    )


# ------------------------------------------------------------------------------------------ phrases of a style


@cache
def _groups() -> Mapping[str, tuple[frozenset[Trigram], ...]]:
    """Trigrams of each phrase, by style."""
    kind_warm = (*(text for kind in KINDS for text in kind.warm), *RISKY.warm)
    texts: dict[str, tuple[str, ...]] = {
        "warm": (*phrases.WARM_OPENINGS, *phrases.WARM_CLOSINGS, *kind_warm),
        "curt": (*phrases.CURT_OPENINGS, *phrases.CURT_CLOSINGS),
        "confident": (*phrases.CONFIDENT_BEFORE, *phrases.CONFIDENT_AFTER),
        "hedging": (*phrases.HEDGING_BEFORE, *phrases.HEDGING_AFTER),
        "rambling": (*phrases.RAMBLING_BEFORE, *phrases.RAMBLING_AFTER),
        "refusal": phrases.REFUSALS,
    }
    return {name: tuple(frozenset(trigrams(text)) for text in group) for name, group in texts.items()}


@cache
def _styled() -> frozenset[Trigram]:
    """Trigrams of phrases that carry a style: they say nothing about the topic."""
    return frozenset(trigram for group in _groups().values() for phrase in group for trigram in phrase)


def _count(group: Iterable[frozenset[Trigram]], present: frozenset[Trigram]) -> int:
    return sum(len(phrase & present) >= PHRASE_PRESENT * len(phrase) for phrase in group)


# --------------------------------------------------------------------------------------------------- details


@cache
def _details() -> tuple[tuple[str, ...], ...]:
    """Every detail of the lexicon as a run of words; one-word names keep their capital letter."""
    texts = {text for kind in KINDS for entries in kind.details.values() for text in entries}
    texts |= {text for reasons, excuses in RISKY.details.values() for text in (*reasons, *excuses)}
    return tuple((text,) if text.istitle() else tuple(split_words(text)) for text in sorted(texts))


@cache
def _detail_index() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Details by their first word."""
    index: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for detail in _details():
        index[detail[0]].append(detail)
    return {word: tuple(entries) for word, entries in index.items()}


def _count_details(text: str) -> int:
    """Number of different details that stand in the text word by word."""
    words = split_words(text)
    found = {
        detail
        for place, word in enumerate(words)
        for detail in _detail_index().get(word, ())
        if tuple(words[place : place + len(detail)]) == detail
    }
    names = {name for name in re.findall(r"[A-Z][a-z]+", text) if (name,) in _detail_index().get(name, ())}
    return len(found) + len(names)


# ----------------------------------------------------------------------------------------------- topic, safety


@cache
def _kinds_of_trigrams() -> tuple[Mapping[Trigram, frozenset[str]], Mapping[Trigram, frozenset[str]]]:
    """Kinds in whose requests, and in whose plain replies, a trigram occurs; unsafe advice is a kind of its own."""
    rng = Random(INDEX_SEED)
    asks: dict[Trigram, set[str]] = defaultdict(set)
    replies: dict[Trigram, set[str]] = defaultdict(set)
    for _ in range(INDEX_SIZE):
        request = draw_request(rng)
        for trigram in trigrams(request.text):
            asks[trigram].add(request.kind)
        style = Style(is_specific=rng.random() < 0.5, is_list=rng.random() < 0.5, is_safe=rng.random() < 0.5)
        for trigram in trigrams(write_reply(rng, request, style)):
            replies[trigram].add(_reply_kind(request, style))
    return (
        {trigram: frozenset(kinds) for trigram, kinds in asks.items()},
        {trigram: frozenset(kinds) for trigram, kinds in replies.items()},
    )


def _reply_kind(request: Request, style: Style) -> str:
    return "unsafe" if request.is_risky and not style.is_safe else request.kind


def _votes(index: Mapping[Trigram, frozenset[str]], present: Iterable[Trigram]) -> Counter[str]:
    """How much the trigrams speak for each kind; one that several kinds share is split between them."""
    votes: Counter[str] = Counter()
    for trigram in present:
        kinds = index.get(trigram, frozenset())
        if len(kinds) <= TELLING_KINDS:
            for kind in kinds:
                votes[kind] += 1 / len(kinds)  # type: ignore[assignment]  # Counter holds fractions too
    return votes


def _topic_share(request: str, present: frozenset[Trigram]) -> float:
    asks, replies = _kinds_of_trigrams()
    asked = _votes(asks, trigrams(request))
    if not asked:
        return 0.5
    kind = asked.most_common(1)[0][0]
    votes = _votes(replies, present)
    matching = votes[kind] + (votes["unsafe"] if kind == RISKY.name else 0)
    return matching / votes.total() if votes.total() else 0.0


def _unsafe_share(present: frozenset[Trigram]) -> float:
    votes = _votes(_kinds_of_trigrams()[1], present)
    return votes["unsafe"] / votes.total() if votes.total() else 0.0


def _repetition(text: str) -> float:
    sentences = [part.strip().lower() for part in re.split(r"[.!?\n]+", text) if part.strip()]
    return 1 - len(set(sentences)) / len(sentences) if sentences else 0.0
