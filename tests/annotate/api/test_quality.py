"""Quality, flags and pausing over HTTP."""

from uuid import uuid4

import pytest

from annotate.models import Assignment, AuditEvent, LabelerFlag, Membership, Project, User
from annotate.tasks.quality import refresh_due
from tests.annotate.quality_cast import CLEAN, Person, rows_simulated, verdicts_stored
from tests.conftest import Api
from tests.factories import project_make, queue_make

EVIDENCE = {"value": 0.9, "low": 0.8, "high": 0.95, "n": 40, "expected": 0.5, "text": "Left.", "preference_ids": [1]}


def judge(api: Api, project: Project, labeler: User, kind: str = "prefer") -> None:
    """One claim and one verdict of the labeler, through the site."""
    client = api(labeler)
    slot = client.post(f"/api/projects/{project.pk}/claim/", {"count": 1}).data["assignments"][0]
    body = {"client_id": str(uuid4()), "assignment_id": slot["id"], "kind": kind, "active_ms": 4000}
    if kind == "prefer":
        body |= {"side": "left", "strength": 2}
    assert client.post(f"/api/projects/{project.pk}/verdicts/", body).status_code == 201


@pytest.fixture
def flag(project: Project, ann: User) -> LabelerFlag:
    return LabelerFlag.objects.create(project=project, annotator=ann, signal="position", evidence=EVIDENCE)


class TestQuality:
    def test_says_so_when_there_is_nothing_to_say(self, project: Project, ada: User, api: Api) -> None:
        shown = api(ada).get(f"/api/projects/{project.pk}/quality/")
        assert shown.status_code == 200
        assert (shown.data["computed_at"], shown.data["stale"], shown.data["verdicts"]) == (None, False, 0)
        assert shown.data["agreement"]["alpha"] is None
        assert shown.data["agreement"]["alpha_reason"] == "No comparison has verdicts of two labelers."
        assert (shown.data["labelers"], shown.data["cycles"]["chance"]) == ([], 0.25)

    def test_shows_a_verdict_after_the_next_beat(
        self, project: Project, ada: User, ann: User, ben: User, api: Api
    ) -> None:
        queue_make(project=project, comparisons=2, wanted=2)
        for _ in range(2):
            judge(api, project, ann, "tie")
        address = f"/api/projects/{project.pk}/quality/"
        assert api(ada).get(address).data["stale"] is True
        refresh_due()
        shown = api(ada).get(address).data
        assert (shown["stale"], shown["verdicts"]) == (False, 2)
        assert shown["computed_at"] is not None
        row = shown["labelers"][0]
        assert (row["username"], row["verdicts"], row["median_seconds"]) == ("ann", 2, 4.0)
        assert row["ties_share"]["value"] == 1.0
        assert row["agreement_with_others"] is None
        for _ in range(2):
            judge(api, project, ben, "tie")
        refresh_due()
        both = api(ada).get(address).data
        assert both["agreement"]["pairwise"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 2}
        assert both["agreement"]["alpha_reason"].startswith("All verdicts are equal")

    def test_costs_few_statements_however_many_labelers_there_are(
        self,
        project: Project,
        ada: User,
        ann: User,
        ben: User,
        api: Api,
        django_assert_max_num_queries: pytest.FixtureRequest,
    ) -> None:
        rows, texts = rows_simulated([Person(CLEAN)] * 3, prompts=10, seed=1)
        verdicts_stored(project=project, labelers=[ada, ann, ben], rows=rows, texts=texts)
        refresh_due()
        client = api(ada)
        with django_assert_max_num_queries(9):  # type: ignore[operator]
            assert len(client.get(f"/api/projects/{project.pk}/quality/").data["labelers"]) == 3

    def test_shows_pauses_and_open_flags_as_they_are_now(
        self, project: Project, ada: User, ann: User, flag: LabelerFlag, api: Api
    ) -> None:
        queue_make(project=project, comparisons=1)
        judge(api, project, ann)
        refresh_due()
        LabelerFlag.objects.update(closed_at=None)
        client = api(ada)
        client.post(f"/api/projects/{project.pk}/members/{ann.pk}/pause/", {"reason": "Talk first."})
        row = client.get(f"/api/projects/{project.pk}/quality/").data["labelers"][0]
        assert row["flags"] == ["position"]
        assert row["paused_at"] is not None


