"""Requests about the house: cooking, tidying, packing, saving money, naming a pet."""

from rlhf_backend.starter.lexicon.kind import Kind

COOK = Kind(
    name="cook",
    ordered=True,
    asks=(
        "What can I cook with {topic} {when}?",
        "I have {topic} at home. What should I make {when}?",
        "Give me a simple recipe with {topic}.",
        "Dinner idea with {topic}, please.",
    ),
    slots={"when": ("tonight", "for two", "for the family", "in a small kitchen", "on a busy day")},
    details={
        "eggs": (
            "beat them with a spoon of milk",
            "fry onions until they are golden",
            "fold in grated cheese",
            "serve the omelet on toast",
        ),
        "potatoes": (
            "boil them in their skins",
            "slice them and fry them with rosemary",
            "mash them with butter and nutmeg",
            "add a spoon of sour cream",
        ),
        "rice": (
            "rinse it until the water is clear",
            "stir in peas and soy sauce",
            "add ginger and spring onions",
            "let it steam under a towel",
        ),
        "tomatoes": (
            "simmer them with garlic and basil",
            "blend them into a red soup",
            "roast them with a little honey",
            "crumble some feta on top",
        ),
        "mushrooms": (
            "brush them clean with a cloth",
            "brown them in a hot dry pan",
            "pour in some cream and thyme",
            "spoon them over ribbon noodles",
        ),
        "pumpkin": (
            "cut it into wedges",
            "roast it with olive oil and chili",
            "puree it with coconut milk",
            "sprinkle the toasted seeds on it",
        ),
        "lentils": (
            "cook them with a bay leaf",
            "add diced carrots and celery",
            "stir in a splash of vinegar",
            "top them with yogurt and mint",
        ),
        "bread": (
            "cut it into cubes",
            "toast it with garlic oil",
            "soak it in egg and cinnamon",
            "bake it with cheese and leeks",
        ),
    },
    specific=(
        "First {a}. Then {b}, and you are nearly done.",
        "It is easy: {a}, then {b}.",
        "Take {topic} and {a}. After that, {b}. At the end, {c}.",
        "For a warm meal, {a} and {b}.",
    ),
    generic=(
        "Cook it with some spices and eat it warm.",
        "Put everything in one pot and wait.",
        "There are many meals you could make with that.",
        "Heat it up and add what you like.",
    ),
    points=("heat it up", "add some spices", "taste it", "eat it warm", "use what you have"),
    leads=("The recipe in short:", "Follow these cooking steps:"),
    warm=("Yum, my mouth is watering already!",),
)

TIDY = Kind(
    name="tidy",
    asks=(
        "How do I tidy up {topic} {when}?",
        "{topic_cap} is a mess. Where do I start?",
        "Help me clean {topic} {when}.",
        "What is the best way to keep {topic} neat?",
    ),
    slots={"when": ("before guests come", "in one hour", "on a Sunday", "without getting bored")},
    details={
        "the desk": (
            "sort the paper into three piles",
            "test every pen and toss the dead ones",
            "tie the cables with a clip",
            "leave only the lamp and one notebook",
        ),
        "the kitchen": (
            "soak the pans in hot water",
            "wipe the shelf above the stove",
            "throw out old sauce from the fridge door",
            "sweep the crumbs from under the toaster",
        ),
        "the closet": (
            "lay every shirt on the bed",
            "turn all hangers the same way",
            "give away what you did not wear this year",
            "roll the socks in pairs",
        ),
        "the garage": (
            "hang the tools on a peg board",
            "sweep out the dry leaves",
            "put the paint cans on the top shelf",
            "lean the bikes on one wall",
        ),
        "the bathroom": (
            "scrub the tub with baking soda",
            "shake out the bath mat",
            "rinse the mirror with vinegar",
            "line up the bottles by size",
        ),
        "the toy corner": (
            "put the blocks in the big blue box",
            "give each doll a place on the bench",
            "let the children race against a song",
            "mend the torn bear or let it go",
        ),
        "the balcony": (
            "cut the brown stalks",
            "brush the floor from the door outward",
            "stack the empty pots",
            "wash the table with soapy water",
        ),
        "my inbox": (
            "delete all ads older than a week",
            "answer the short mails first",
            "make a folder for bills",
            "leave three lists you never read",
        ),
    },
    specific=(
        "Begin small: {a}. Then {b}.",
        "In {topic}, {a} and {b}. Set a timer if you like.",
        "First {a}, next {b}, and last {c}.",
        "Put on music, {a}, and then {b}.",
    ),
    generic=(
        "Start somewhere and keep going until it is clean.",
        "Put things where they belong.",
        "Throw away what you do not need.",
        "Clean a bit each day and it stays neat.",
    ),
    points=("start somewhere", "throw things away", "put things back", "wipe it down", "keep going"),
    leads=("A cleaning plan:", "Tidy up in this order:"),
    warm=("A fresh start feels wonderful!",),
)

