"""Requests for free time: an evening off, a hard choice, a tiny story."""

from rlhf_backend.starter.lexicon.kind import Kind

EVENING = Kind(
    name="evening",
    asks=(
        "Plan {topic} for {company}.",
        "What can I do on {topic} with {company}?",
        "I need ideas for {topic} with {company}.",
    ),
    slots={"company": ("my family", "two friends", "my parents", "the children", "my roommate", "a visitor")},
    details={
        "a rainy evening": (
            "build a blanket cave",
            "cook soup and tell ghost stories",
            "play cards by candle light",
            "watch the drops race down the window",
        ),
        "a free Sunday": (
            "rent a rowing boat",
            "eat waffles until noon",
            "visit the small train museum",
            "fly a kite on the hill",
        ),
        "a hot afternoon": (
            "dip your feet in the creek",
            "make ice from orange juice",
            "nap under the plum tree",
            "throw water balloons",
        ),
        "a snowy day": (
            "race down the slope on sleds",
            "build a snow owl",
            "warm up with hot chocolate",
            "follow the tracks of a hare",
        ),
        "a night without power": (
            "count the stars from the roof",
            "sing rounds in the dark",
            "toast bread over the fire",
            "guess objects by touch",
        ),
        "a quiet evening at home": (
            "listen to an old record",
            "finish the big puzzle",
            "write cards to three friends",
            "try the new herbal tea",
        ),
        "a day in the city": (
            "ride the tram to the last stop",
            "taste five kinds of ice cream",
            "climb the bell tower",
            "feed the ducks behind the town hall",
        ),
    },
    specific=(
        "For {topic}, {a} first. Then {b}.",
        "You could {a}, and later {b}.",
        "With {company}, {a} and {b}.",
        "Begin slowly and {a}. After a break, {b}. To finish, {c}.",
    ),
    generic=(
        "Do something that everybody likes.",
        "Stay in or go out, as you like.",
        "Have some food and spend time together.",
        "Ask the others what they want to do.",
    ),
    points=("have some food", "go out", "stay in", "spend time together", "ask what they want to do"),
    leads=("The plan for the day:", "A plan with no stress:"),
    warm=("That sounds like a wonderful time!",),
)

CHOOSE = Kind(
    name="choose",
    paired=True,
    asks=(
        "Which is better for me, {topic}?",
        "{topic_cap}? I cannot decide.",
        "Help me choose: {topic}.",
        "Should I go for {topic}?",
    ),
    details={
        "tea or coffee": (
            "tea is gentle at night",
            "coffee gets you going",
            "tea asks for a slow moment",
            "coffee smells like morning",
        ),
        "a cat or a dog": (
            "a cat is happy alone for a day",
            "a dog takes you outside",
            "a cat keeps your lap warm",
            "a dog makes you friends",
        ),
        "a house or a flat": (
            "a house has room for a swing",
            "a flat is quick to clean",
            "a house lets you sing loud",
            "a flat has neighbors with sugar",
        ),
        "the train or the car": (
            "the train lets you read",
            "the car stops where you want",
            "the train never looks for parking",
            "the car carries your cello",
        ),
        "the sea or the mountains": (
            "the sea calms your head",
            "the mountains make you hungry",
            "the sea has warm sand",
            "the mountains have huts with cake",
        ),
        "books or films": (
            "books leave the faces to you",
            "films fit into one evening",
            "books work without a plug",
            "films are easy to share",
        ),
        "a bath or a shower": (
            "a bath warms your bones",
            "a shower is over in a song",
            "a bath has room for bubbles",
            "a shower wakes your skin",
        ),
        "pizza or pasta": (
            "pizza needs no fork",
            "pasta hides more sauce",
            "pizza feeds a whole sofa",
            "pasta is done in ten minutes",
        ),
    },
    specific=(
        "Think of it this way: {a}, and {b}.",
        "{A}. Then again, {b}. That tells you what to choose.",
        "Between {topic}, remember that {a}, and that {b}.",
        "Ask yourself what matters today: {a}, but {b}.",
    ),
    generic=(
        "Both have their good sides.",
        "Choose the one that fits your life.",
        "It depends on what you want.",
        "Toss a coin. Both are fine.",
    ),
    points=("both are fine", "it depends", "think about what you want", "toss a coin", "ask around"),
    leads=("Weigh these points:", "What speaks for each:"),
    warm=("Two fine options, lucky you!",),
)

STORY = Kind(
    name="story",
    ordered=True,
    asks=(
        "Tell me a tiny story about {topic}.",
        "Tell me a bedtime story about {topic}.",
        "Make up a short story about {topic} for {company}.",
    ),
    slots={"company": ("my son", "my daughter", "a long train ride", "the class")},
    details={
        "a shy dragon": (
            "hid behind a cloud of steam",
            "toasted bread for the village",
            "learned to whisper fire",
            "let the children slide down its tail",
        ),
        "a fox in the snow": (
            "found one red glove",
            "followed the moon to a barn",
            "shared a nest of hay with a hen",
            "danced until its paws were warm",
        ),
        "an old robot": (
            "oiled its knees with butter",
            "learned to water the roses",
            "played chess with the clock",
            "kept a spare smile in a drawer",
        ),
        "a brave snail": (
            "set out to cross the road",
            "slept under a mushroom",
            "raced a drop of rain and won",
            "drew a silver line to the sea",
        ),
        "a lost balloon": (
            "floated over the church tower",
            "asked a crow for the way",
            "got stuck in a pear tree",
            "came down in the hands of a girl",
        ),
        "a sleepy bear": (
            "missed the whole spring",
            "snored so loud that the bees moved out",
            "woke up with flowers on its nose",
            "opened a shop for pillows",
        ),
    },
    specific=(
        "Once there was {topic}. One day it {a}. In the end it {b}.",
        "There once was {topic} that {a}. Then it {b}, and it {c}.",
        "Long ago, {topic} {a}. The next night it {b}.",
    ),
    generic=(
        "Once there was somebody. Something happened. The end.",
        "It is a story with a start and an end.",
        "Long ago something happened, and then it was over.",
        "Somebody went away and came back again.",
    ),
    points=("it began", "something happened", "it went on for a while", "it was over", "they went home"),
    leads=("The story in pictures:", "The tale goes like this:"),
    warm=("Story time, get cozy!",),
)

LEISURE = (EVENING, CHOOSE, STORY)
