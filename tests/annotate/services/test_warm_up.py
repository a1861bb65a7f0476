"""The warm-up: known pairs with feedback, let on by the share, tried again or waived by an admin."""

from typing import Any

import pytest

from annotate.models import Assignment, Membership, Preference, Project, User
from annotate.selectors.snapshots import preferences_usable
from tests.annotate.labeling_cast import Work, gold_make, kinds_of, settings_set
from tests.conftest import Api
from tests.factories import queue_make

PAIRS = 4


@pytest.fixture
def work(project: Project, ann: User, api: Api) -> Work:
    queue_make(project=project, comparisons=6)
    gold_make(project, 7)
    settings_set(project, labeling={"warm_up_pairs": PAIRS, "warm_up_share": 0.75})
    return Work(api(ann), project)


def warm_up(work: Work, *, wrong: int = 0) -> list[dict[str, Any]]:
    """Answer the whole warm-up, the first `wrong` pairs wrongly; what was answered to each verdict."""
    answers = []
    for number in range(PAIRS):
        slot = work.claim()["assignments"][0]
        answers.append(work.right(slot, wrong=number < wrong))
    return answers


def membership(work: Work) -> Membership:
    return Membership.objects.get(project=work.project, user__username="ann")


def test_only_known_pairs_are_given_until_the_warm_up_is_done(work: Work) -> None:
    claimed = work.claim(10)
    assert kinds_of(claimed) == ["gold"] * PAIRS
    assert claimed["warm_up"] == {"done": 0, "of": PAIRS, "correct": 0, "passed": None}
    assert (claimed["remaining"], claimed["reason"]) == (0, None)
    again = work.claim(10)["assignments"]
    assert [slot["id"] for slot in again] == [slot["id"] for slot in claimed["assignments"]], "a reload gives the same"
    work.right(claimed["assignments"][0])
    assert work.claim(10)["warm_up"] == {"done": 1, "of": PAIRS, "correct": 1, "passed": None}
    assert work.me()["warm_up"]["done"] == 1


def test_the_verdict_s_answer_says_what_was_right_and_why(work: Work) -> None:
    slot = work.claim()["assignments"][0]
    answer = work.right(slot, wrong=True)
    stored = Assignment.objects.select_related("comparison").get(pk=slot["id"])
    side = "left" if stored.left_is_a else "right"
    assert answer["feedback"] == {
        "correct": False,
        "expected": {"kind": "prefer", "side": side, "strength": 2},
        "explanation": stored.comparison.explanation,
    }
    assert slot[side]["text"].startswith("Right")
    assert work.right(work.claim()["assignments"][0])["feedback"]["correct"] is True


def test_who_reaches_the_share_goes_on_to_work_without_feedback(work: Work) -> None:
    warm_up(work, wrong=1)
    assert membership(work).warmed_up_at is not None
    claimed = work.claim(2)
    assert (kinds_of(claimed), claimed["warm_up"]) == (["normal"] * 2, None)
    assert work.judge(claimed["assignments"][0])["feedback"] is None
    assert work.me()["warm_up"] == {"done": PAIRS, "of": PAIRS, "correct": 3, "passed": True}


def test_who_misses_the_share_waits_for_an_admin_and_may_try_again(work: Work, ann: User, ada: User, api: Api) -> None:
    warm_up(work, wrong=2)
    failed = work.claim(3)
    assert (failed["assignments"], failed["reason"]) == ([], "warm-up-failed")
    assert failed["warm_up"] == {"done": PAIRS, "of": PAIRS, "correct": 2, "passed": False}
    address = f"/api/projects/{work.project.pk}/members/{ann.pk}/"
    answer = api(ada).patch(address, {"warmed_up": False})
    assert (answer.status_code, answer.data["warm_up"]) == (200, None)
    again = work.claim(10)
    assert len(again["assignments"]) == PAIRS
    assert again["warm_up"]["done"] == 0
    warm_up(work)
    assert kinds_of(work.claim(2)) == ["normal"] * 2
    kept = Preference.objects.filter(comparison__kind="gold")
    assert (kept.count(), kept.filter(superseded_at=None).count()) == (2 * PAIRS, PAIRS)


def test_an_admin_may_let_somebody_on(work: Work, ann: User, ada: User, api: Api) -> None:
    held = work.claim(2)["assignments"]
    answer = api(ada).patch(f"/api/projects/{work.project.pk}/members/{ann.pk}/", {"warmed_up": True})
    assert answer.data["warmed_up_at"] is not None
    claimed = work.claim(10)
    assert set(kinds_of(claimed)) == {"normal"}
    assert not {slot["id"] for slot in held} & {slot["id"] for slot in claimed["assignments"]}


def test_a_told_answer_cannot_be_undone_nor_the_pair_skipped(work: Work) -> None:
    slot, other = work.claim(2)["assignments"]
    work.right(slot)
    assert work.undo(slot, 409)["code"] == "preference/warm-up"
    assert work.skip(other, 409)["code"] == "preference/warm-up"
    assert Preference.objects.filter(superseded_at=None).count() == 1


def test_with_fewer_known_pairs_the_warm_up_is_shorter_and_without_any_there_is_none(
    work: Work, ben: User, api: Api
) -> None:
    theirs = Work(api(ben), work.project)
    settings_set(work.project, labeling={"warm_up_pairs": 50})
    assert theirs.claim(1)["warm_up"]["of"] == 7
    for comparison in work.project.comparisons.filter(kind="gold"):
        api(comparison.project.created_by).delete(f"/api/projects/{work.project.pk}/gold/{comparison.pk}/")
    claimed = theirs.claim(1)
    assert (kinds_of(claimed), claimed["warm_up"]) == (["normal"], None)


def test_without_a_warm_up_in_the_settings_nothing_is_asked(work: Work) -> None:
    settings_set(work.project, labeling={"warm_up_pairs": 0})
    claimed = work.claim(2)
    assert (kinds_of(claimed), claimed["warm_up"]) == (["normal"] * 2, None)
    assert work.me()["warm_up"] is None


def test_warm_up_verdicts_reach_neither_training_nor_the_project_s_progress(work: Work) -> None:
    warm_up(work)
    assert preferences_usable(project=work.project).ids == []
    me = work.me()
    assert (me["done_total"], me["project_done"], me["project_goal"]) == (PAIRS, 0, 6)


def test_a_verdict_sent_again_is_answered_with_the_same_feedback(work: Work) -> None:
    slot = work.claim()["assignments"][0]
    body = {
        "client_id": "5b9f4d2e-0000-4000-8000-000000000007",
        "assignment_id": slot["id"],
        "kind": "tie",
        "active_ms": 5,
    }
    first = work.post("verdicts", body, 201)
    assert first["feedback"]["correct"] is False
    assert work.post("verdicts", body, 200) == {**first, "replayed": True}
