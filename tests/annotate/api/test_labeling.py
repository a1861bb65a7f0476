import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotate.models import Comparison, Preference, Project, User
from tests.conftest import Api
from tests.factories import prompt_make, queue_make, ranking_make


def verdict(assignment: dict[str, object], **fields: object) -> dict[str, object]:
    return {
        "client_id": str(uuid.uuid4()),
        "assignment_id": assignment["id"],
        "kind": "prefer",
        "side": "left",
        "strength": 2,
        "active_ms": 1200,
        **fields,
    }


def test_a_labeler_claims_judges_and_undoes(project: Project, ann: User, api: Api) -> None:
    queue_make(project=project, comparisons=3)
    client = api(ann)
    base = f"/api/projects/{project.pk}"
    claimed = client.post(f"{base}/claim/", {"count": 2})
    assert claimed.status_code == 200, claimed.data
    first, second = claimed.data["assignments"]
    assert claimed.data["remaining"] == 1
    body = verdict(first)
    taken = client.post(f"{base}/verdicts/", body)
    assert taken.status_code == 201, taken.data
    again = client.post(f"{base}/verdicts/", body)
    assert (again.status_code, again.data["replayed"]) == (200, True)
    assert again.data["preference_id"] == taken.data["preference_id"]
    preference = Preference.objects.get()
    shown_left = first["left"]["text"]
    chosen = preference.comparison.completion_a if preference.winner == "a" else preference.comparison.completion_b
    assert chosen.text == shown_left
    undone = client.post(f"{base}/undo/", {"assignment_id": first["id"], "client_id": body["client_id"]})
    assert undone.data["assignment"]["left"] == first["left"]
    assert not Preference.objects.filter(superseded_at=None).exists()
    assert (
        client.post(f"{base}/skips/", {"client_id": str(uuid.uuid4()), "assignment_id": second["id"]}).status_code
        == 200
    )


def test_the_labeler_learns_nothing_about_the_writers_or_the_kind(project: Project, ann: User, api: Api) -> None:
    queue_make(project=project, comparisons=1)
    Comparison.objects.update(kind="gold", strategy="gold", scores={"known": "a"})
    claimed = api(ann).post(f"/api/projects/{project.pk}/claim/", {"count": 1}).data
    told = {"id", "comparison_id", "prompt", "left", "right", "completions", "lease_expires_at"}
    assert set(claimed["assignments"][0]) == told
    assert set(claimed["assignments"][0]["left"]) == {"text"}
    assert "gold" not in str(claimed)
    assert "policy" not in str(claimed)


def test_one_s_own_history_shows_what_was_seen(project: Project, ann: User, ben: User, api: Api) -> None:
    queue_make(project=project, comparisons=3)
    base = f"/api/projects/{project.pk}"
    slots = api(ann).post(f"{base}/claim/", {"count": 2}).data["assignments"]
    api(ann).post(f"{base}/verdicts/", verdict(slots[0], side="right"))
    api(ann).post(f"{base}/verdicts/", verdict(slots[1], kind="tie", side=None, strength=None))
    newest, oldest = api(ann).get(f"{base}/history/").data["results"]
    assert (newest["kind"], newest["side"], newest["strength"]) == ("tie", None, None)
    assert (oldest["assignment_id"], oldest["side"], oldest["strength"]) == (slots[0]["id"], "right", 2)
    assert (oldest["left"], oldest["right"]) == (slots[0]["left"], slots[0]["right"])
    assert api(ben).get(f"{base}/history/").data["total"] == 0


def test_progress_counts_one_s_own_and_the_project_s(project: Project, ann: User, ben: User, api: Api) -> None:
    queue_make(project=project, comparisons=4)
    base = f"/api/projects/{project.pk}"
    for user in (ann, ben):
        slot = api(user).post(f"{base}/claim/", {"count": 1}).data["assignments"][0]
        api(user).post(f"{base}/verdicts/", verdict(slot))
    assert api(ann).get(f"{base}/me/").data == {
        "done_today": 1,
        "done_total": 1,
        "remaining": 2,
        "project_done": 2,
        "project_goal": 4,
        "policy_number": 0,
        "last_round": None,
        "paused": None,
        "warm_up": None,
        "daily": None,
        "guidelines_changed": None,
        "content_warning": "",
        "blur": False,
        "pause_after_minutes": 50,
        "chat": True,
    }


def test_heartbeat_and_release(project: Project, ann: User, ben: User, api: Api) -> None:
    queue_make(project=project, comparisons=2)
    base = f"/api/projects/{project.pk}"
    ids = [slot["id"] for slot in api(ann).post(f"{base}/claim/", {"count": 2}).data["assignments"]]
    assert api(ben).post(f"{base}/heartbeat/", {"assignment_ids": ids}).data == {"held": [], "lost": sorted(ids)}
    assert api(ann).post(f"{base}/release/", {"assignment_ids": ids[:1]}).status_code == 204
    assert api(ann).post(f"{base}/heartbeat/", {"assignment_ids": ids}).data == {"held": ids[1:], "lost": ids[:1]}


