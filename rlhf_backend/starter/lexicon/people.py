"""Requests about other people: to decline, to comfort, to ask a favor, to start a chat, to find a gift."""

from rlhf_backend.starter.lexicon.kind import Kind
from rlhf_backend.starter.lexicon.phrases import PEOPLE

DECLINE = Kind(
    name="decline",
    asks=(
        "How do I turn down {topic} from my {person}?",
        "Help me say no to {topic} from my {person}.",
        "My {person} sent me {topic}, but I do not want to go. What do I say?",
    ),
    slots={"person": PEOPLE},
    details={
        "a dinner invitation": (
            "my evening is already full",
            "I would love to cook with you in spring",
            "please eat a second dessert for me",
            "let us have lunch instead",
        ),
        "a ticket to the opera": (
            "loud singing gives me a headache",
            "somebody with better ears should have the seat",
            "I would fall asleep in the first act",
            "tell me all about the costumes",
        ),
        "an offer to run a marathon": (
            "my knees have asked for a quiet year",
            "I will cheer for you at the finish line",
            "I will hold your water bottle instead",
            "ten minutes is my longest run",
        ),
        "a trip to the sea": (
            "I have to save my holidays",
            "please send me a postcard with a ship",
            "the sun and I are not friends",
            "ask me again in the autumn",
        ),
        "an invitation to karaoke": (
            "my voice scares the dog",
            "I will gladly clap from afar",
            "let us meet for tea instead",
            "my throat still hurts",
        ),
        "a job at the family shop": (
            "I want to stay in my own trade",
            "working together could cost us our peace",
            "I can help on one busy day",
            "your trust means a lot to me",
        ),
    },
    specific=(
        "Say this: Thank you for thinking of me, but {a}. {B}.",
        "You could say: It is kind of you, but {a}. {B}.",
        "Tell them: I cannot come along, because {a}. {B}.",
    ),
    generic=(
        "Say no in a friendly way.",
        "Tell them that you cannot make it.",
        "Decline and leave it at that.",
        "Just say that it does not suit you.",
    ),
    points=("say no", "be friendly", "do not explain too much", "leave it at that", "thank them anyway"),
    leads=("Turn it down with these lines:", "A friendly no has these parts:"),
    warm=("It is okay to say no, really!",),
)

COMFORT = Kind(
    name="comfort",
    asks=(
        "I feel sad because {topic}.",
        "Can you cheer me up? {topic_cap}.",
        "I had a bad day: {topic}.",
        "What can I do to feel better? {topic_cap}.",
    ),
    details={
        "my best friend moved away": (
            "plan a weekend visit by train",
            "send a funny photo every day",
            "call your friend tonight at eight",
            "write a long letter with a map of your walks",
        ),
        "I lost my favorite ring": (
            "empty every coat pocket on the bed",
            "ask at the cafe where you had lunch",
            "look under the car seat with a lamp",
            "hang a small note in the hallway",
        ),
        "my plant died": (
            "keep the pot and try a cactus",
            "take a cutting from a friend",
            "choose a plant that likes shade",
            "put the old earth on the flower bed",
        ),
        "nobody came to my party": (
            "put the cake in the freezer for next week",
            "ask two people over for coffee",
            "dance one song alone in the kitchen",
            "choose a new date with your closest friend",
        ),
        "I failed my driving test": (
            "book a new test while you remember the road",
            "practice parking on an empty lot",
            "ask the examiner what went well",
            "drive the same route with a calm friend",
        ),
        "my team lost the game": (
            "watch the best goal of last season",
            "go for a slow run in the park",
            "eat a big bowl of noodles with the team",
            "write down one move to train",
        ),
        "it has been raining all week": (
            "bake a tray of cinnamon buns",
            "jump into one deep puddle",
            "build a fort from two blankets",
            "read an old comic in the bathtub",
        ),
        "I know nobody in the new city": (
            "join the choir on your street",
            "say hello to the baker each morning",
            "walk a dog from the shelter",
            "take a pottery class on Monday",
        ),
    },
    specific=(
        "To feel better, {a}. Then {b}.",
        "First {a}. After that, {b}.",
        "It may sound small, but {a}, and {b}.",
        "When you are ready, {a}. It also helps to {b}.",
    ),
    generic=(
        "Things like that happen. It will pass.",
        "Do something nice and wait until it is over.",
        "Bad days come and go.",
        "Give it time. You will feel better.",
    ),
    points=("take a break", "give it time", "do something nice", "talk to somebody", "get some sleep"),
    leads=("These things help against a low mood:", "For a better day:"),
    warm=("I am so sorry to hear that, dear!", "A big hug to you!"),
)

