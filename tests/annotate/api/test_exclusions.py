"""Exclusions: foreseen along the lineage, followed by every snapshot from then on, lifted, never deleting."""

from datetime import timedelta
from typing import Any

import pytest

from annotate.models import (
    AuditEvent,
    GuidelineVersion,
    ModelKind,
    ModelVersion,
    Preference,
    Project,
    Round,
    RoundStatus,
    RoundTrigger,
    Run,
    Snapshot,
    User,
)
from annotate.selectors.round_preview import round_preview
from annotate.selectors.snapshots import preferences_new_since, preferences_usable
from annotate.services.round_starts import rounds_start_due
from annotate.services.snapshots import snapshot_take
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.review_cast import judged
from tests.annotate.rounds_cast import label, project_prepare
from tests.conftest import Api
from tests.factories import project_make

REASON = "Clicked left for an hour."


def post(api: Api, project: Project, who: User, path: str = "", **body: object) -> Any:
    return api(who).post(f"/api/projects/{project.pk}/exclusions/{path}", body)


def learned(
    project: Project, number: int, snapshot: Snapshot, *, start: ModelVersion
) -> tuple[ModelVersion, ModelVersion]:
    """A done round on `snapshot` with its reward model and policy."""
    round_ = Round.objects.create(
        project=project, number=number, status=RoundStatus.DONE, trigger=RoundTrigger.BUTTON, snapshot=snapshot
    )
    made = []
    for kind, parent in ((ModelKind.REWARD_MODEL, None), (ModelKind.POLICY, start)):
        run = Run.objects.create(project=project, round=round_, kind=kind, status="done")
        made.append(
            ModelVersion.objects.create(
                project=project, kind=kind, number=number, parent=parent, run=run, source=f"models/{kind}-{number}"
            )
        )
    return made[0], made[1]


def take(project: Project) -> Snapshot:
    return snapshot_take(project=project, usable=preferences_usable(project=project))


def test_the_preview_walks_from_labels_to_snapshots_reward_models_and_policies(
    api: Api, project: Project, ada: User, ann: User, ben: User
) -> None:
    base = ModelVersion.objects.get(project=project)
    judged(project, "one", (ann, "a"))
    untouched = take(project)
    _, (undone, _) = judged(project, "two", (ben, "b"), (ann, "b"))
    touched = take(project)
    Preference.objects.filter(pk=undone.pk).update(superseded_at=undone.created_at)
    judged(project, "three", (ben, "a"))
    _, first = learned(project, 1, untouched, start=base)
    model, second = learned(project, 2, touched, start=base)
    _, third = learned(project, 3, untouched, start=second)
    seen = post(api, project, ada, "preview/", annotator_id=ben.pk)
    assert seen.status_code == 200
    body = seen.json()
    assert (body["preferences"], body["already_excluded"]) == (1, 0)
    assert body["of_labelers"] == [{"username": "ben", "n": 1}]
    assert [(row["id"], row["size"], row["touched"]) for row in body["snapshots"]] == [(touched.pk, 3, 1)]
    assert [(row["id"], row["number"]) for row in body["reward_models"]] == [(model.pk, 2)]
    assert body["reward_models"][0]["touched_share"] == pytest.approx(1 / 3)
    found = [(row["id"], row["inherited"], round(row["touched_share"], 2)) for row in body["policies"]]
    assert found == [(second.pk, False, 0.33), (third.pk, True, 0.0)]
    assert first.pk not in [row["id"] for row in body["policies"]]
    assert not AuditEvent.objects.filter(action__startswith="exclusion").exists()


def test_an_exclusion_keeps_preferences_out_until_it_is_lifted_and_deletes_nothing(
    api: Api, project: Project, ada: User, ann: User, ben: User
) -> None:
    _, (kept, out) = judged(project, "one", (ann, "a"), (ben, "a"))
    before = take(project)
    made = post(api, project, ada, annotator_id=ben.pk, reason=REASON)
    assert made.status_code == 201
    assert (made.json()["username"], made.json()["preferences"], made.json()["created_by"]) == ("ben", 1, "ada")
    usable = preferences_usable(project=project)
    assert (usable.ids, usable.excluded) == ([kept.pk], {"excluded": 1})
    before.refresh_from_db()
    assert before.preference_ids == [kept.pk, out.pk]
    assert post(api, project, ada, "preview/", annotator_id=ben.pk).json()["already_excluded"] == 1
    _, (later,) = judged(project, "given afterwards", (ben, "b"))
    assert later.pk not in preferences_usable(project=project).ids
    lifted = post(api, project, ada, f"{made.json()['id']}/lift/")
    assert (lifted.status_code, lifted.json()["lifted_by"]) == (200, "ada")
    assert preferences_usable(project=project).ids == [kept.pk, out.pk, later.pk]
    again = post(api, project, ada, f"{made.json()['id']}/lift/")
    assert (again.status_code, again.json()["code"]) == (409, "exclusion/already-lifted")
    listed = api(ada).get(f"/api/projects/{project.pk}/exclusions/").json()
    assert [row["reason"] for row in listed["results"]] == [REASON]
    actions = AuditEvent.objects.filter(project=project).order_by("pk").values_list("action", "data__reason")
    assert list(actions) == [("exclusion.created", REASON), ("exclusion.lifted", None)]