def test_a_ranking_is_claimed_judged_and_shown_again(project: Project, ann: User, api: Api) -> None:
    ranking_make(prompt=prompt_make(project=project, text="Rank."), texts=["A", "B", "C", "D"])
    base = f"/api/projects/{project.pk}"
    slot = api(ann).post(f"{base}/claim/", {"count": 1}).data["assignments"][0]
    assert sorted(completion["text"] for completion in slot["completions"]) == ["A", "B", "C", "D"]
    assert [slot["left"], slot["right"]] == slot["completions"][:2]
    spans = {"3": [{"start": 0, "end": 1, "sign": "bad", "reason": "too short"}]}
    said = {"kind": "rank", "ranking": [2, 1, 1, 3], "ratings": {"0": 7}, "spans": spans, "edits": {"3": "Longer."}}
    body = {"client_id": str(uuid.uuid4()), "assignment_id": slot["id"], **said}
    assert api(ann).post(f"{base}/verdicts/", body).status_code == 201
    assert api(ann).post(f"{base}/verdicts/", body).status_code == 200
    (shown,) = api(ann).get(f"{base}/history/").data["results"]
    assert {name: shown[name] for name in said} == said
    assert shown["completions"] == slot["completions"]
    assert (shown["side"], shown["aspects"], shown["flags"]) == (None, {}, {})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "rank", "side": None, "strength": None}, "request"),
        ({"ranking": [1, 2]}, "request"),
        ({"ranking": [0, 1, 2]}, "ranking.0"),
        ({"ratings": {"left": 11}}, "ratings.left"),
        ({"spans": {"left": [{"start": 4, "end": 2, "sign": "bad"}]}}, "spans.left.0"),
        ({"spans": {"left": [{"start": 0, "end": 999, "sign": "bad"}]}}, "spans.left"),
        ({"aspects": {"helpful": {"kind": "prefer"}}}, "aspects.helpful"),
        ({"aspects": {"helpful": {"kind": "tie"}}}, "aspects"),
        ({"reasons": {"left": ["clear"]}}, "reasons"),
        ({"flags": {"0": []}, "ratings": {"0": 3}}, "ratings.0"),
        ({"edits": {"left": " "}}, "edits.left"),
        ({"edits": {"left": "x" * 50_001}}, "edits.left"),
        ({"side": None}, "request"),
        ({"kind": "tie"}, "request"),
        ({"kind": "tie", "side": None}, "request"),
        ({"kind": "meh"}, "kind"),
        ({"side": "a"}, "side"),
        ({"strength": 5}, "strength"),
        ({"client_id": "mine"}, "client_id"),
        ({"assignment_id": 2**63}, "assignment_id"),
        ({"active_ms": -1}, "active_ms"),
        ({"rationale": "x" * 10_001}, "rationale"),
        ({"flags": {"a": ["unsafe"]}}, "flags.a.[key]"),
        ({"winner": "a"}, "winner"),
    ],
)
def test_a_verdict_that_makes_no_sense_names_what_is_wrong(
    project: Project, ann: User, api: Api, change: dict[str, object], field: str
) -> None:
    queue_make(project=project, comparisons=1)
    base = f"/api/projects/{project.pk}"
    slot = api(ann).post(f"{base}/claim/", {"count": 1}).data["assignments"][0]
    refused = api(ann).post(f"{base}/verdicts/", {**verdict(slot), **change})
    assert refused.status_code == 400
    assert list(refused.data["fields"]) == [field]
    assert not Preference.objects.exists()


def test_a_verdict_costs_four_statements_with_its_session(project: Project, ann: User, api: Api) -> None:
    """Session, person, role, and the verdict itself."""
    queue_make(project=project, comparisons=1)
    client = api(ann)
    base = f"/api/projects/{project.pk}"
    slot = client.post(f"{base}/claim/", {"count": 1}).data["assignments"][0]
    body = verdict(slot)
    with CaptureQueriesContext(connection) as queries:
        assert client.post(f"{base}/verdicts/", body).status_code == 201
    sql = [query["sql"] for query in queries if not (query["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sql) == 4, sql


def test_a_claim_costs_eight_statements_with_its_session(project: Project, ann: User, api: Api) -> None:
    queue_make(project=project, comparisons=10)
    client = api(ann)
    with CaptureQueriesContext(connection) as queries:
        client.post(f"/api/projects/{project.pk}/claim/", {"count": 5})
    sql = [query["sql"] for query in queries if not (query["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sql) == 8, sql
