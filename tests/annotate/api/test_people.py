from datetime import timedelta

import pytest
from django.utils import timezone

from annotate.models import Assignment, AuditEvent, Invite, Membership, Project, User
from annotate.services.claims import queue_claim
from annotate.services.invites import invite_create
from tests.conftest import Api
from tests.factories import queue_make, user_make

NEW = {"username": "zoe", "password": "a long enough phrase"}


def invite(project: Project, actor: User, **fields: int) -> str:
    given = {"max_uses": 1, "days": 1, **fields}
    return invite_create(project=project, actor=actor, role="labeler", **given).secret  # type: ignore[arg-type]


class TestInvites:
    def test_are_made_shown_once_and_listed_without_their_link(self, project: Project, ada: User, api: Api) -> None:
        made = api(ada).post(f"/api/projects/{project.pk}/invites/", {"role": "admin", "max_uses": 3, "days": 2})
        assert made.status_code == 201
        assert made.data["url"].startswith("http://testserver/join/")
        secret = made.data["url"].rpartition("/")[2]
        listed = api(ada).get(f"/api/projects/{project.pk}/invites/").data
        assert (listed["total"], listed["results"][0]["role"], listed["results"][0]["max_uses"]) == (1, "admin", 3)
        assert secret not in str(listed)
        assert secret not in str(Invite.objects.values().get())
        assert secret not in str(AuditEvent.objects.values().get())

    def test_tell_their_holder_what_they_are_for(self, project: Project, ada: User, api: Api) -> None:
        shown = api(None).get(f"/api/invites/{invite(project, ada)}/").data
        assert (shown["project_name"], shown["role"], shown["valid"], shown["reason"]) == (
            "Tone",
            "labeler",
            True,
            None,
        )

    def test_make_an_account_and_log_it_in(self, project: Project, ada: User, api: Api) -> None:
        client = api(None)
        joined = client.post(f"/api/invites/{invite(project, ada)}/accept/", NEW)
        assert (joined.status_code, joined.data) == (200, {"project_id": project.pk})
        assert client.get("/api/session/").data["user"]["username"] == "zoe"
        assert client.post(f"/api/projects/{project.pk}/claim/", {"count": 1}).status_code == 200

    def test_let_in_who_is_logged_in(self, project: Project, ada: User, eve: User, api: Api) -> None:
        assert api(eve).post(f"/api/invites/{invite(project, ada)}/accept/", {}).status_code == 200
        assert Membership.objects.get(user=eve).role == "labeler"
        assert AuditEvent.objects.filter(action="member.joined", actor=eve).exists()

    def test_do_not_change_who_is_a_member_already(self, project: Project, ada: User, api: Api) -> None:
        assert api(ada).post(f"/api/invites/{invite(project, ada)}/accept/", {}).status_code == 200
        assert Membership.objects.get(user=ada).role == "admin"
        assert Invite.objects.get().uses == 0

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"uses": 1}, "used up"),
            ({"expires_at": timezone.now() - timedelta(days=1)}, "expired"),
            ({"revoked_at": timezone.now()}, "withdrawn"),
        ],
    )
    def test_that_are_over_say_so(
        self, project: Project, ada: User, eve: User, api: Api, change: dict[str, object], reason: str
    ) -> None:
        secret = invite(project, ada)
        Invite.objects.update(**change)
        shown = api(None).get(f"/api/invites/{secret}/").data
        assert shown["valid"] is False
        assert reason in shown["reason"]
        refused = api(eve).post(f"/api/invites/{secret}/accept/", {})
        assert (refused.status_code, refused.data["code"]) == (409, "invite/invalid")
        assert not Membership.objects.filter(user=eve).exists()

    def test_unknown_links_do_not_exist(self, db: None, eve: User, api: Api) -> None:
        assert api(None).get("/api/invites/nonsense/").status_code == 404
        assert api(eve).post("/api/invites/nonsense/accept/", {}).status_code == 404

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({**NEW, "username": "ann"}, "username"),
            ({**NEW, "username": "no spaces"}, "username"),
            ({**NEW, "username": ""}, "username"),
            ({**NEW, "password": "short"}, "password"),
        ],
    )
    def test_need_a_name_and_a_password_that_can_be_used(
        self, project: Project, ada: User, api: Api, body: dict[str, str], field: str
    ) -> None:
        refused = api(None).post(f"/api/invites/{invite(project, ada)}/accept/", body)
        assert refused.status_code == 400
        assert list(refused.data["fields"]) == [field]
        assert Invite.objects.get().uses == 0

    def test_can_be_withdrawn(self, project: Project, ada: User, api: Api) -> None:
        secret = invite(project, ada)
        address = f"/api/projects/{project.pk}/invites/{Invite.objects.get().pk}/"
        assert api(ada).delete(address).status_code == 204
        assert api(ada).delete(address).status_code == 404
        assert api(None).get(f"/api/invites/{secret}/").data["valid"] is False


