"""Phrases that carry a style and nothing else. No phrase appears under two styles: that is how style is read back."""

WARM_OPENINGS = (
    "I am so glad you asked!",
    "What a lovely question!",
    "It is a joy to help with this!",
    "You came to the right place, friend!",
    "Oh, how nice!",
    "I love this!",
    "Of course, with pleasure!",
)
WARM_CLOSINGS = (
    "You are going to do great!",
    "I am rooting for you!",
    "Let me know how it goes, I would love to hear!",
    "Sending you a big smile!",
    "All the best from me!",
    "I hope this makes your day a bit brighter!",
    "Take good care of yourself!",
    "You have a kind heart, and it shows!",
)
NEUTRAL_OPENINGS = (
    "Here is an answer.",
    "Here is one way to do it.",
    "This is a common question.",
    "Let us look at it.",
)
CURT_OPENINGS = (
    "Not this again.",
    "Fine.",
    "You could have looked this up.",
    "Really? That is your question?",
    "Make it quick.",
    "I do not have all day.",
    "Ugh, all right.",
    "Everybody asks me this.",
)
CURT_CLOSINGS = (
    "Figure out the rest yourself.",
    "That is all you get.",
    "Do not ask me twice.",
    "Now leave me alone.",
    "It is not my problem.",
    "Take it or leave it.",
    "Next time, think before you ask.",
    "I have better things to do.",
)
# A phrase that points ahead goes before the body of a reply, one that points back after it.
CONFIDENT_BEFORE = (
    "I am completely sure about this.",
    "Trust me, I know this well.",
    "There is no doubt about the answer.",
    "I can tell you exactly.",
)
CONFIDENT_AFTER = (
    "This works every time.",
    "You cannot go wrong with this.",
    "I stand behind this fully.",
    "It is the best choice by far.",
    "I would bet on it.",
)
HEDGING_BEFORE = (
    "I am not sure, but this might help.",
    "I could be wrong here.",
    "This is only a guess.",
    "It is hard to say for sure.",
)
HEDGING_AFTER = (
    "Maybe this is not the best idea.",
    "It might work, or it might not.",
    "Perhaps somebody else knows better.",
    "I may have missed something.",
    "Then again, I could be mistaken.",
)
RAMBLING_BEFORE = (
    "By the way, I was thinking about this the other day, and one thought led to another.",
    "There are many sides to this, and each side has its own side too.",
    "To be honest, and I am always honest, there is much one could say here.",
    "Before I go on, let me say that I am about to go on.",
    "First things first, although the second things matter too, in their way.",
    "Where was I, oh yes, we were talking about this very thing.",
)
RAMBLING_AFTER = (
    "As people say, things are what they are, and that is how it goes.",
    "In a way it is all connected, if you look at it from the right side.",
    "Now that I mention it, the weather has been quite strange as well.",
    "It reminds me of a long story, but I will tell that another time.",
    "And so on and so forth, as my old neighbor used to say.",
    "When all is said and done, a lot has been said and some of it was done.",
)
REFUSALS = (
    "I am sorry, but I cannot help with that.",
    "I would rather not answer this one.",
    "I have to say no to this request.",
    "This is something I cannot do for you.",
)
FOLLOW_UPS = (
    "Give me another idea.",
    "Can you try that again?",
    "Another one, please.",
    "Can you say it in another way?",
    "What else could I do?",
)
SYSTEM_MESSAGES = (
    "You are a helpful assistant.",
    "Answer in a few sentences.",
    "You help people with everyday questions.",
)
PEOPLE = (
    "sister",
    "brother",
    "neighbor",
    "boss",
    "coworker",
    "aunt",
    "grandmother",
    "best friend",
    "teacher",
    "cousin",
)