def test_a_window_takes_its_first_moment_and_not_its_last(
    api: Api, project: Project, ada: User, ann: User, ben: User
) -> None:
    _, (first,) = judged(project, "one", (ann, "a"))
    _, (second,) = judged(project, "two", (ann, "a"))
    window = {"given_from": first.created_at.isoformat(), "given_until": second.created_at.isoformat()}
    assert post(api, project, ada, reason=REASON, **window).status_code == 201
    assert preferences_usable(project=project).ids == [second.pk]


def test_all_that_an_exclusion_names_must_hold(api: Api, project: Project, ada: User, ann: User, ben: User) -> None:
    first, second = (
        GuidelineVersion.objects.get_or_create(project=project, number=number, defaults={"created_by": ada})[0]
        for number in (1, 2)
    )
    _, (under_first, of_ben) = judged(project, "one", (ann, "a"), (ben, "a"))
    comparison, _ = judged(project, "two")
    under_second = label(comparison=comparison, annotator=ann, guidelines=second)
    early = label(comparison=comparison, annotator=ben, guidelines=first)
    assert post(api, project, ada, annotator_id=ann.pk, guidelines_number=2, reason=REASON).status_code == 201
    assert preferences_usable(project=project).ids == [under_first.pk, of_ben.pk, early.pk]
    assert post(api, project, ada, guidelines_number=1, reason=REASON).status_code == 201
    usable = preferences_usable(project=project)
    assert usable.ids == [under_first.pk, of_ben.pk]
    assert usable.excluded == {"excluded": 2}
    assert under_second.pk not in usable.ids


def test_counts_and_the_automatic_round_follow_exclusions(
    api: Api, project: Project, ada: User, ann: User, fake_engine: object
) -> None:
    project_prepare(project=project, preferences=12, rounds={"auto_every": 12})
    extra, _ = judged(project, "one more")
    label(comparison=extra, annotator=ann)
    assert round_preview(project=project).preferences == 13
    assert post(api, project, ada, annotator_id=ann.pk, reason=REASON).status_code == 201
    preview = round_preview(project=project)
    assert (preview.preferences, preview.new_since_last) == (12, 12)
    assert preferences_new_since(project=project, snapshot=None) == 12
    imported = Preference.objects.filter(project=project, annotator=None).order_by("pk").last()
    assert imported is not None
    window = {"given_from": imported.created_at.isoformat()}
    assert post(api, project, ada, reason=REASON, **window).status_code == 201
    assert rounds_start_due() == []
    assert api(ada).get(f"/api/projects/{project.pk}/").json()["counts"]["preferences_since_round"] == 11


def test_a_scope_that_makes_no_sense_is_refused_by_field(
    api: Api, project: Project, ada: User, ann: User, eve: User
) -> None:
    stranger = project_make(created_by=ada, name="Other")
    GuidelineVersion.objects.create(project=stranger, number=7, created_by=ada)
    day = timedelta(days=1)
    _, (given,) = judged(project, "one", (ann, "a"))
    window = {
        "given_from": given.created_at.isoformat(),
        "given_until": (given.created_at - day).isoformat(),
    }
    for body, field in (
        ({}, "annotator_id"),
        ({"annotator_id": eve.pk}, "annotator_id"),
        ({"guidelines_number": 7}, "guidelines_number"),
        (window, "given_until"),
        ({"given_from": "2026-01-01T00:00:00"}, "given_from"),
    ):
        for path, reason in (("preview/", {}), ("", {"reason": REASON})):
            refused = post(api, project, ada, path, **body, **reason)
            assert (refused.status_code, list(refused.json()["fields"])) == (400, [field]), body
    for reason_given in ("too short", " " * 20, "Half\0a reason."):
        assert post(api, project, ada, annotator_id=ann.pk, reason=reason_given).status_code == 400


def test_the_preferences_list_says_why_one_is_left_out(
    api: Api, project: Project, ada: User, ann: User, ben: User
) -> None:
    _, (kept, out) = judged(project, "one", (ann, "a"), (ben, "a"))
    other, (mistaken,) = judged(project, "two", (ann, "b"))
    post(api, project, ada, annotator_id=ben.pk, reason=REASON)
    api(ada).post(f"/api/projects/{project.pk}/review/{other.pk}/", {"outcome": "mistake", "mistaken": [mistaken.pk]})
    rows = api(ada).get(f"/api/projects/{project.pk}/preferences/").json()["results"]
    assert {row["id"]: row["excluded"] for row in rows} == {kept.pk: None, out.pk: REASON, mistaken.pk: "mistake"}
