"""Who may label what: groups that tags ask for, kept right when settings or tags change, and found at equal cost."""

import json
from typing import Any

import pytest
from django.db import connection

from annotate.models import Assignment, Comparison, Membership, ModelVersion, Project, Prompt, Round, Run, User
from annotate.services.assignments import CLAIM_SQL
from annotate.services.queueing import round_queue
from rlhf_backend.config import RunKind
from tests.annotate.labeling_cast import Work, gold_make, kinds_of, settings_set
from tests.conftest import Api
from tests.factories import comparison_make, completion_make, prompt_make, queue_make


@pytest.fixture
def anns(project: Project, ann: User, api: Api) -> Work:
    return Work(api(ann), project)


@pytest.fixture
def bens(project: Project, ben: User, api: Api) -> Work:
    return Work(api(ben), project)


def qualify(project: Project, ada: User, api: Api, **tags: str) -> None:
    """Set the qualifications through the API, so that the queue follows."""
    project.refresh_from_db()
    settings = {**project.settings, "queue": {**project.settings["queue"], "qualifications": tags}}
    answer = api(ada).patch(f"/api/projects/{project.pk}/", {"settings": settings})
    assert answer.status_code == 200, answer.data
    project.refresh_from_db()


def join(project: Project, user: User, ada: User, api: Api, *groups: str) -> None:
    answer = api(ada).patch(f"/api/projects/{project.pk}/members/{user.pk}/", {"groups": list(groups)})
    assert answer.status_code == 200, answer.data
    assert answer.data["groups"] == sorted(set(groups))


def tagged(project: Project, *tags: str, **fields: object) -> Comparison:
    prompt = prompt_make(project=project, text=f"About {tags} {Prompt.objects.count()}?")
    Prompt.objects.filter(pk=prompt.pk).update(tags=list(tags))
    return comparison_make(prompt=prompt, **fields)  # type: ignore[arg-type]


def claimed_by(work: Work) -> set[int]:
    return {slot["comparison_id"] for slot in work.claim(10)["assignments"]}


def test_only_members_of_every_group_that_the_tags_ask_for_are_given_a_comparison(
    project: Project, ada: User, ann: User, ben: User, anns: Work, bens: Work, api: Api
) -> None:
    open_to_all = tagged(project, "poems", wanted=2)
    medical = tagged(project, "medical", wanted=2)
    both = tagged(project, "medical", "german", wanted=2)
    qualify(project, ada, api, medical="doctors", german="germans")
    join(project, ann, ada, api, "doctors")
    join(project, ben, ada, api, "germans", "doctors", "doctors")
    assert anns.claim()["remaining"] == 1
    assert claimed_by(anns) == {open_to_all.pk, medical.pk}
    assert claimed_by(bens) == {open_to_all.pk, medical.pk, both.pk}
    outsider = Work(api(ada), project)
    assert outsider.claim(10)["assignments"] == []


def test_who_is_in_no_group_finds_the_queue_empty_and_not_done(
    project: Project, ada: User, anns: Work, api: Api
) -> None:
    tagged(project, "medical")
    qualify(project, ada, api, medical="doctors")
    claimed = anns.claim()
    assert (claimed["reason"], claimed["remaining"]) == ("empty", 0)


def test_changed_settings_and_tags_move_what_waits(project: Project, ada: User, anns: Work, api: Api) -> None:
    comparison = tagged(project, "medical")
    qualify(project, ada, api, medical="doctors")
    assert anns.claim()["assignments"] == []
    qualify(project, ada, api, legal="lawyers")
    slot = anns.claim()["assignments"][0]
    anns.release(slot)
    address = f"/api/projects/{project.pk}/prompts/{comparison.prompt_id}/"
    answer = api(ada).patch(address, {"tags": ["legal", "legal"]})
    assert answer.data["tags"] == ["legal"]
    assert Assignment.objects.get().required_groups == ["lawyers"]
    assert anns.claim()["assignments"] == []
    assert api(ada).patch(address, {"tags": []}).status_code == 200
    assert len(anns.claim()["assignments"]) == 1
    assert api(ada).patch(f"/api/projects/{project.pk}/prompts/{10**9}/", {"tags": []}).status_code == 404


