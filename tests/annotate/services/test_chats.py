"""Chats: who may write and when, what goes on, and what becomes of messages whose worker is gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotate.errors import AnnotateError
from annotate.models import (
    Assignment,
    Chat,
    ChatTurn,
    Comparison,
    Completion,
    Membership,
    ModelVersion,
    PreferenceKind,
    Project,
    Prompt,
    User,
)
from annotate.selectors.chats import chat_read, conversation_before
from annotate.selectors.snapshots import preferences_usable
from annotate.services.chat_turns import TurnLost, turn_failed, turn_given_back, turn_take, turn_write, turns_tend
from annotate.services.chats import TURNS_AT_MOST, chat_create, chat_end, turn_create, turn_retry
from annotate.services.undo import judgement_undo
from annotate.services.versions import version_activate
from tests.annotate.chat_cast import answer, asked, chat_make, judge


@pytest.fixture
def chat(project: Project, ann: User) -> Chat:
    return chat_make(project, ann)


def spoken(turn: ChatTurn) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in conversation_before(turn=turn)]


def age(turn: ChatTurn, seconds: float) -> None:
    ChatTurn.objects.filter(pk=turn.pk).update(updated_at=timezone.now() - timedelta(seconds=seconds))


def test_answers_become_a_comparison_held_by_the_labeler_alone(chat: Chat, project: Project, ann: User) -> None:
    turn = asked(chat, "Hello?", ("Left.", "Right."))
    comparison = Comparison.objects.get(chat_turn=turn)
    slot = comparison.assignments.get()
    assert (comparison.kind, comparison.strategy, comparison.wanted) == ("chat", "chat", 1)
    assert comparison.reserved_for == slot.annotator == ann
    assert (slot.status, slot.reserved) == ("leased", True)
    assert turn.prompt is not None
    assert (turn.prompt.split, turn.prompt.tags) == ("train", ["chat"])
    shown = chat_read(chat).turns[0].assignment
    assert shown is not None
    assert [side.text for side in (shown.left, shown.right)] == ["Left.", "Right."]
    left = comparison.completion_a if slot.left_is_a else comparison.completion_b
    assert (left.text, left.seed, left.logprob, left.tokens, left.policy) == ("Left.", 7, -2.5, 4, chat.policy)


def test_stored_order_says_nothing_about_the_side(chat: Chat) -> None:
    sides = set()
    for number in range(30):
        turn = asked(chat, f"Question {number}?", ("Left.", "Right."))
        judge(turn)
        sides.add(Assignment.objects.get(comparison=turn.comparison).left_is_a)
    assert sides == {True, False}


@pytest.mark.parametrize(
    ("kind", "side", "goes_on"),
    [
        (PreferenceKind.PREFER, "left", "Left."),
        (PreferenceKind.PREFER, "right", "Right."),
        (PreferenceKind.TIE, None, "Left."),
        (PreferenceKind.BOTH_GOOD, None, "Left."),
        (PreferenceKind.BOTH_BAD, None, None),
        (PreferenceKind.CANNOT_JUDGE, None, None),
    ],
)
def test_the_verdict_decides_what_goes_on(chat: Chat, kind: PreferenceKind, side: None, goes_on: str | None) -> None:
    judge(asked(chat, "Hello?"), kind, side)
    kept = [("user", "Hello?"), ("assistant", goes_on)] if goes_on else []
    assert spoken(turn_create(chat=chat, text="And now?")) == [*kept, ("user", "And now?")]
    assert chat_read(chat).turns[0].chosen == goes_on


def test_the_prompt_of_a_later_turn_is_the_whole_conversation(chat: Chat) -> None:
    judge(asked(chat, "One?", ("1", "eins")), side="right")
    turn = asked(chat, "Two?", ("2", "zwei"))
    assert turn.prompt is not None
    assert [m["content"] for m in turn.prompt.messages] == ["One?", "eins", "Two?"]


def test_chat_verdicts_are_trained_on(chat: Chat, project: Project) -> None:
    preference = judge(asked(chat, "Hello?"))
    assert preferences_usable(project=project).ids == [preference.pk]


def test_equal_answers_ask_nothing_and_go_on(chat: Chat) -> None:
    turn = asked(chat, "Hello?", ("Yes.", "Yes."))
    (shown,) = chat_read(chat).turns
    assert (turn.status, shown.assignment, shown.chosen) == ("ready", None, "Yes.")
    assert "nothing to choose" in shown.failure
    assert not Completion.objects.exists()
    assert spoken(turn_create(chat=chat, text="More?"))[1] == ("assistant", "Yes.")


def test_two_empty_answers_fail_with_what_to_do(chat: Chat) -> None:
    turn = asked(chat, "Hello?", ("", ""))
    assert turn.status == "failed"
    assert "Try again" in turn.failure


def test_the_same_question_of_two_people_is_one_prompt(chat: Chat, project: Project, ben: User) -> None:
    asked(chat, "Hello?")
    asked(chat_make(project, ben), "Hello?", ("Other.", "One."))
    assert Prompt.objects.filter(project=project).count() == 1
    assert Comparison.objects.count() == 2


def test_no_message_before_the_answers_and_the_verdict(chat: Chat) -> None:
    first = turn_create(chat=chat, text="Hello?")
    with pytest.raises(AnnotateError, match="still being answered"):
        turn_create(chat=chat, text="Hello??")
    answer(first)
    with pytest.raises(AnnotateError, match="which of the two answers"):
        turn_create(chat=chat, text="Hello??")
    preference = judge(first)
    turn_create(chat=chat, text="And now?")
    assert preference.comparison_id == first.comparison_id


def test_an_undone_verdict_is_asked_for_again(chat: Chat, project: Project, ann: User) -> None:
    turn = asked(chat, "Hello?")
    judge(turn)
    judgement_undo(project=project, annotator=ann, assignment_id=Assignment.objects.get().pk)
    (shown,) = chat_read(chat).turns
    assert shown.verdict is None
    assert shown.assignment is not None
    with pytest.raises(AnnotateError, match="which of the two answers"):
        turn_create(chat=chat, text="And now?")


def test_a_failed_message_can_be_tried_again_or_left_behind(chat: Chat) -> None:
    turn = turn_create(chat=chat, text="Hello?")
    taken = turn_take(turn_id=turn.pk)
    assert taken is not None
    turn_failed(turn=taken, failure="No.")
    assert turn_retry(chat=chat, turn_id=turn.pk).status == "queued"
    taken = turn_take(turn_id=turn.pk)
    assert taken is not None
    turn_failed(turn=taken, failure="No.")
    later = turn_create(chat=chat, text="Something else?")
    assert spoken(later) == [("user", "Something else?")]
    with pytest.raises(AnnotateError, match="Only the last message"):
        turn_retry(chat=chat, turn_id=turn.pk)


def test_a_message_is_answered_by_one_worker_only(chat: Chat) -> None:
    turn = turn_create(chat=chat, text="Hello?")
    taken = turn_take(turn_id=turn.pk)
    assert taken is not None
    assert turn_take(turn_id=turn.pk) is None
    age(turn, 60)
    turns_tend()
    with pytest.raises(TurnLost):
        turn_write(turn=taken, partial=["a", "b"])
    with pytest.raises(TurnLost):
        turn_failed(turn=taken, failure="Late.")


def test_a_turn_whose_worker_is_gone_fails_and_one_that_lives_does_not(chat: Chat) -> None:
    turn = turn_create(chat=chat, text="Hello?")
    taken = turn_take(turn_id=turn.pk)
    assert taken is not None
    age(turn, 19)
    assert turns_tend()["lost"] == 0
    turn_write(turn=taken, partial=["half", "an"])
    age(turn, 21)
    assert turns_tend()["lost"] == 1
    (shown,) = chat_read(chat).turns
    assert (shown.status, shown.partial) == ("failed", [])
    assert "Try again" in shown.failure


def test_a_stopping_worker_gives_its_message_back(chat: Chat) -> None:
    turn = turn_create(chat=chat, text="Hello?")
    taken = turn_take(turn_id=turn.pk)
    assert taken is not None
    turn_write(turn=taken, partial=["half", "an"])
    turn_given_back(turn=taken)
    turn.refresh_from_db()
    assert (turn.status, turn.partial, turn.token) == ("queued", [], None)


def test_a_lost_message_is_sent_again_and_given_up_after_ten_minutes(chat: Chat) -> None:
    turn = turn_create(chat=chat, text="Hello?")
    assert turns_tend() == {"lost": 0, "given_up": 0, "sent": 0}
    age(turn, 11)
    assert turns_tend()["sent"] == 1
    age(turn, 601)
    assert turns_tend() == {"lost": 0, "given_up": 1, "sent": 0}
    assert "Start one" in chat_read(chat).turns[0].failure


def test_a_message_that_nobody_takes_says_how_to_start_a_worker(chat: Chat, project: Project, ben: User) -> None:
    turn = turn_create(chat=chat, text="Hello?")
    assert chat_read(chat).available
    age(turn, 16)
    shown = chat_read(chat)
    assert not shown.available
    assert "No worker is sampling for chats: start one with `celery" in shown.reason
    busy = turn_create(chat=chat_make(project, ben), text="Me first!")
    turn_take(turn_id=busy.pk)
    assert "answering another chat" in chat_read(chat).reason


def test_closed_chats_say_why(project: Project, ann: User, chat: Chat) -> None:
    def reason() -> str:
        with pytest.raises(AnnotateError) as refused:
            chat_create(project=project, annotator=ann)
        assert refused.value.code == "chat/unavailable"
        return refused.value.detail

    Membership.objects.filter(user=ann).update(paused_at=timezone.now(), paused_reason="Too fast.")
    assert "paused: Too fast." in reason()
    assert "paused" in chat_read(chat).reason
    Membership.objects.filter(user=ann).update(paused_at=None)
    project.settings["labeling"]["chat"] = False
    project.save()
    assert "switched off" in reason()
    project.settings["labeling"]["chat"] = True
    project.archived_at = timezone.now()
    assert "archived" in reason()
    project.archived_at = None
    ModelVersion.objects.filter(project=project).update(source=f"models/{project.pk}/gone")
    assert "Policy 0 cannot be loaded" in reason()
    ModelVersion.objects.filter(project=project).update(status="retired")
    assert "No policy is in use" in reason()


def test_an_ended_chat_and_a_full_one_take_no_more(chat: Chat) -> None:
    for number in range(1, TURNS_AT_MOST + 1):
        ChatTurn.objects.create(chat=chat, number=number, text="?", status="ready", partial=["Yes.", "Yes."])
    with pytest.raises(AnnotateError, match="which is the most"):
        turn_create(chat=chat, text="One more?")
    chat_end(chat=chat)
    ended_at = Chat.objects.get(pk=chat.pk).ended_at
    chat_end(chat=chat)
    assert Chat.objects.get(pk=chat.pk).ended_at == ended_at
    with pytest.raises(AnnotateError, match="has ended"):
        turn_create(chat=chat, text="One more?")


def test_a_chat_keeps_its_policy_and_its_question_when_another_is_promoted(chat: Chat, project: Project) -> None:
    turn = asked(chat, "Hello?")
    newer = ModelVersion.objects.create(project=project, kind="policy", number=1, status="candidate", source="starter")
    version_activate(version=newer, actor=None)
    shown = chat_read(chat)
    assert (shown.policy_number, shown.available) == (0, True)
    turn.refresh_from_db()
    assert turn.comparison is not None
    assert turn.comparison.withdrawn_at is None
    judge(turn)
    assert turn_create(chat=chat, text="Go on.").chat.policy.number == 0


def test_what_one_answer_left_out_is_told(chat: Chat) -> None:
    turn = turn_create(chat=chat, text="Hello?")
    answer(turn)
    assert turn.comparison is not None
    Completion.objects.filter(prompt=turn.prompt).update(sampling={"left_out": 4, "cut": True})
    (shown,) = chat_read(chat).turns
    assert (shown.left_out, shown.cut) == (4, True)
