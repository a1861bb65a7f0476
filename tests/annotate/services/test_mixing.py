"""Known, repeated and mirrored pairs in a labeler's work: how many, from what, and that nothing tells them."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotate.models import Assignment, Comparison, Preference, Project, User
from annotate.services import mixing
from annotate.services.claims import queue_claim
from annotate.services.mixing import AGAIN_AFTER
from tests.annotate.labeling_cast import Work, gold_make, kinds_of, settings_set
from tests.conftest import Api
from tests.factories import comparison_make, prompt_make, queue_make


@pytest.fixture(autouse=True)
def _fixed_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixing, "draw", random.Random(11))


@pytest.fixture
def work(project: Project, ann: User, api: Api) -> Work:
    return Work(api(ann), project)


def judged(work: Work, count: int) -> list[dict[str, Any]]:
    """Judge `count` comparisons one after the other; what was shown."""
    shown = []
    for _ in range(count):
        slot = work.claim()["assignments"][0]
        work.judge(slot)
        shown.append(slot)
    return shown


def worked(work: Work, count: int) -> list[str]:
    """Claim and judge `count` comparisons at once; their kinds."""
    claimed = work.claim(count)
    for slot in claimed["assignments"]:
        work.judge(slot)
    return kinds_of(claimed)


def expire() -> None:
    Assignment.objects.filter(status="leased").update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def statements(work: Work) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        work.claim(5)
    return [query["sql"] for query in queries if not (query["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))]


def test_a_share_of_known_pairs_is_mixed_in(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=200)
    gold_make(project, 120)
    settings_set(project, queue={"gold_share": 0.3})
    kinds = Counter(kind for _ in range(30) for kind in worked(work, 6))
    assert kinds.total() == 180
    # Four standard deviations of 180 draws at 0.3: 54 ± 24.6.
    assert abs(kinds["gold"] - 54) < 4 * (180 * 0.3 * 0.7) ** 0.5
    given = Preference.objects.filter(comparison__kind="gold").values_list("comparison_id", flat=True)
    assert len(set(given)) == len(given) == kinds["gold"], "a known pair was given twice"


def test_nothing_is_mixed_in_at_share_0(project: Project, work: Work) -> None:
    """The negative control of the shares: the same work, and not one known or repeated pair."""
    queue_make(project=project, comparisons=60)
    gold_make(project, 20)
    kinds = Counter(kind for _ in range(30) for kind in worked(work, 1))
    assert kinds == {"normal": 30}
    assert not Comparison.objects.filter(original__isnull=False).exists()


def test_mixing_costs_statements_only_when_a_share_is_above_0(project: Project, ann: User, work: Work) -> None:
    queue_make(project=project, comparisons=30)
    plain = len(statements(work))
    settings_set(project, queue={"gold_share": 0.5})
    Assignment.objects.filter(annotator=ann).update(status="open", annotator=None)
    assert len(statements(work)) > plain
    settings_set(project, queue={"gold_share": 0.0})
    Assignment.objects.filter(annotator=ann).update(status="open", annotator=None)
    assert len(statements(work)) == plain


def test_repeats_and_mirrored_pairs_come_from_one_s_own_verdicts_and_once_each(
    project: Project, ben: User, work: Work, api: Api
) -> None:
    queue_make(project=project, comparisons=160, wanted=2)
    gold_make(project, 10)
    Work(api(ben), project).judge(Work(api(ben), project).claim()["assignments"][0])
    first = judged(work, 60)
    settings_set(project, queue={"repeat_share": 0.3, "mirrored_share": 0.3, "gold_share": 0.1})
    judged(work, 80)
    again = Comparison.objects.filter(kind__in=["repeat", "mirrored"])
    counts = Counter(again.values_list("kind", flat=True))
    # Four standard deviations of 80 draws at 0.3: 24 ± 16.4.
    assert abs(counts["repeat"] - 24) < 4 * (80 * 0.21) ** 0.5
    assert abs(counts["mirrored"] - 24) < 4 * (80 * 0.21) ** 0.5
    originals = list(again.values_list("original_id", flat=True))
    assert len(set(originals)) == len(originals), "a pair came again twice"
    mine = Preference.objects.filter(annotator__username="ann").order_by("pk")
    order = list(mine.values_list("comparison_id", flat=True))
    kinds = dict(Comparison.objects.values_list("pk", "kind"))
    assert {kinds[pk] for pk in originals} == {"normal"}
    for comparison in again.select_related("original"):
        assert comparison.original is not None
        if comparison.pk in order:
            assert comparison.original_id is not None
            assert order.index(comparison.pk) - order.index(comparison.original_id) > AGAIN_AFTER
    assert first


def test_a_repeat_shows_the_sides_as_before_and_a_mirrored_pair_swapped(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=120)
    shown = {slot["comparison_id"]: slot for slot in judged(work, 60)}
    settings_set(project, queue={"repeat_share": 0.4, "mirrored_share": 0.4})
    seen: Counter[str] = Counter()
    for _ in range(40):
        slot = work.claim()["assignments"][0]
        comparison = Comparison.objects.get(pk=slot["comparison_id"])
        if comparison.kind in ("repeat", "mirrored") and comparison.original_id in shown:
            before = shown[comparison.original_id]
            sides = (before["left"], before["right"])
            assert (slot["left"], slot["right"]) == (sides if comparison.kind == "repeat" else sides[::-1])
            assert slot["prompt"] == before["prompt"]
            seen[comparison.kind] += 1
        work.judge(slot)
    assert min(seen["repeat"], seen["mirrored"]) >= 3, seen


def test_nothing_comes_again_before_twenty_other_verdicts(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=60)
    settings_set(project, queue={"repeat_share": 0.5})
    judged(work, AGAIN_AFTER)
    assert not Comparison.objects.filter(kind="repeat").exists()
    judged(work, 15)
    assert Comparison.objects.filter(kind="repeat").exists()


def test_panel_pairs_rankings_and_undecided_ones_do_not_come_again(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=AGAIN_AFTER + 6)
    judged(work, AGAIN_AFTER + 6)
    normal = Comparison.objects.filter(kind="normal").order_by("preferences__pk")
    ids = [comparison.pk for comparison in normal][:6]
    Comparison.objects.filter(pk=ids[0]).update(kind="panel")
    Comparison.objects.filter(pk=ids[1]).update(more=[ids[0]])
    Comparison.objects.filter(pk=ids[2]).update(kind="chat")
    Comparison.objects.filter(pk=ids[3]).update(required_groups=["doctors"])
    queue_make(project=project, comparisons=40)
    settings_set(project, queue={"repeat_share": 0.5})
    work.claim(10)
    repeated = set(Comparison.objects.filter(kind="repeat").values_list("original_id", flat=True))
    assert repeated <= set(ids[4:])
    assert repeated


def test_a_hidden_pair_looks_like_any_other_and_stands_anywhere(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=200)
    gold_make(project, 60)
    settings_set(project, queue={"gold_share": 0.5})
    places: Counter[int] = Counter()
    for _ in range(20):
        claimed = work.claim(5)
        assert len({frozenset(slot) for slot in claimed["assignments"]}) == 1
        assert "gold" not in str(claimed)
        places.update(place for place, kind in enumerate(kinds_of(claimed)) if kind == "gold")
        for slot in claimed["assignments"]:
            work.judge(slot)
    assert set(places) == {0, 1, 2, 3, 4}, "the place in the batch tells a known pair"


def test_hidden_pairs_are_not_counted_among_what_remains(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=10)
    gold_make(project, 10)
    settings_set(project, queue={"gold_share": 0.5})
    claimed = work.claim(6)
    ordinary = kinds_of(claimed).count("normal")
    assert 0 < ordinary < 6
    assert claimed["remaining"] == 10 - ordinary == work.me()["remaining"]


def test_without_ordinary_work_nobody_is_kept_busy_with_known_pairs(project: Project, work: Work) -> None:
    gold_make(project, 10)
    settings_set(project, queue={"gold_share": 0.5})
    claimed = work.claim(6)
    assert (claimed["assignments"], claimed["remaining"], claimed["reason"]) == ([], 0, "empty")
    assert not Assignment.objects.exists()


def test_when_known_pairs_run_out_ordinary_ones_take_their_place(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=40)
    gold_make(project, 1)
    settings_set(project, queue={"gold_share": 0.5})
    kinds = [kind for _ in range(4) for kind in worked(work, 6)]
    assert len(kinds) == 24
    assert kinds.count("gold") == 1


def test_who_was_asked_the_pair_itself_is_not_given_the_known_pair_made_from_it(project: Project, work: Work) -> None:
    met, other = queue_make(project=project, comparisons=2)
    known, _ = gold_make(project, 2)
    Comparison.objects.filter(pk=known.pk).update(original=met)
    while met.pk not in {slot["comparison_id"] for slot in judged(work, 1)}:
        pass
    queue_make(project=project, comparisons=30)
    settings_set(project, queue={"gold_share": 0.5})
    kinds = [kind for _ in range(3) for kind in worked(work, 6)]
    assert kinds.count("gold") == 1
    assert not Assignment.objects.filter(comparison=known).exists()
    assert other


def test_a_hidden_pair_that_is_released_or_expires_comes_back_to_its_labeler_only(
    project: Project, ann: User, ben: User, work: Work, api: Api
) -> None:
    queue_make(project=project, comparisons=12)
    gold_make(project, 1)
    settings_set(project, queue={"gold_share": 0.5})
    claimed = work.claim(10)
    hidden = next(slot for slot, kind in zip(claimed["assignments"], kinds_of(claimed), strict=True) if kind == "gold")
    work.release(hidden)
    expire()
    settings_set(project, queue={"gold_share": 0.0})
    theirs = Work(api(ben), project).claim(10)
    assert hidden["id"] not in {slot["id"] for slot in theirs["assignments"]}
    back = work.claim(10)["assignments"]
    assert next(slot for slot in back if slot["id"] == hidden["id"])["left"] == hidden["left"]
    assert Assignment.objects.get(pk=hidden["id"]).annotator == ann


def test_a_hidden_pair_that_is_skipped_does_not_come_back_and_looks_the_same(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=40)
    gold = gold_make(project, 1)[0]
    settings_set(project, queue={"gold_share": 0.5, "skipped_go_to": "the_end"})
    claimed = work.claim(10)
    hidden = next(slot for slot, kind in zip(claimed["assignments"], kinds_of(claimed), strict=True) if kind == "gold")
    assert work.skip(hidden) == {"assignment_id": hidden["id"]}
    again = work.claim(10)["assignments"]
    assert hidden["id"] not in {slot["id"] for slot in again}
    gold.refresh_from_db()
    assert gold.withdrawn_at is None, "others are still given it"
    assert work.undo(hidden)["assignment"]["left"] == hidden["left"]


def test_a_hidden_verdict_can_be_undone_and_given_again(project: Project, work: Work) -> None:
    queue_make(project=project, comparisons=40)
    gold_make(project, 3)
    settings_set(project, queue={"gold_share": 0.5})
    claimed = work.claim(10)
    hidden = next(slot for slot, kind in zip(claimed["assignments"], kinds_of(claimed), strict=True) if kind == "gold")
    assert work.right(hidden, wrong=True)["feedback"] is None
    assert work.undo(hidden)["assignment"]["id"] == hidden["id"]
    work.right(hidden)
    assert Preference.objects.filter(assignment=hidden["id"], superseded_at=None).count() == 1


def test_reserved_slots_of_others_at_high_priority_cost_nobody_a_walk(project: Project, ann: User, ben: User) -> None:
    """They are not in the index that claims walk; the control counts the same slots when they are shared."""
    prompt = prompt_make(project=project, text="Why?")
    comparison = comparison_make(prompt=prompt)
    others = [comparison_make(prompt=prompt, a=f"a{n}", b=f"b{n}", wanted=0) for n in range(30)]
    Assignment.objects.bulk_create(
        Assignment(
            project=project,
            comparison=other,
            rnd=0.1,
            priority=100,
            status="leased",
            annotator=ben,
            lease_expires_at=timezone.now(),
            reserved=True,
        )
        for other in others
    )
    with connection.cursor() as cursor:
        walked = "SELECT count(*) FROM annotate_assignment WHERE project_id = %s AND status IN ('open', 'leased')"
        cursor.execute(walked + " AND NOT reserved", [project.pk])
        assert cursor.fetchone()[0] == 1
        cursor.execute(walked, [project.pk])
        assert cursor.fetchone()[0] == 31
    claimed = queue_claim(project=project, annotator=ann, count=10)
    assert [slot.comparison_id for slot in claimed.assignments] == [comparison.pk]
