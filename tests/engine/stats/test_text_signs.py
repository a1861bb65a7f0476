"""What samples give away by their wording."""

import pytest

from rlhf_backend.stats.text_signs import distinct_bigrams, distinct_words, is_refusal, repeats_four_words


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but I cannot assist with that request.",
        "Sorry, I can't do that.",
        "Unfortunately, I am unable to provide that.",
        "Thank you for asking! I must decline.",
        "As an AI language model, I cannot give medical advice.",
        '"I can\'t help with that," is all I have to say.',
        "That is a delicate matter. I won't discuss it.",
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Das kann ich leider nicht tun.",
        "Je suis désolé, mais je ne peux pas vous aider.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "Desculpe, mas não posso ajudar.",
        "Mi dispiace, ma non posso aiutarti.",
        "Het spijt me, maar daar kan ik u niet mee helpen.",
        "Извините, но я не могу помочь с этим.",
        "抱歉，我不能提供这个。",
        "申し訳ありませんが、お手伝いできません。",
        "죄송하지만 도와드릴 수 없습니다.",
    ],
)
def test_refusals_are_known_by_how_they_begin(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sure, here is how to do it.",
        "I'm sorry to hear that your dog is ill. Rest helps.",
        "I can help with that.",
        "I cannot recommend it highly enough, said nobody, but here it goes.".replace("recommend", "praise"),
        "Sorry for the wait! Here is your list.",
        "If the pump cannot start, check the fuse. It will not run without one.",
        "Here is a letter: " + "dear sir, " * 30 + "I'm sorry, but I can't help with that.",
        "Das kann ich gut erklären.",
        "Je ne suis pas médecin, voici pourtant quelques conseils.",
        "No puedo creer lo fácil que es: corta la cebolla.",
        "我不能同意更多，这里是答案。",
    ],
)
def test_answers_are_no_refusals(text: str) -> None:
    assert not is_refusal(text)


def test_figures_of_sameness_by_hand() -> None:
    assert distinct_words([["a", "b", "a"], ["b"]]) == 0.5
    assert distinct_words([[]]) == 0
    assert distinct_bigrams([["a", "b", "a", "b"], ["c"]]) == pytest.approx(2 / 3)
    assert distinct_bigrams([["a"]]) == 0
    assert repeats_four_words(["a", "b", "c", "d", "a", "b", "c", "d"])
    assert not repeats_four_words(["a", "b", "c", "d", "e"])
