"""A seeded generator of everyday requests and replies whose style factors are independent of each other.

A reply is written from a `Style`: tone, confidence, rambling or concise, specific or generic, on or off topic, list or
prose, safe or unsafe (risky requests only). Each factor is drawn on its own, so no two of them correlate and a taste
for one cannot be satisfied by another. The factors are the labels that the judge learns to read. No torch here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from rlhf_backend.starter.lexicon import KINDS, RISKY, Kind, phrases

RISKY_SHARE = 0.12
REFUSAL_SHARE = 0.03
REFUSAL_SHARE_RISKY = 0.3
FOLLOW_UP_SHARE = 0.05
SYSTEM_SHARE = 0.03

Message = dict[str, str]


@dataclass(frozen=True)
class Style:
    """How a reply is written. `is_safe` is False only where a risky request is waved through."""

    tone: int = 0  # −1 curt, 0 neutral, 1 warm
    confidence: int = 0  # −1 hedging, 0 plain, 1 confident
    is_rambling: bool = False
    is_specific: bool = True
    is_on_topic: bool = True
    is_list: bool = False
    is_safe: bool = True
    is_refusal: bool = False


@dataclass(frozen=True)
class Request:
    """One request of a user; `fields` fills the templates of its kind."""

    kind: str
    fields: Mapping[str, str]
    text: str

    @property
    def is_risky(self) -> bool:
        return self.kind == RISKY.name


@dataclass(frozen=True)
class Sample:
    """A conversation that ends with a user's turn, the reply to it, and the style in which it was written."""

    messages: tuple[Message, ...]
    reply: str
    request: Request
    style: Style


def corpus(*, seed: int, size: int) -> Iterator[Sample]:
    """`size` samples; the same seed gives the same samples, and a shorter corpus is a prefix of a longer one."""
    rng = Random(seed)
    for _ in range(size):
        yield draw_sample(rng)


def draw_sample(rng: Random) -> Sample:
    """A request, at times with a system message or as a second turn, and a reply in a random style."""
    request = draw_request(rng)
    style = draw_style(rng, request)
    messages: list[Message] = []
    if rng.random() < SYSTEM_SHARE:
        messages.append({"role": "system", "content": rng.choice(phrases.SYSTEM_MESSAGES)})
    messages.append({"role": "user", "content": request.text})
    if rng.random() < FOLLOW_UP_SHARE:
        first = write_reply(rng, request, draw_style(rng, request))
        messages.append({"role": "assistant", "content": first})
        messages.append({"role": "user", "content": rng.choice(phrases.FOLLOW_UPS)})
    return Sample(tuple(messages), write_reply(rng, request, style), request, style)


def draw_request(rng: Random) -> Request:
    """A request of a random kind; risky ones are `RISKY_SHARE` of all."""
    if rng.random() < RISKY_SHARE:
        fields = {"topic": rng.choice(tuple(RISKY.details))}
        return Request(RISKY.name, fields, _fill(rng.choice(RISKY.asks), fields))
    kind = rng.choice(KINDS)
    fields = _draw_fields(rng, kind)
    return Request(kind.name, fields, _fill(rng.choice(kind.asks), fields))


def draw_style(rng: Random, request: Request) -> Style:
    """Independent factors; a refusal, which has no body, is neither specific nor a list nor on topic."""
    style = Style(
        tone=rng.choices((-1, 0, 1), (0.3, 0.4, 0.3))[0],
        confidence=rng.choices((-1, 0, 1), (0.3, 0.4, 0.3))[0],
        is_rambling=rng.random() < 0.35,
        is_specific=rng.random() < 0.5,
        is_on_topic=rng.random() < 0.85,
        is_list=rng.random() < 0.3,
    )
    if request.is_risky and style.is_on_topic:
        style = replace(style, is_safe=rng.random() < 0.5)
    share = REFUSAL_SHARE_RISKY if request.is_risky else REFUSAL_SHARE
    if style.is_safe and rng.random() < share:
        return replace(style, is_refusal=True, is_specific=False, is_list=False, is_on_topic=False)
    return style


def write_reply(rng: Random, request: Request, style: Style) -> str:
    """A reply to `request` in `style`. An off-topic reply answers a request of another kind."""
    before: list[str] = []
    after: list[str] = []
    opening, closing = _tone_phrases(rng, request, style)
    if opening:
        before.append(opening)
    if style.confidence:
        ahead, back = phrases.CONFIDENT_BEFORE, phrases.CONFIDENT_AFTER
        if style.confidence < 0:
            ahead, back = phrases.HEDGING_BEFORE, phrases.HEDGING_AFTER
        _put_phrase(rng, (before, ahead), (after, back))
    if style.is_rambling:
        for _ in range(2 if rng.random() < 0.35 else 1):
            _put_phrase(rng, (before, phrases.RAMBLING_BEFORE), (after, phrases.RAMBLING_AFTER))
    if closing:
        after.append(closing)
    body = _write_body(rng, request, style)
    separator = "\n\n" if style.is_list else " "
    return " ".join([*before, body]) + (separator + " ".join(after) if after else "")


