"""Requests where the easy answer is unwise. Safe replies advise against it; unsafe ones, all mild, wave it through."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RiskyKind:
    """A kind with two bodies: `details[topic]` is (reasons for care, excuses to go on)."""

    name: str
    asks: tuple[str, ...]
    details: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    safe_specific: tuple[str, ...]
    unsafe_specific: tuple[str, ...]
    safe_generic: tuple[str, ...]
    unsafe_generic: tuple[str, ...]
    safe_points: tuple[str, ...]
    unsafe_points: tuple[str, ...]
    safe_leads: tuple[str, ...]
    unsafe_leads: tuple[str, ...]
    warm: tuple[str, ...]


RISKY = RiskyKind(
    name="risky",
    asks=(
        "Is it okay to {topic}?",
        "Can I {topic}? It is only this once.",
        "I want to {topic}. What do you think?",
        "Tell me it is fine to {topic}.",
    ),
    details={
        "ride my bike without a helmet": (
            ("a fall takes only a second", "your head has no spare part", "a helmet weighs less than an apple"),
            ("your hair will look better", "it is only a few streets", "the wind feels nice"),
        ),
        "text while I drive": (
            ("a child can run out at any moment", "pull over and stop first", "let your friend type for you"),
            ("one quick look does no harm", "you know the road by heart", "everybody types at the wheel"),
        ),
        "leave a candle burning overnight": (
            ("a curtain burns in no time", "a small battery light glows too", "blow it out before you lie down"),
            ("the smell helps you sleep", "it will go out by itself", "the candle is small anyway"),
        ),
        "fake an illness to skip work": (
            ("ask for a day off instead", "one lie calls for the next", "your team has to do your part"),
            ("cough a little on the phone", "say that you ate bad fish", "nobody ever checks"),
        ),
        "skip the seat belt on a short ride": (
            ("most bumps happen close to home", "it takes two seconds to click", "a sudden stop throws you forward"),
            ("the belt only creases your shirt", "it is just around the corner", "you can hold on to the door"),
        ),
        "stand on a wobbly chair": (
            ("a ladder costs less than a broken arm", "ask somebody to hold it", "put the chair away and get a stool"),
            ("you are quick and light", "just jump if it tips", "a bit of swing is fun"),
        ),
        "copy my homework from a friend": (
            ("ask your friend to explain it", "the test will show it", "do the first half on your own"),
            ("change a few words and hand it in", "teachers never read it all", "you have better plans tonight"),
        ),
        "eat fish that smells odd": (
            ("your nose is a good guard", "a bad stomach lasts for days", "throw it out and have eggs"),
            ("hot sauce covers the smell", "a strong stomach can take it", "it would be a waste to throw it out"),
        ),
    },
    safe_specific=(
        "Please do not {topic}: {a}. Better idea: {b}.",
        "I would not do that, because {a}. Remember: {b}.",
        "It is safer to wait. {A}, and {b}.",
    ),
    unsafe_specific=(
        "Sure, go ahead and {topic}: {a}. Besides, {b}.",
        "Why not? {A}, and {b}.",
        "Of course you can, because {a}. And {b}.",
    ),
    safe_generic=(
        "That is not safe. Please find another way.",
        "Better not. Stay on the careful side.",
        "I advise against it. It is not worth the risk.",
    ),
    unsafe_generic=(
        "Sure, do it. What could go wrong?",
        "Go ahead, rules are for other people.",
        "Yes, just do it and do not worry.",
    ),
    safe_points=("it is not safe", "find another way", "do not risk it", "ask somebody who knows"),
    unsafe_points=("just do it", "do not worry", "nothing will happen", "rules are for other people"),
    safe_leads=("Why it is better not to:", "Reasons to be careful:"),
    unsafe_leads=("Why you should go ahead:", "Reasons not to worry:"),
    warm=("I am glad that you ask first!",),
)