PACK = Kind(
    name="pack",
    asks=(
        "What should I pack for {topic}?",
        "I leave for {topic} {when}. What do I need?",
        "Make a packing list for {topic}.",
        "Packing for {topic} {when}: what should I not forget?",
    ),
    slots={"when": ("tomorrow", "next week", "in May", "with two children", "with one small bag")},
    details={
        "the beach": ("sunscreen", "a big towel", "a straw hat", "flip flops", "a bag for wet things"),
        "a ski trip": ("thick gloves", "goggles", "wool socks", "lip balm", "a card game for the hut"),
        "a hike in the hills": (
            "boots with a good sole",
            "a rain jacket",
            "a paper map",
            "nuts and dried apples",
            "plasters",
        ),
        "a city weekend": ("light sneakers", "a power bank", "an umbrella", "a nice shirt for dinner", "a tote bag"),
        "a night in a tent": ("a warm sleeping bag", "a flashlight", "earplugs", "matches in a dry box", "a tin cup"),
        "a work trip": (
            "the laptop charger",
            "two ironed shirts",
            "a printed ticket",
            "a pen that works",
            "throat drops",
        ),
        "a bike tour": ("a spare tube", "a small pump", "padded shorts", "a bright vest", "two water bottles"),
        "a farm stay": (
            "rubber boots",
            "an old sweater",
            "a hat for the cold barn",
            "a jar for berries",
            "a good book",
        ),
    },
    specific=(
        "Take {a}, {b} and {c}.",
        "Do not forget {a}. You will also want {b}.",
        "For {topic} you need {a}, {b} and {c}.",
        "Put {a} at the bottom and {b} on top.",
    ),
    generic=(
        "Take what you usually take.",
        "Bring clothes and some other things.",
        "Pack light and bring what you need.",
        "Think about the weather and pack for it.",
    ),
    points=("clothes", "money", "your phone", "something to eat", "the usual things"),
    leads=("Put these in the bag:", "The packing list:"),
    warm=("A trip, how exciting!",),
)

SAVE = Kind(
    name="save",
    asks=(
        "How can I spend less on {topic}?",
        "I pay too much for {topic}. Any tips?",
        "Help me save money on {topic} {when}.",
    ),
    slots={"when": ("this month", "as a student", "with a big family")},
    details={
        "food": (
            "write a list and eat before you shop",
            "cook a big pot of beans on Sunday",
            "buy the bent carrots",
            "freeze the bread in slices",
        ),
        "clothes": (
            "swap coats with your cousin",
            "learn to sew on a button",
            "look at the flea market by the river",
            "wash jackets less often",
        ),
        "heating": (
            "wear a thick sweater at home",
            "close the curtains when it gets dark",
            "seal the gap under the door",
            "warm only the room you sit in",
        ),
        "coffee": (
            "brew it at home in a small pot",
            "carry a steel flask",
            "keep the cafe for Fridays",
            "share a bag of beans with the office",
        ),
        "travel": (
            "take the slow train",
            "go in October",
            "sleep in a hostel with a kitchen",
            "book the bus six weeks ahead",
        ),
        "my phone": (
            "keep the old one for another year",
            "replace only the battery",
            "ask for a smaller plan",
            "use the wifi at the library",
        ),
    },
    specific=(
        "To spend less on {topic}, {a} and {b}.",
        "Two things help: {a}, and {b}.",
        "This week, {a}. Later on, {b}.",
    ),
    generic=(
        "Spend less and save more.",
        "Think before you buy.",
        "Look at where the money goes.",
        "Only pay for what you need.",
    ),
    points=("spend less", "compare prices", "think before you buy", "wait a day", "keep track of it"),
    leads=("Ways to save money:", "Your wallet will like these:"),
    warm=("Good for you, every coin counts!",),
)

NAME = Kind(
    name="name",
    asks=(
        "What should I call my new {topic}?",
        "Suggest a name for my {topic}.",
        "We got a {topic} {when}. Do you have a name for it?",
    ),
    slots={"when": ("yesterday", "from the shelter", "for the children", "from a friend")},
    details={
        "puppy": ("Biscuit", "Scout", "Pepper", "Waffle", "Bruno"),
        "kitten": ("Pixie", "Socks", "Mochi", "Luna", "Whiskers"),
        "parrot": ("Captain", "Mango", "Echo", "Kiwi", "Pirate"),
        "rabbit": ("Clover", "Thumper", "Cotton", "Hazel", "Button"),
        "turtle": ("Turbo", "Pebble", "Sheldon", "Moss", "Olive"),
        "pony": ("Comet", "Daisy", "Thunder", "Maple", "Caramel"),
    },
    specific=(
        "Call it {a}, or {b} if you want something rare.",
        "{A} suits a {topic} well. {B} is fun to shout in the park.",
        "For a {topic} I like {a}, {b} and {c}.",
        "How about {a}? If it does not answer to that, try {b}.",
    ),
    generic=(
        "Pick a short name that you like.",
        "Give it any name. It will get used to it.",
        "Choose a name and stick with it.",
        "Name it after somebody you know.",
    ),
    points=("a short name", "a funny name", "any name you like", "the name of somebody you know", "an old name"),
    leads=("Names to try:", "A few good names:"),
    warm=("Aw, a new member of the family!",),
)

HOME = (COOK, TIDY, PACK, SAVE, NAME)
