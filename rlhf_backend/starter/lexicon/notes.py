"""Requests for a few lines to send: thanks, an apology, an invitation, a birthday wish."""

from rlhf_backend.starter.lexicon.kind import Kind
from rlhf_backend.starter.lexicon.phrases import PEOPLE

THANKS = Kind(
    name="thanks",
    asks=(
        "Write a thank-you note to my {person} for {topic}.",
        "I want to thank my {person} for {topic}. What can I write?",
        "Help me say thank you to my {person} for {topic}.",
        "How can I thank my {person} for {topic}?",
    ),
    slots={"person": PEOPLE},
    details={
        "the book": (
            "I read it in one evening",
            "the last page made me cry a little",
            "it now lives next to my bed",
            "I have told everybody about the hero",
        ),
        "the warm scarf": (
            "I wear it every morning",
            "the color goes well with my coat",
            "my neck has never been so warm",
            "three people have asked where it is from",
        ),
        "the birthday cake": (
            "it was gone in ten minutes",
            "the cherry cream was perfect",
            "the children licked their plates",
            "I saved one slice for breakfast",
        ),
        "watching my cat": (
            "the cat came home fat and happy",
            "I could travel without any worry",
            "the photos you sent made me laugh",
            "she still looks for you at the door",
        ),
        "the ride to the airport": (
            "I made it to the gate with time to spare",
            "you got up at five just for me",
            "the songs in the car woke me up",
            "I owe you a good breakfast",
        ),
        "help with the move": (
            "you carried the heavy sofa up four floors",
            "you did not drop a single plate",
            "I sleep well in the new bedroom",
            "the pizza on the boxes was the best part",
        ),
        "the soup when I was ill": (
            "it was the first thing I could eat",
            "the fever was gone the next day",
            "the pot is clean and back on your step",
            "I would love to have the recipe",
        ),
        "fixing my bike": (
            "the brakes work like new",
            "I rode it to work today",
            "the bell rings loud and clear again",
            "you saved me a trip to the shop",
        ),
    },
    specific=(
        "Write this: Thank you so much for {topic}. {A}, and {b}.",
        "Try these words: Thank you for {topic}. {A}. {B}.",
        "You could write: {A}, and {b}. Thank you for {topic}!",
    ),
    generic=(
        "Just say thanks and sign your name.",
        "Write a few nice words and send them off.",
        "Say thank you in your own way. Keep it short.",
        "A simple thanks will do.",
    ),
    points=("say thanks", "add something nice", "sign your name", "send it off", "keep it short"),
    leads=("Put these lines in the note:", "These lines say thank you:"),
    warm=("A thank-you note, how thoughtful of you!",),
)

APOLOGY = Kind(
    name="apology",
    asks=(
        "Help me apologize to my {person} for {topic}.",
        "How do I say sorry to my {person} for {topic}?",
        "Write an apology to my {person} for {topic}.",
        "I feel bad about {topic}. What should I tell my {person}?",
    ),
    slots={"person": PEOPLE},
    details={
        "being late": (
            "I left you waiting in the cold",
            "next time I will set two alarms",
            "the first coffee is on me",
            "your time matters to me",
        ),
        "breaking the blue vase": (
            "I bumped into the shelf and I own it",
            "I have found a potter who can mend it",
            "I know the vase meant a lot to you",
            "I will pay for a new one",
        ),
        "missing the wedding": (
            "I mixed up the dates",
            "I would love to see every photo",
            "let me cook dinner for you two",
            "it should have been the one day I kept free",
        ),
        "shouting on the phone": (
            "I was tired and let it out on you",
            "you had done nothing wrong",
            "next time I will take a breath first",
            "you deserve a calm talk",
        ),
        "losing the house key": (
            "I have looked in every pocket",
            "I will pay for the new lock",
            "a spare key will be ready by noon",
            "I now keep my keys on a red string",
        ),
        "forgetting the birthday": (
            "I wrote the wrong day in my calendar",
            "a late cake is on its way",
            "let us celebrate on Saturday",
            "you are dear to me all year",
        ),
        "eating the last cookie": (
            "the jar is full again",
            "I baked your favorite kind with nuts",
            "I did see your name on the jar",
            "next time we share",
        ),
        "telling a secret": (
            "it was yours to tell",
            "I have asked them to keep it quiet",
            "I know trust grows slowly",
            "from now on my lips are sealed",
        ),
    },
    specific=(
        "Say this: I am sorry for {topic}. {A}, and {b}.",
        "You could say: I am truly sorry for {topic}. {A}. {B}.",
        "Tell them: {A}, and {b}. I am sorry for {topic}.",
    ),
    generic=(
        "Say that you are sorry and mean it.",
        "Apologize and then move on.",
        "Own up to it. That is usually enough.",
        "Tell them you feel bad about what happened.",
    ),
    points=("say you are sorry", "mean it", "listen", "do better next time", "give it some time"),
    leads=("Say these things:", "An apology in three lines:"),
    warm=("Saying sorry is brave, well done!",),
)

