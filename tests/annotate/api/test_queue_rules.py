"""Pauses, daily caps, priorities, guidelines and what is told on arrival."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from annotate.models import Assignment, AuditEvent, Membership, Preference, Project, Round, User
from annotate.services.pair_standing import pairs_demote_older
from tests.annotate.labeling_cast import Work, gold_make, settings_set
from tests.conftest import Api
from tests.factories import project_make, prompt_make, queue_make


@pytest.fixture
def anns(project: Project, ann: User, api: Api) -> Work:
    return Work(api(ann), project)


@pytest.fixture
def bens(project: Project, ben: User, api: Api) -> Work:
    return Work(api(ben), project)


def test_a_paused_labeler_is_given_nothing_and_told_why(project: Project, ann: User, anns: Work) -> None:
    queue_make(project=project, comparisons=2)
    held = anns.claim()["assignments"][0]
    Membership.objects.filter(project=project, user=ann).update(
        paused_at=timezone.now(), paused_reason="Please read the guidelines again."
    )
    claimed = anns.claim()
    assert (claimed["assignments"], claimed["reason"]) == ([], "paused")
    assert claimed["message"] == "Please read the guidelines again."
    assert anns.me()["paused"]["reason"] == "Please read the guidelines again."
    anns.judge(held)  # what was judged before the news came is not lost
    assert Preference.objects.count() == 1


def test_a_labeler_s_cap_ends_the_day_exactly(project: Project, anns: Work, bens: Work) -> None:
    queue_make(project=project, comparisons=20)
    settings_set(project, queue={"labeler_daily_cap": 5})
    held = anns.claim(3)["assignments"]
    assert len(anns.claim(10)["assignments"]) == 5
    for slot in held:
        anns.judge(slot)
    assert anns.me()["daily"] == {"cap": 5, "done": 3}
    rest = anns.claim(10)["assignments"]
    assert len(rest) == 2
    for slot in rest:
        anns.judge(slot)
    capped = anns.claim(10)
    assert (capped["assignments"], capped["reason"]) == ([], "daily-cap")
    assert len(bens.claim(10)["assignments"]) == 5, "the cap is each labeler's own"
    anns.undo(rest[0])
    assert len(anns.claim(10)["assignments"]) == 1, "a verdict taken back can be given again"


def test_the_project_s_cap_counts_what_others_hold(project: Project, anns: Work, bens: Work) -> None:
    queue_make(project=project, comparisons=20)
    settings_set(project, queue={"project_daily_cap": 6})
    held = anns.claim(4)["assignments"]
    for slot in held:
        anns.judge(slot)
    assert len(anns.claim(10)["assignments"]) == 2
    capped = bens.claim(10)
    assert (capped["assignments"], capped["reason"]) == ([], "project-cap")
    Assignment.objects.filter(status="leased").update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert len(bens.claim(10)["assignments"]) == 2


def test_without_caps_a_day_has_no_end(project: Project, anns: Work) -> None:
    queue_make(project=project, comparisons=12)
    for slot in anns.claim(10)["assignments"]:
        anns.judge(slot)
    assert len(anns.claim(10)["assignments"]) == 2
    assert anns.me()["daily"] is None


def test_known_pairs_count_for_the_labeler_s_day_so_that_nothing_tells_them(
    project: Project, anns: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotate.services.mixing.draw", random.Random(0))
    queue_make(project=project, comparisons=30)
    gold_make(project, 30)
    settings_set(project, queue={"labeler_daily_cap": 8, "gold_share": 0.5})
    for slot in anns.claim(10)["assignments"]:
        anns.judge(slot)
    hidden = Preference.objects.filter(comparison__kind="gold").count()
    assert hidden > 0
    me = anns.me()
    assert me["daily"] == {"cap": 8, "done": 8}
    assert (me["done_today"], me["done_total"], me["project_done"]) == (8, 8, 8 - hidden)


def test_an_admin_moves_comparisons_forward_and_a_round_leaves_them_there(
    project: Project, ada: User, anns: Work, api: Api
) -> None:
    first, second, third = queue_make(project=project, comparisons=3)
    url = f"/api/projects/{project.pk}/queue/priority/"
    answer = api(ada).post(url, {"comparison_ids": [third.pk], "priority": 50})
    assert (answer.status_code, answer.data) == (200, {"changed": 1})
    assert api(ada).post(url, {"comparison_ids": [third.pk], "priority": 50}).data == {"changed": 0}
    api(ada).post(url, {"comparison_ids": [first.pk], "priority": -50})
    round_ = Round.objects.create(project=project, number=1, status="queueing", trigger="bootstrap")
    pairs_demote_older(round_=round_)
    order = [slot["comparison_id"] for slot in anns.claim(3)["assignments"]]
    assert order == [third.pk, second.pk, first.pk]
    assert Assignment.objects.get(comparison=second).priority == -10
    assert AuditEvent.objects.filter(action="queue.priority").count() == 3


@pytest.mark.parametrize("priority", [-101, 101])
def test_priorities_have_limits(project: Project, ada: User, api: Api, priority: int) -> None:
    comparison = queue_make(project=project, comparisons=1)[0]
    body = {"comparison_ids": [comparison.pk], "priority": priority}
    assert api(ada).post(f"/api/projects/{project.pk}/queue/priority/", body).status_code == 400


def test_another_project_s_comparison_has_no_priority_here(project: Project, ada: User, api: Api) -> None:
    foreign = queue_make(project=project_make(created_by=ada, name="Other"), comparisons=1)[0]
    body = {"comparison_ids": [foreign.pk], "priority": 1}
    refused = api(ada).post(f"/api/projects/{project.pk}/queue/priority/", body)
    assert (refused.status_code, list(refused.data["fields"])) == (400, ["comparison_ids"])


def test_what_changed_in_the_guidelines_is_told_until_it_was_seen(
    project: Project, ada: User, anns: Work, api: Api
) -> None:
    publish = f"/api/projects/{project.pk}/guidelines/"
    assert anns.me()["guidelines_changed"] is None, "who never saw any is shown the whole text"
    anns.post("guidelines/seen", {"number": 1}, 204)
    assert anns.me()["guidelines_changed"] is None
    api(ada).post(publish, {"text": "Two.", "changes": "Ties are allowed."})
    api(ada).post(publish, {"text": "Three.", "changes": "So are jokes."})
    assert anns.me()["guidelines_changed"] == {"number": 3, "changes": "Ties are allowed.\n\nSo are jokes."}
    anns.post("guidelines/seen", {"number": 3}, 204)
    anns.post("guidelines/seen", {"number": 2}, 204)
    assert anns.me()["guidelines_changed"] is None
    anns.post("guidelines/seen", {"number": 9}, 400)
    versions = anns.client.get(publish).data["results"]
    assert [(version["number"], version["changes"]) for version in versions] == [
        (3, "So are jokes."),
        (2, "Ties are allowed."),
        (1, ""),
    ]


def test_arrival_tells_how_the_project_looks_after_its_labelers(project: Project, anns: Work) -> None:
    settings_set(
        project,
        labeling={"content_warning": "Violence.", "blur": True, "pause_after_minutes": 25, "chat": False},
    )
    me = anns.me()
    told = {key: me[key] for key in ("content_warning", "blur", "pause_after_minutes", "chat")}
    assert told == {"content_warning": "Violence.", "blur": True, "pause_after_minutes": 25, "chat": False}


def test_members_show_groups_pauses_and_the_warm_up(
    project: Project, ada: User, ann: User, anns: Work, api: Api
) -> None:
    gold_make(project, 3)
    settings_set(project, labeling={"warm_up_pairs": 3})
    anns.right(anns.claim()["assignments"][0], wrong=True)
    Membership.objects.filter(project=project, user=ann).update(
        groups=["doctors"], paused_at=timezone.now(), paused_by=ada, paused_reason="Holidays."
    )
    rows = {row["username"]: row for row in api(ada).get(f"/api/projects/{project.pk}/members/").data["results"]}
    told = {key: rows["ann"][key] for key in ("groups", "paused_by", "paused_reason", "warmed_up_at", "warm_up")}
    assert told == {
        "groups": ["doctors"],
        "paused_by": "ada",
        "paused_reason": "Holidays.",
        "warmed_up_at": None,
        "warm_up": {"done": 1, "of": 3, "correct": 0, "passed": None},
    }
    assert (rows["ben"]["groups"], rows["ben"]["paused_at"], rows["ben"]["warm_up"]) == ([], None, None)


def test_shares_that_leave_no_work_are_refused(project: Project, ada: User, api: Api) -> None:
    queue = {**project.settings["queue"], "gold_share": 0.4, "repeat_share": 0.3, "mirrored_share": 0.2}
    refused = api(ada).patch(f"/api/projects/{project.pk}/", {"settings": {**project.settings, "queue": queue}})
    assert refused.status_code == 400
    assert "0.90 together" in str(refused.data["fields"])


def test_a_prompt_s_tags_are_its_own_project_s_business(project: Project, ada: User, api: Api) -> None:
    foreign = prompt_make(project=project_make(created_by=ada, name="Other"), text="Hm?")
    url = f"/api/projects/{project.pk}/prompts/{foreign.pk}/"
    assert api(ada).patch(url, {"tags": ["medical"]}).status_code == 404