class TestMembers:
    def test_are_listed_with_what_they_did(self, project: Project, ada: User, ann: User, api: Api) -> None:
        listed = api(ada).get(f"/api/projects/{project.pk}/members/").data
        assert {(row["username"], row["role"], row["preferences"]) for row in listed["results"]} == {
            ("ada", "admin", 0), ("ann", "labeler", 0), ("ben", "labeler", 0),
        }  # fmt: skip
        queue_make(project=project, comparisons=4)
        labeler = api(ann)
        for side in ("left", "left", "left", "right"):
            slot = labeler.post(f"/api/projects/{project.pk}/claim/", {"count": 1}).data["assignments"][0]
            body = {"client_id": f"00000000-0000-4000-8000-{slot['id']:012d}", "assignment_id": slot["id"]}
            judged = labeler.post(f"/api/projects/{project.pk}/verdicts/", {**body, "kind": "prefer", "side": side})
            assert judged.status_code == 201
        rows = api(ada).get(f"/api/projects/{project.pk}/members/").data["results"]
        mine = next(row for row in rows if row["username"] == "ann")
        assert (mine["preferences"], mine["position_left_share"]) == (4, 0.75)
        assert mine["last_at"] is not None

    def test_can_be_made_admin(self, project: Project, ada: User, ann: User, api: Api) -> None:
        changed = api(ada).patch(f"/api/projects/{project.pk}/members/{ann.pk}/", {"role": "admin"})
        assert (changed.status_code, changed.data["role"]) == (200, "admin")
        assert api(ann).get(f"/api/projects/{project.pk}/queue/").status_code == 200
        assert AuditEvent.objects.get(action="member.role").target == "ann"

    def test_keep_one_admin(self, project: Project, ada: User, api: Api) -> None:
        address = f"/api/projects/{project.pk}/members/{ada.pk}/"
        for refused in (api(ada).patch(address, {"role": "labeler"}), api(ada).delete(address)):
            assert (refused.status_code, refused.data["code"]) == (409, "member/last-admin")

    def test_give_back_what_they_hold_when_they_leave(
        self, project: Project, ada: User, ann: User, ben: User, api: Api
    ) -> None:
        queue_make(project=project, comparisons=2)
        queue_claim(project=project, annotator=ann, count=2)
        assert api(ada).delete(f"/api/projects/{project.pk}/members/{ann.pk}/").status_code == 204
        assert set(Assignment.objects.values_list("status", flat=True)) == {"open"}
        assert api(ann).get(f"/api/projects/{project.pk}/").status_code == 404

    def test_of_other_projects_do_not_exist(self, project: Project, ada: User, api: Api) -> None:
        stranger = user_make("stranger")
        assert api(ada).delete(f"/api/projects/{project.pk}/members/{stranger.pk}/").status_code == 404


def test_admins_acts_are_on_record(project: Project, ada: User, ann: User, api: Api) -> None:
    client = api(ada)
    client.patch(f"/api/projects/{project.pk}/", {"name": "New"})
    client.post(f"/api/projects/{project.pk}/guidelines/", {"text": "v2"})
    client.post(f"/api/projects/{project.pk}/prompts/", {"text": "One?"})
    client.post(f"/api/projects/{project.pk}/invites/", {})
    events = client.get(f"/api/projects/{project.pk}/audit/").data["results"]
    assert {event["action"] for event in events} >= {
        "project.changed", "guidelines.published", "prompts.added", "invite.created",
    }  # fmt: skip
    assert {event["actor"] for event in events} == {"ada"}
