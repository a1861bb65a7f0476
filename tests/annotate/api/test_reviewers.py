"""The reviewer's role: invited or appointed, labels like anybody, sees the review room and nothing of an admin's."""

import pytest

from annotate.models import Membership, Project, User
from annotate.services.invites import invite_create
from tests.annotate.review_cast import judged, reviewer_make
from tests.conftest import Api
from tests.factories import queue_make


@pytest.fixture
def base(project: Project) -> str:
    return f"/api/projects/{project.pk}"


def test_an_invite_makes_its_holder_a_reviewer(api: Api, project: Project, base: str, ada: User, eve: User) -> None:
    made = api(ada).post(f"{base}/invites/", {"role": "reviewer", "max_uses": 1, "days": 1})
    assert (made.status_code, made.json()["role"]) == (201, "reviewer")
    secret = invite_create(project=project, actor=ada, role="reviewer", max_uses=1, days=1).secret  # type: ignore[arg-type]
    assert api(None).get(f"/api/invites/{secret}/").json()["role"] == "reviewer"
    assert api(eve).post(f"/api/invites/{secret}/accept/", {}).status_code == 200
    assert api(eve).get(f"{base}/").json()["role"] == "reviewer"
    assert api(eve).get(f"{base}/review/").status_code == 200


def test_an_admin_appoints_reviewers_but_not_out_of_the_last_admin(
    api: Api, project: Project, base: str, ada: User, ann: User
) -> None:
    assert api(ann).get(f"{base}/review/").status_code == 403
    assert api(ada).patch(f"{base}/members/{ann.pk}/", {"role": "reviewer"}).json()["role"] == "reviewer"
    assert api(ann).get(f"{base}/review/").status_code == 200
    assert api(ann).patch(f"{base}/members/{ada.pk}/", {"role": "reviewer"}).status_code == 403
    refused = api(ada).patch(f"{base}/members/{ada.pk}/", {"role": "reviewer"})
    assert (refused.status_code, refused.json()["code"]) == (409, "member/last-admin")
    assert Membership.objects.get(project=project, user=ada).role == "admin"


def test_a_reviewer_labels_like_a_labeler_and_gets_receipts(api: Api, project: Project, base: str) -> None:
    rae = reviewer_make(project)
    queue_make(project=project, comparisons=1)
    (slot,) = api(rae).post(f"{base}/claim/", {"count": 1}).json()["assignments"]
    body = {"client_id": "9a5b1c1e-58a0-4d3a-8f63-111111111111", "assignment_id": slot["id"], "kind": "tie"}
    assert api(rae).post(f"{base}/verdicts/", body).status_code == 201
    assert api(rae).get(f"{base}/receipts/").status_code == 200


def test_a_reviewer_sees_rounds_as_labelers_do_and_no_names_anywhere(
    api: Api, project: Project, base: str, ann: User, ben: User
) -> None:
    rae = reviewer_make(project)
    judged(project, "pair", (ann, "a"), (ben, "b"))
    for path in ("preferences", "members", "audit", "exclusions", "export"):
        assert api(rae).get(f"{base}/{path}/").status_code == 403, path
    for path in ("review", "rounds", "me", "history", "receipts", ""):
        answer = api(rae).get(f"{base}/{path}/" if path else f"{base}/")
        assert answer.status_code == 200, path
        assert '"ann"' not in answer.content.decode()
        assert '"ben"' not in answer.content.decode()
