"""Where a skipped comparison goes: to others, to the end, or nowhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotate.models import Assignment, Comparison, ModelVersion, Project, Skip, User
from annotate.services.versions import version_activate
from tests.annotate.labeling_cast import Work, settings_set
from tests.conftest import Api
from tests.factories import queue_make


@pytest.fixture
def anns(project: Project, ann: User, api: Api) -> Work:
    return Work(api(ann), project)


@pytest.fixture
def bens(project: Project, ben: User, api: Api) -> Work:
    return Work(api(ben), project)


def test_to_others_means_never_again_to_who_skipped(project: Project, anns: Work, bens: Work) -> None:
    queue_make(project=project, comparisons=1)
    slot = anns.claim()["assignments"][0]
    anns.skip(slot)
    anns.skip(slot)
    assert Skip.objects.filter(final=True).count() == 1
    assert anns.claim()["reason"] == "all-done-by-you"
    assert bens.claim()["assignments"][0]["comparison_id"] == slot["comparison_id"]


def test_to_the_end_means_after_all_others_for_everybody(project: Project, anns: Work, bens: Work) -> None:
    settings_set(project, queue={"skipped_go_to": "the_end"})
    queue_make(project=project, comparisons=5)
    skipped = anns.claim()["assignments"][0]
    anns.skip(skipped)
    order = [slot["comparison_id"] for slot in bens.claim(5)["assignments"]]
    assert order[-1] == skipped["comparison_id"]


def test_at_the_end_it_comes_back_to_who_skipped_only_when_nothing_else_is_left(project: Project, anns: Work) -> None:
    settings_set(project, queue={"skipped_go_to": "the_end"})
    queue_make(project=project, comparisons=3, wanted=2)
    skipped = anns.claim()["assignments"][0]["comparison_id"]
    anns.skip(anns.claim()["assignments"][0])
    others = anns.claim(10)
    assert skipped not in {slot["comparison_id"] for slot in others["assignments"]}, "another slot of it came first"
    assert others["remaining"] == 1
    for slot in others["assignments"]:
        anns.judge(slot)
    back = anns.claim(10)["assignments"]
    assert [slot["comparison_id"] for slot in back] == [skipped]
    anns.skip(back[0])
    assert [slot["comparison_id"] for slot in anns.claim(10)["assignments"]] == [skipped], "skipped twice, still asked"


def test_a_skip_to_the_end_can_be_undone(project: Project, anns: Work) -> None:
    settings_set(project, queue={"skipped_go_to": "the_end"})
    queue_make(project=project, comparisons=2)
    slot = anns.claim()["assignments"][0]
    anns.skip(slot)
    assert anns.undo(slot)["assignment"]["comparison_id"] == slot["comparison_id"]
    assert not Skip.objects.filter(undone_at=None).exists()


def test_to_nobody_means_withdrawn_with_the_verdicts_kept(
    project: Project, ada: User, anns: Work, bens: Work, api: Api
) -> None:
    settings_set(project, queue={"skipped_go_to": "nobody"})
    queue_make(project=project, comparisons=1, wanted=3)
    bens.judge(bens.claim()["assignments"][0])
    slot = anns.claim()["assignments"][0]
    anns.skip(slot)
    comparison = Comparison.objects.get()
    assert (comparison.withdrawn_at is not None, comparison.withdrawn_for) == (True, "skip")
    assert sorted(Assignment.objects.values_list("status", flat=True)) == ["done", "withdrawn", "withdrawn"]
    assert comparison.preferences.filter(superseded_at=None).count() == 1
    assert Work(api(ada), project).claim()["assignments"] == []


def test_a_withdrawal_by_a_skip_ends_with_its_undo_and_not_with_a_change_of_policy(
    project: Project, ada: User, anns: Work, bens: Work
) -> None:
    settings_set(project, queue={"skipped_go_to": "nobody"})
    queue_make(project=project, comparisons=1, wanted=2)
    slot = anns.claim()["assignments"][0]
    anns.skip(slot)
    base = ModelVersion.objects.get(project=project)
    other = ModelVersion.objects.create(project=project, kind="policy", number=1, source="starter", parent=base)
    version_activate(version=other, actor=ada)
    version_activate(version=base, actor=ada)
    assert bens.claim()["assignments"] == []
    assert anns.undo(slot)["assignment"]["id"] == slot["id"]
    assert len(bens.claim()["assignments"]) == 1


def test_who_holds_a_comparison_that_another_withdrew_may_still_answer(
    project: Project, anns: Work, bens: Work
) -> None:
    settings_set(project, queue={"skipped_go_to": "nobody"})
    queue_make(project=project, comparisons=1, wanted=2)
    held = bens.claim()["assignments"][0]
    anns.skip(anns.claim()["assignments"][0])
    assert bens.judge(held)["replayed"] is False


def test_a_skip_that_comes_after_the_lease_went_to_another_leaves_theirs_alone(
    project: Project, anns: Work, bens: Work
) -> None:
    settings_set(project, queue={"skipped_go_to": "the_end"})
    queue_make(project=project, comparisons=1)
    slot = anns.claim()["assignments"][0]
    Assignment.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    theirs = bens.claim()["assignments"][0]
    anns.skip(slot)
    kept = Assignment.objects.get()
    assert (kept.pk, kept.status, kept.annotator) == (theirs["id"], "leased", User.objects.get(username="ben"))
    assert kept.rnd < 1
