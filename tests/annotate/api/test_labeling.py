import uuid

from annotate.models import Preference, Project, User
from tests.conftest import Api
from tests.factories import queue_make


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
