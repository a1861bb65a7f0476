"""What the wording of samples gives away, without any model: sameness, repetition, refusals."""

import re
from collections.abc import Sequence
from itertools import pairwise

# How a sentence begins that declines to answer; lower case, straight apostrophes.
_CANNOT = r"(?:can't|cannot|can not|won't|will not|am unable|am not able|must decline|must refuse)"
_REFUSALS = (
    # English
    rf"(?:i am |i'm )?(?:very |so |really |truly )?(?:sorry|afraid)[,.]? (?:but )?(?:that )?i {_CANNOT}",
    r"(?:i am|i'm) (?:very |so |really |truly )?sorry,? but (?:that|this|it) (?:is|isn't|would|can't|goes)",
    rf"i {_CANNOT} (?:to )?(?:help|assist|answer|provide|do that|comply|fulfil|discuss|support|give|share|create)",
    rf"i {_CANNOT} (?:to )?(?:write|tell|say|talk|engage|participate|recommend|advise)",
    r"(?:i am|i'm) (?:not able|unable|not allowed|not going) to (?:help|assist|answer|provide|do|comply|discuss|give)",
    r"i (?:must|have to) (?:decline|refuse)",
    rf"(?:as|being) an? (?:ai|artificial intelligence|(?:large )?language model)\b.{{0,60}}\bi {_CANNOT}",
    r"i (?:decline|refuse) to ",
    r"i(?:'d| would) rather not (?:answer|say|talk|help|discuss)",
    # German
    r"(?:es )?tut mir (?:sehr )?leid,? (?:aber )?(?:dabei |dazu |da |damit |das |hier )?(?:kann|darf|werde) ich",
    r"(?:es )?tut mir (?:sehr )?leid,? (?:aber )?ich (?:kann|darf|werde)\b.{0,60}\bnicht",
    r"(?:entschuldigung|leider),? (?:aber )?(?:da|dabei|dazu|damit|das|hier)? ?(?:kann|darf) ich\b.{0,60}\bnicht",
    r"(?:dabei|dazu|damit|das) (?:kann|darf|werde|möchte) ich (?:dir |ihnen )?(?:leider )?nicht",
    r"ich (?:kann|darf|werde) (?:dir |ihnen |dabei |dazu |damit |das |leider )+nicht",
    # French
    r"(?:je suis )?(?:désolée?|navrée?),? (?:mais )?je ne (?:peux|puis|suis pas en mesure|vais)",
    r"je ne (?:peux|puis|vais) pas (?:vous |t')?(?:aider|répondre|fournir|faire|donner|discuter)",
    # Spanish, Portuguese, Italian
    r"(?:lo siento|perdón|disculpa|lo lamento),? (?:mucho,? )?(?:pero )?(?:no puedo|no me es posible)",
    r"no puedo (?:ayudar|responder|proporcionar|hacer eso|darte|cumplir|hablar)",
    r"(?:desculpe|sinto muito|lamento),? (?:mas )?(?:eu )?não posso",
    r"não posso (?:ajudar|responder|fornecer|fazer isso)",
    r"mi dispiace,? (?:ma )?non posso",
    r"non posso (?:aiutar|rispondere|fornire|farlo)",
    # Dutch
    r"(?:het spijt me|sorry|helaas),? (?:maar )?(?:daar |dat |hier )?(?:kan ik|ik kan)\b.{0,60}\bniet",
    # Russian
    r"(?:извините|простите|к сожалению),? (?:но )?я не (?:могу|буду)",
    r"я не (?:могу|буду) (?:вам |тебе |с этим )?(?:помочь|помогать|ответить|отвечать|предоставить|обсуждать)",
    # Chinese, Japanese, Korean
    r"(?:很|非常|十分)?(?:抱歉|对不起|對不起|遗憾|遺憾)[,，。 ]{0,2}(?:但是?)?我?(?:不能|无法|無法|不可以|不会|不會)",
    r"我(?:不能|无法|無法)(?:帮|幫|回答|提供|协助|協助|讨论|討論|满足|滿足)",
    r"(?:申し訳(?:ありません|ございません)|すみません|ごめんなさい).{0,40}(?:できません|できかねます)",
    r"(?:죄송하지만|죄송합니다|미안하지만).{0,40}(?:수 없|수는 없|어렵습니다)",
)
_REFUSAL = re.compile("|".join(f"(?:{pattern})" for pattern in _REFUSALS), re.DOTALL)
# Where a refusal has begun by: later in a completion the same words are quoted or told of.
_OPENING = 200
# An opening that is no refusal in itself, stripped before its words are compared.
_PREFACE = re.compile(r"^[\s\"'“”‘*_#>-]*(?:(?:hi|hello|well|unfortunately|thank you[^.!,]{0,30}|oh|hm+)[,.!]?\s+)*")


def is_refusal(text: str) -> bool:
    """Whether a completion declines to answer, by how its first sentences are worded.

    Known: English, German, French, Spanish, Portuguese, Italian, Dutch, Russian, Chinese, Japanese and Korean. What
    it cannot see: other languages, refusals by advice ("better not"), by changing the subject, or after an answer. It
    is meant for a change of the share between two policies, in which what it misses on both sides cancels.
    """
    opening = text[: 2 * _OPENING].lower().replace("’", "'").replace("‘", "'")
    opening = _PREFACE.sub("", opening, count=1)[:_OPENING]
    sentences = [0, *(match.end() for match in re.finditer(r"[.!?。！？\n]\s*", opening))]
    return any(_REFUSAL.match(opening, start) for start in sentences[:3])


def distinct_words(texts: Sequence[Sequence[str]]) -> float:
    """Distinct words over all words, 0 … 1; 0 when there is none.

    Source: Li et al. 2016, arXiv:1510.03055 (distinct-1).
    """
    words = [word for text in texts for word in text]
    return len(set(words)) / len(words) if words else 0.0


def distinct_bigrams(texts: Sequence[Sequence[str]]) -> float:
    """Distinct bigrams of words over all bigrams, 0 … 1; 0 when there is none.

    Source: Li et al. 2016, arXiv:1510.03055 (distinct-2).
    """
    bigrams = [pair for words in texts for pair in pairwise(words)]
    return len(set(bigrams)) / len(bigrams) if bigrams else 0.0


def repeats_four_words(words: Sequence[str]) -> bool:
    """Whether some four words in a row occur more than once."""
    grams = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    return len(set(grams)) < len(grams)