class TestFlags:
    def test_are_listed_open_or_closed(self, project: Project, ada: User, flag: LabelerFlag, api: Api) -> None:
        address = f"/api/projects/{project.pk}/flags/"
        row = api(ada).get(address, {"open": "true"}).data["results"][0]
        assert (row["id"], row["username"], row["signal"], row["evidence"]) == (flag.pk, "ann", "position", EVIDENCE)
        assert api(ada).get(address, {"open": "false"}).data["total"] == 0
        assert api(ada).get(address).data["total"] == 1

    def test_are_settled_once_with_a_note(self, project: Project, ada: User, flag: LabelerFlag, api: Api) -> None:
        address = f"/api/projects/{project.pk}/flags/{flag.pk}/close/"
        closed = api(ada).post(address, {"note": "A new mouse."})
        assert (closed.status_code, closed.data["closed_by"], closed.data["note"]) == (200, "ada", "A new mouse.")
        again = api(ada).post(address, {"note": "Something else."})
        assert again.data == closed.data
        told = AuditEvent.objects.get(action="flag.closed")
        assert (told.actor, told.target, told.data) == (ada, "ann", {"signal": "position", "note": "A new mouse."})

    def test_of_another_project_do_not_exist(self, project: Project, ada: User, flag: LabelerFlag, api: Api) -> None:
        other = project_make(created_by=ada, name="Other")
        assert api(ada).post(f"/api/projects/{other.pk}/flags/{flag.pk}/close/", {}).status_code == 404
        assert api(ada).get(f"/api/projects/{other.pk}/flags/").data["total"] == 0
        flag.refresh_from_db()
        assert flag.closed_at is None


class TestPausing:
    def test_takes_back_what_is_held_and_is_undone_by_resuming(
        self, project: Project, ada: User, ann: User, api: Api
    ) -> None:
        queue_make(project=project, comparisons=1)
        api(ann).post(f"/api/projects/{project.pk}/claim/", {"count": 1})
        base = f"/api/projects/{project.pk}/members/{ann.pk}"
        paused = api(ada).post(f"{base}/pause/", {"reason": "Let us talk."})
        assert (paused.status_code, paused.data["username"]) == (200, "ann")
        held = Membership.objects.get(user=ann)
        assert held.paused_at is not None
        assert (held.paused_by, held.paused_reason) == (ada, "Let us talk.")
        assert Assignment.objects.get().status == "open"

        assert api(ada).post(f"{base}/pause/", {"reason": "Once more."}).status_code == 200
        assert Membership.objects.get(user=ann).paused_reason == "Let us talk."
        assert api(ada).post(f"{base}/resume/", {}).status_code == 200
        assert api(ada).post(f"{base}/resume/", {}).status_code == 200
        resumed = Membership.objects.get(user=ann)
        assert (resumed.paused_at, resumed.paused_by, resumed.paused_reason) == (None, None, "")
        assert list(AuditEvent.objects.order_by("pk").values_list("action", "target", "actor")) == [
            ("member.paused", "ann", ada.pk),
            ("member.resumed", "ann", ada.pk),
        ]

    def test_needs_a_reason_and_a_member(self, project: Project, ada: User, ann: User, eve: User, api: Api) -> None:
        base = f"/api/projects/{project.pk}/members"
        for reason in (" no ", "nul \x00", "x" * 401):
            refused = api(ada).post(f"{base}/{ann.pk}/pause/", {"reason": reason})
            assert (refused.status_code, list(refused.data["fields"])) == (400, ["reason"])
        assert api(ada).post(f"{base}/{eve.pk}/pause/", {"reason": "Who is it?"}).status_code == 404
        assert api(ada).post(f"{base}/{eve.pk}/resume/", {}).status_code == 404
        assert Membership.objects.get(user=ann).paused_at is None
