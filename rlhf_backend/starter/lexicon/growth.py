"""Requests about oneself: habits, learning, motivation."""

from rlhf_backend.starter.lexicon.kind import Kind

HABIT = Kind(
    name="habit",
    asks=(
        "How do I get used to {topic}?",
        "I want to make {topic} a habit. How?",
        "I keep giving up on {topic}. What can I do?",
        "Help me stick to {topic} {when}.",
    ),
    slots={"when": ("this winter", "every day", "on weekdays", "without losing heart")},
    details={
        "getting up early": (
            "put the alarm on the far side of the room",
            "open the curtains before you lie down",
            "go to bed fifteen minutes sooner",
            "promise yourself a fresh roll",
        ),
        "running": (
            "lay out your shoes the night before",
            "run to the third street lamp and back",
            "meet a friend at the fountain",
            "mark each run with a red dot",
        ),
        "drinking more water": (
            "keep a jug on your desk",
            "drink a glass before each meal",
            "add a slice of lemon",
            "carry a bottle with lines on it",
        ),
        "keeping a diary": (
            "write only two lines a night",
            "leave the pen inside the book",
            "begin with the best sound of the day",
            "glue in a ticket or a leaf",
        ),
        "eating fruit": (
            "place a bowl of apples by the door",
            "cut a pear for your break",
            "freeze grapes as a sweet",
            "put berries on your oats",
        ),
        "stretching": (
            "touch your toes while the kettle boils",
            "roll your shoulders at each red light",
            "keep the mat in front of the sofa",
            "hold each pose for five breaths",
        ),
        "less screen time": (
            "charge the phone in the hall",
            "turn the screen gray after nine",
            "keep a puzzle on the table",
            "delete the app that makes noise",
        ),
        "saving every week": (
            "move ten coins on payday",
            "hide the jar behind the flour",
            "name the account after your dream",
            "count it on the last Sunday",
        ),
    },
    specific=(
        "For {topic}, {a}. Once that sticks, {b}.",
        "Make it easy: {a}, and {b}.",
        "Start tonight: {a}. From tomorrow on, {b}.",
        "What helps with {topic} is this: {a}, and then {b}.",
    ),
    generic=(
        "Just keep at it until you are used to it.",
        "Do a little each day. Habits take time.",
        "Set a goal and follow it.",
        "Start small and do not give up.",
    ),
    points=("set a goal", "start small", "do a little each day", "do not give up", "be patient"),
    leads=("Build the habit like this:", "Small steps that stick:"),
    warm=("I am proud of you for trying!",),
)

LEARN = Kind(
    name="learn",
    asks=(
        "How can I learn {topic} {when}?",
        "I want to learn {topic}. Where do I begin?",
        "Is there an easy way to learn {topic}?",
        "Give me a plan to learn {topic} {when}.",
    ),
    slots={"when": ("at home", "as an adult", "in three months", "on my own")},
    details={
        "the guitar": (
            "practice two chords for ten minutes",
            "tap your foot while you strum",
            "play along with a slow song",
            "trim the nails of your left hand",
        ),
        "to swim": (
            "blow bubbles in the shallow end",
            "float on your back with a board",
            "kick along the wall",
            "ask the coach to watch your arms",
        ),
        "to draw": (
            "sketch your own hand each morning",
            "draw a cup without lifting the pencil",
            "shade a ball with soft lines",
            "copy a tree from the window",
        ),
        "Spanish": (
            "label the things in your room",
            "sing along to songs from Mexico",
            "order your tacos in Spanish",
            "learn six verbs a day with cards",
        ),
        "to dance": (
            "count the steps aloud",
            "practice the turn in your socks",
            "watch your feet in a mirror",
            "let your partner lead the first song",
        ),
        "to type fast": (
            "rest your fingers on the middle row",
            "cover the keys with a cloth",
            "type one page of a novel",
            "slow down when you make errors",
        ),
        "to juggle": (
            "begin with one soft ball",
            "throw to the height of your eyes",
            "stand in front of a bed",
            "add the third ball when two feel dull",
        ),
        "to bake bread": (
            "weigh the flour on a scale",
            "fold the dough every half hour",
            "bake it in a hot iron pot",
            "write down how long it rose",
        ),
    },
    specific=(
        "To begin with, {a}. In the second week, {b}.",
        "Learning {topic} goes like this: {a}, then {b}.",
        "Each day, {a}. When it feels easy, {b}.",
        "Start with this: {a}. Later, {b} and {c}.",
    ),
    generic=(
        "Practice a lot and you will learn it.",
        "Take a class or find a video.",
        "Everybody can learn it with some practice.",
        "Find a teacher and listen.",
    ),
    points=("practice a lot", "find a teacher", "take a class", "watch a video", "do not hurry"),
    leads=("A learning plan:", "Learn it in these steps:"),
    warm=("Learning something new, bravo!",),
)

MOTIVATE = Kind(
    name="motivate",
    asks=(
        "I do not feel like {topic}. Give me a push.",
        "How do I find the drive for {topic}?",
        "I have put off {topic} for days. Help!",
        "Motivate me for {topic}.",
    ),
    details={
        "doing my taxes": (
            "open the shoe box with the bills",
            "fill in just your name and address",
            "work for the length of one record",
            "plan to spend the refund on cake",
        ),
        "writing my essay": (
            "write the worst first line you can",
            "tell the main idea to your plant",
            "draft three headings on a napkin",
            "read one page aloud",
        ),
        "washing the dishes": (
            "start with the biggest pot",
            "play a loud podcast",
            "let the forks soak in foam",
            "race against the kettle",
        ),
        "going to the gym": (
            "put on your sport shirt right now",
            "allow yourself to leave after ten minutes",
            "choose only the machines you like",
            "think of the hot shower afterwards",
        ),
        "studying for the exam": (
            "solve one old exam question",
            "draw the chapter as a map",
            "hide your phone in the oven",
            "teach the hard part to a teddy bear",
        ),
        "calling the dentist": (
            "put the number on the screen",
            "write down the sentence you will say",
            "call before your first coffee",
            "mark the date with a gold star",
        ),
    },
    specific=(
        "Just {a}. Once you are moving, {b}.",
        "Here is a trick for {topic}: {a}, then {b}.",
        "Count to three and {a}. As a reward, rest. Then {b}.",
    ),
    generic=(
        "Start now and it will be over soon.",
        "Do it today rather than tomorrow.",
        "You only have to begin.",
        "Think of how good it will feel to be done.",
    ),
    points=("start now", "begin", "think of the end", "take a short break", "do not put it off"),
    leads=("A push in small steps:", "Get going like this:"),
    warm=("You can do this, I believe in you!",),
)

GROWTH = (HABIT, LEARN, MOTIVATE)