def test_a_round_s_comparisons_ask_for_the_groups_of_the_present_settings(
    project: Project, ada: User, api: Api
) -> None:
    prompt = prompt_make(project=project, text="Is it measles?")
    Prompt.objects.filter(pk=prompt.pk).update(tags=["medical"])
    policy = ModelVersion.objects.get(project=project)
    round_ = Round.objects.create(
        project=project,
        number=1,
        status="queueing",
        trigger="bootstrap",
        start_policy=policy,
        settings=project.settings,
    )
    run = Run.objects.create(project=project, round=round_, kind=RunKind.SAMPLING, status="done", seed=3)
    for text in ("Yes.", "No.", "Perhaps."):
        completion_make(prompt=prompt, text=text, run=run)
    qualify(project, ada, api, medical="doctors")
    assert round_queue(round_=round_) == 3
    assert {tuple(groups) for groups in Assignment.objects.values_list("required_groups", flat=True)} == {("doctors",)}


def test_known_pairs_ask_for_groups_too(project: Project, ada: User, ann: User, anns: Work, api: Api) -> None:
    for comparison in gold_make(project, 3):
        Prompt.objects.filter(pk=comparison.prompt_id).update(tags=["medical"])
    queue_make(project=project, comparisons=40)
    qualify(project, ada, api, medical="doctors")
    settings_set(project, queue={"gold_share": 0.5})
    assert "gold" not in kinds_of(anns.claim(10))
    join(project, ann, ada, api, "doctors")
    for slot in anns.claim(10)["assignments"]:
        anns.judge(slot)
    assert "gold" in kinds_of(anns.claim(10))


def test_slots_for_other_groups_cost_a_claim_nothing(project: Project, ann: User) -> None:
    """20,000 slots ahead that the labeler may not have; without the walk by audience all of them are read."""
    comparison = comparison_make(prompt=prompt_make(project=project, text="Why?"))
    Assignment.objects.bulk_create(
        (
            Assignment(project=project, comparison=comparison, rnd=n / 20_000, priority=50, required_groups=["doctors"])
            for n in range(20_000)
        ),
        batch_size=5000,
    )
    values: dict[str, Any] = {
        "project": project.pk, "annotator": ann.pk, "groups": [], "count": 5, "again": False, "lease_seconds": 60,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotate_assignment")
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + CLAIM_SQL, values)
        plan = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM annotate_assignment WHERE status = 'leased'")
        assert cursor.fetchone()[0] == 1
    read = max(_rows(json.loads(plan) if isinstance(plan, str) else plan))
    assert read < 50, f"a step of the claim read {read} rows"


def _rows(plan: object) -> list[float]:
    """Rows that each step of a plan read, those it then passed over among them."""
    if isinstance(plan, list):
        return [number for each in plan for number in _rows(each)]
    if not isinstance(plan, dict):
        return []
    own = [float(plan.get(name, 0)) for name in ("Actual Rows", "Rows Removed by Filter")]
    return [*own, *(number for value in plan.values() for number in _rows(value))]


def test_groups_that_are_no_names_are_refused(project: Project, ada: User, ann: User, api: Api) -> None:
    address = f"/api/projects/{project.pk}/members/{ann.pk}/"
    assert api(ada).patch(address, {"groups": [" "]}).status_code == 400
    assert api(ada).patch(address, {"groups": ["x" * 61]}).status_code == 400
    assert api(ada).patch(address, {"groups": [f"g{n}" for n in range(51)]}).status_code == 400
    assert Membership.objects.get(user=ann).groups == []