INVITE = Kind(
    name="invite",
    asks=(
        "Write an invitation to {topic} for my {person}.",
        "Help me invite my {person} to {topic}.",
        "What can I write to invite my {person} to {topic}?",
        "I want my {person} to come to {topic}. How do I ask?",
    ),
    slots={"person": PEOPLE},
    details={
        "a garden party": (
            "we light the lanterns at seven",
            "there will be lemonade under the apple tree",
            "bring a sun hat",
            "the neighbors will play guitar",
        ),
        "a movie night": (
            "we start at eight with popcorn",
            "the big sofa is yours",
            "you may choose the second film",
            "come in your softest socks",
        ),
        "a picnic": (
            "we meet at the lake at noon",
            "I will bring sandwiches and plums",
            "bring a blanket and a ball",
            "if it rains we eat in the hut",
        ),
        "a game evening": (
            "the cards are on the table from six",
            "the winner takes home a cake",
            "I need a partner who can bluff",
            "we have chips and five new games",
        ),
        "a hike": (
            "we take the first bus to the hills",
            "the view from the top is wide",
            "wear good boots",
            "we eat our bread on the summit",
        ),
        "a housewarming": (
            "the paint is dry at last",
            "come and see the tiny balcony",
            "we have soup for twenty people",
            "bring a plant if you like",
        ),
        "a choir concert": (
            "I sing in the second row",
            "the doors of the old church open at five",
            "two seats in front are kept for you",
            "afterwards there is hot punch",
        ),
        "a pancake breakfast": (
            "the pan is hot from nine",
            "there is syrup, jam and fruit",
            "the first pancake is always yours",
            "bring a big appetite",
        ),
    },
    specific=(
        "Write this: Please come to {topic}. {A}, and {b}.",
        "Try this: You are invited to {topic}! {A}. {B}.",
        "You could write: I am planning {topic}, and {a}. {B}.",
    ),
    generic=(
        "Ask them if they want to come.",
        "Tell them when and where, and wait for a reply.",
        "Send a short message and see what they say.",
        "Invite them the way you always do.",
    ),
    points=("say when", "say where", "ask if they can come", "wait for a reply", "be polite"),
    leads=("Put these lines in the invitation:", "An invitation needs these lines:"),
    warm=("They are lucky to be invited by you!",),
)

BIRTHDAY = Kind(
    name="birthday",
    asks=(
        "Write a birthday wish for my {person}, who loves {topic}.",
        "What can I write in a birthday card for my {person}, a fan of {topic}?",
        "My {person} loves {topic} and has a birthday. What do I write?",
    ),
    slots={"person": PEOPLE},
    details={
        "gardening": (
            "may your roses win every prize",
            "may the snails stay away",
            "may it rain only at night",
            "may your tomatoes grow as big as pumpkins",
        ),
        "sailing": (
            "may the wind be always at your back",
            "may your rope never tangle",
            "may dolphins greet your boat",
            "may every harbor have a free spot",
        ),
        "baking": (
            "may your dough always rise",
            "may the oven never burn a crust",
            "may your sugar jar never be empty",
            "may somebody else wash the bowls",
        ),
        "reading": (
            "may every chapter hold a surprise",
            "may your lamp never go out",
            "may nobody tell you the ending",
            "may the shelf always have room",
        ),
        "football": (
            "may your team score in the last minute",
            "may the referee be kind",
            "may your boots stay dry",
            "may every pass find its player",
        ),
        "painting": (
            "may your brushes stay soft",
            "may the light be good all day",
            "may the blue never run out",
            "may your sky never drip",
        ),
        "music": (
            "may your strings stay in tune",
            "may the neighbors ask for more",
            "may every song find its ending",
            "may the drum never wake the baby",
        ),
        "cats": (
            "may a warm cat sleep on your feet",
            "may your sofa stay free of scratches",
            "may you wake to the sound of purring",
            "may no glass be pushed off the table",
        ),
    },
    specific=(
        "Write this: Happy birthday! {A}, and {b}.",
        "Put this in the card: Happy birthday to the greatest fan of {topic}. {A}.",
        "You could write: {A}, and {b}. Happy birthday!",
    ),
    generic=(
        "Write happy birthday and add your name.",
        "Wish them all the best.",
        "Wish them a good year. Any card will do.",
        "A happy birthday is enough.",
    ),
    points=("write happy birthday", "wish them all the best", "add your name", "draw a cake", "put it in an envelope"),
    leads=("Lines for the card:", "Choose from these birthday wishes:"),
    warm=("Hooray, a birthday!",),
)

NOTES = (THANKS, APOLOGY, INVITE, BIRTHDAY)