ASK = Kind(
    name="ask",
    asks=(
        "How do I ask my {person} to {topic}?",
        "I want my {person} to {topic}. How do I bring it up?",
        "Help me ask my {person} to {topic}.",
    ),
    slots={"person": PEOPLE},
    details={
        "turn down the music": (
            "the bass comes right through my wall",
            "could you stop at ten",
            "headphones would save my sleep",
            "I do like the first song, just not at midnight",
        ),
        "lend me a ladder": (
            "I need it for one hour on Sunday",
            "it comes back clean",
            "I only want to reach the roof gutter",
            "you get the first basket of cherries",
        ),
        "pay me back": (
            "it was twenty for the concert",
            "half now and half in May is fine",
            "my rent is due on Friday",
            "I wrote the sum on this paper",
        ),
        "feed my fish": (
            "a pinch of flakes each morning is enough",
            "the food is on top of the tank",
            "please do not tap the glass",
            "I will bring you a gift from the trip",
        ),
        "share the chores": (
            "I could cook if you wash up",
            "let us hang a plan on the fridge",
            "the bins are yours on even weeks",
            "I have cleaned the bath four times now",
        ),
        "speak more slowly": (
            "I lose you after the third word",
            "a short pause would help me",
            "I want to catch every joke",
            "could you write the hard names down",
        ),
    },
    specific=(
        "Ask like this: Could you {topic}? {A}, and {b}.",
        "Say this: I have a favor to ask. {A}. {B}.",
        "Pick a quiet moment and say: {A}. {B}.",
    ),
    generic=(
        "Ask in a polite way and see what happens.",
        "Bring it up at a good moment.",
        "Just ask. The worst they can say is no.",
        "Be open about what you want.",
    ),
    points=("pick a good moment", "be polite", "be open", "say please", "see what happens"),
    leads=("Bring it up with these lines:", "These lines make a good request:"),
    warm=("Asking takes courage, and you have it!",),
)

CHAT = Kind(
    name="chat",
    asks=(
        "How do I start a chat with somebody {topic}?",
        "What can I say to a stranger {topic}?",
        "I am shy. How do I talk to people {topic}?",
    ),
    details={
        "on the train": (
            "ask which stop is the prettiest",
            "offer half of your pretzel",
            "say something about the cows outside",
            "ask what book they are reading",
        ),
        "at the gym": (
            "ask how to set up the rowing machine",
            "say that the last song was great",
            "ask who teaches the evening class",
            "offer to share the mat",
        ),
        "at a wedding": (
            "ask how they know the bride",
            "say that the flowers smell of summer",
            "guess how tall the cake is",
            "invite them to the next slow dance",
        ),
        "in the dog park": (
            "ask for the name of the dog first",
            "throw the ball for both dogs",
            "ask where the muddy path leads",
            "tell them what your dog stole today",
        ),
        "at the market": (
            "ask which cheese tastes strongest",
            "share your recipe for the purple carrots",
            "wonder aloud how ripe the melon is",
            "praise the big straw basket",
        ),
        "in a language class": (
            "ask how to say butterfly",
            "offer to test each other on verbs",
            "tell them your funniest mistake",
            "ask why they chose this language",
        ),
    },
    specific=(
        "A good start: {a}, or {b}.",
        "Smile and {a}. If that goes well, {b}.",
        "Stay relaxed and {a}. You can also {b}.",
    ),
    generic=(
        "Say hello and see where it goes.",
        "Talk about whatever comes to mind.",
        "Just be yourself.",
        "Say something and listen to the reply.",
    ),
    points=("say hello", "smile", "be yourself", "listen", "do not worry"),
    leads=("Ways to break the ice:", "Good first moves:"),
    warm=("New friends are waiting for you!",),
)

GIFT = Kind(
    name="gift",
    asks=(
        "Suggest a gift for my {person}, who is into {topic}.",
        "What can I give my {person}, who likes {topic}?",
        "I need a present for my {person}. The hobby is {topic}.",
        "Do you have a gift idea for somebody who likes {topic}?",
    ),
    slots={"person": PEOPLE},
    details={
        "plants": (
            "a clay pot with a fern",
            "a copper watering can",
            "five packs of herb seeds",
            "a pair of leather garden gloves",
        ),
        "cooking": ("a heavy stone mortar", "a jar of smoked salt", "a sharp paring knife", "a pasta roller"),
        "chess": (
            "a wooden travel board",
            "a book of famous endings",
            "a clock with big buttons",
            "a mug shaped like a knight",
        ),
        "camping": (
            "a tin kettle",
            "a head lamp with a red light",
            "a pillow that rolls up small",
            "a set of tent pegs",
        ),
        "knitting": (
            "a basket of soft wool",
            "bamboo needles",
            "a pattern for striped socks",
            "a tape measure shaped like a sheep",
        ),
        "birds": ("a feeder for the window", "a pocket field guide", "a nest box made of pine", "light field glasses"),
        "photos": ("an album with black pages", "a strap made of felt", "a small tripod", "a frame for the best print"),
        "tea": (
            "a glass pot with a strainer",
            "a tin of jasmine tea",
            "a wooden honey spoon",
            "two thin cups from a potter",
        ),
    },
    specific=(
        "Give them {a}, or a bundle with {b}.",
        "I would choose {a}. If that is taken, {b} is nice too.",
        "A good present is {a}, and {b} goes well with it.",
        "Wrap up {a} and add {b}.",
    ),
    generic=(
        "Pick something they would like.",
        "A gift card is always fine.",
        "Look around in a shop and choose something nice.",
        "It is the thought that counts, so any present will do.",
    ),
    points=("something nice", "a gift card", "something useful", "something from a shop", "a surprise"),
    leads=("Some gift ideas:", "Presents to choose from:"),
    warm=("Finding a present is half the fun!",),
)

WITH_PEOPLE = (DECLINE, COMFORT, ASK, CHAT, GIFT)