def _put_phrase(rng: Random, *places: tuple[list[str], tuple[str, ...]]) -> None:
    """Append a phrase that is not there yet to one of the places, each a (sentences, phrases) pair."""
    sentences, choices = rng.choice(places)
    sentences.append(rng.choice([phrase for phrase in choices if phrase not in sentences]))


def _tone_phrases(rng: Random, request: Request, style: Style) -> tuple[str, str]:
    """Opening and closing of a reply, either may be empty; a warm or curt one has at least one of them."""
    if style.tone == 0:
        return (rng.choice(phrases.NEUTRAL_OPENINGS), "") if rng.random() < 0.35 else ("", "")
    openings: tuple[str, ...] = phrases.CURT_OPENINGS
    closings: tuple[str, ...] = phrases.CURT_CLOSINGS
    if style.tone > 0:
        openings, closings = phrases.WARM_OPENINGS, phrases.WARM_CLOSINGS
        if style.is_on_topic and rng.random() < 0.4:
            openings = _kind(request.kind).warm if not request.is_risky else RISKY.warm
    where = rng.choices(("both", "opening", "closing"), (0.5, 0.25, 0.25))[0]
    return (
        "" if where == "closing" else rng.choice(openings),
        "" if where == "opening" else rng.choice(closings),
    )


def _write_body(rng: Random, request: Request, style: Style) -> str:
    if style.is_refusal:
        return rng.choice(phrases.REFUSALS)
    if not style.is_on_topic:
        other = rng.choice([kind for kind in KINDS if kind.name != request.kind])
        return _write_everyday(rng, other, _draw_fields(rng, other), style)
    if request.is_risky:
        return _write_risky(rng, request, style)
    return _write_everyday(rng, _kind(request.kind), request.fields, style)


def _write_everyday(rng: Random, kind: Kind, fields: Mapping[str, str], style: Style) -> str:
    details = _pick_details(rng, kind, fields["topic"])
    if style.is_list:
        entries = details[:3] if style.is_specific else rng.sample(kind.points, 3)
        return _list(rng.choice(kind.leads), entries)
    if style.is_specific:
        return _fill(rng.choice(kind.specific), {**fields, **_letters(details)})
    return rng.choice(kind.generic)


def _write_risky(rng: Random, request: Request, style: Style) -> str:
    reasons, excuses = RISKY.details[request.fields["topic"]]
    details = list(reasons if style.is_safe else excuses)
    rng.shuffle(details)
    if style.is_list:
        points = RISKY.safe_points if style.is_safe else RISKY.unsafe_points
        entries = details if style.is_specific else rng.sample(points, 3)
        return _list(rng.choice(RISKY.safe_leads if style.is_safe else RISKY.unsafe_leads), entries)
    if style.is_specific:
        template = rng.choice(RISKY.safe_specific if style.is_safe else RISKY.unsafe_specific)
        return _fill(template, {**request.fields, **_letters(details)})
    return rng.choice(RISKY.safe_generic if style.is_safe else RISKY.unsafe_generic)


def _pick_details(rng: Random, kind: Kind, topic: str) -> list[str]:
    """Details of the topic in random order; three in their own order where order matters."""
    details = list(kind.details[topic])
    if kind.ordered:
        return [details[index] for index in sorted(rng.sample(range(len(details)), 3))]
    if not kind.paired:
        rng.shuffle(details)
        return details
    sides = [details[0::2], details[1::2]]
    rng.shuffle(sides)
    for side in sides:
        rng.shuffle(side)
    return [entry for pair in zip(*sides, strict=True) for entry in pair]


def _draw_fields(rng: Random, kind: Kind) -> dict[str, str]:
    fields = {"topic": rng.choice(tuple(kind.details))}
    fields.update({name: rng.choice(values) for name, values in kind.slots.items()})
    return fields


def _kind(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


def _letters(details: list[str]) -> dict[str, str]:
    """Details under the names a, b, c … and, with a capital letter, A, B, C …"""
    letters = dict(zip("abcdefgh", details, strict=False))
    return letters | {letter.upper(): _capital(text) for letter, text in letters.items()}


def _fill(template: str, fields: Mapping[str, str]) -> str:
    return template.format(**fields, topic_cap=_capital(fields["topic"]))


def _list(lead: str, entries: list[str]) -> str:
    return "\n".join([lead, *(f"- {_capital(entry)}" for entry in entries)])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
