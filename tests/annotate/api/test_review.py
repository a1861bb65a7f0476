"""The review room: what comes up, what a reviewer sees of it, and what a decision does to training."""

import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from annotate.models import AuditEvent, Exclusion, Preference, Project, Review, Snapshot, User
from annotate.selectors.snapshots import preferences_ranked_count, preferences_usable, snapshot_lines
from annotate.services.snapshots import snapshot_take
from tests.annotate.review_cast import effect, judged, reviewer_make, reward_model_make
from tests.annotate.rounds_cast import label
from tests.conftest import Api
from tests.factories import comparison_make, prompt_make, user_make


@pytest.fixture
def rae(project: Project) -> User:
    return reviewer_make(project)


def listed(api: Api, project: Project, who: User, **query: str) -> list[dict[str, Any]]:
    response = api(who).get(f"/api/projects/{project.pk}/review/", query)
    assert response.status_code == 200, response.data
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def settle(api: Api, project: Project, who: User, comparison_id: int, **body: object) -> Any:
    return api(who).post(f"/api/projects/{project.pk}/review/{comparison_id}/", body)


def take(project: Project) -> Snapshot:
    return snapshot_take(project=project, usable=preferences_usable(project=project))


def written(snapshot: Snapshot) -> bytes:
    return b"".join(snapshot_lines(preference_ids=snapshot.preference_ids, soft_labels=snapshot.soft_labels))


def rows(snapshot: Snapshot) -> list[tuple[int, str, float]]:
    found = [json.loads(line) for line in written(snapshot).splitlines()]
    return [(row["id"], row["verdict"], row["weight"]) for row in found]


def test_only_opposite_winners_or_a_clear_winner_against_a_tie_disagree(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    opposite, _ = judged(project, "opposite", (ann, "a"), (ben, "b"))
    judged(project, "agreed", (ann, "a"), (ben, "a"))
    judged(project, "slightly against a tie", (ann, "a"), (ben, None), strength=1)
    clear, _ = judged(project, "clearly against a tie", (ann, "a"), (ben, None), strength=2)
    judged(project, "one verdict", (ann, "b"))
    found = listed(api, project, rae, kind="disagreement")
    assert [row["comparison_id"] for row in found] == [clear.pk, opposite.pk]
    assert found[1]["why"] == "Labelers disagree: 1 for A, 1 for B."
    assert found[0]["why"] == "Labelers disagree: 1 for A, 1 for a tie."


def test_what_is_never_trained_on_does_not_come_up(api: Api, project: Project, rae: User, ann: User, ben: User) -> None:
    for kind in ("gold", "panel", "repeat", "mirrored"):
        judged(project, kind, (ann, "a"), (ben, "b"), kind=kind)
    validation = comparison_make(prompt=prompt_make(project=project, text="v", split="validation"))
    label(comparison=validation, annotator=ann, winner="a")
    label(comparison=validation, annotator=ben, winner="b")
    assert listed(api, project, rae) == []


def test_an_undone_verdict_and_one_of_an_excluded_labeler_settle_a_disagreement(
    api: Api, project: Project, rae: User, ann: User, ben: User, ada: User
) -> None:
    _, (_, undone) = judged(project, "one", (ann, "a"), (ben, "b"))
    judged(project, "two", (ann, "a"), (ben, "b"))
    assert len(listed(api, project, rae)) == 2
    Preference.objects.filter(pk=undone.pk).update(superseded_at=undone.created_at)
    assert len(listed(api, project, rae)) == 1
    Exclusion.objects.create(project=project, annotator=ben, reason="Clicks at random.", created_by=ada)
    assert listed(api, project, rae) == []


def test_the_newest_reward_model_contradicts_by_what_it_predicts_unseen(
    api: Api, project: Project, rae: User, ann: User
) -> None:
    doubted, (unlikely,) = judged(project, "doubted", (ann, "a"))
    _, (believed,) = judged(project, "believed only once seen", (ann, "a"))
    _, (tie,) = judged(project, "a tie has no direction", (ann, None))
    old, new = reward_model_make(project, 1), reward_model_make(project, 2)
    effect(old, believed, 0.01)
    effect(new, unlikely, 0.4, held_out=0.06)
    effect(new, believed, 0.05, held_out=0.3)
    effect(new, tie, 0.01)
    found = listed(api, project, rae)
    assert [(row["comparison_id"], row["kind"]) for row in found] == [(doubted.pk, "contradiction")]
    assert found[0]["why"] == "The reward model gives a verdict 6% to be right."
    assert found[0]["verdicts"][0]["model_probability"] == 0.06
    assert listed(api, project, rae, kind="disagreement") == []


def test_a_verdict_that_smoothing_went_on_refusing_comes_up_where_its_prompt_has_others(
    api: Api, project: Project, rae: User, ann: User
) -> None:
    refused, (doubted,) = judged(project, "refused", (ann, "a"))
    _, (rare,) = judged(project, "refused on a rare prompt", (ann, "a"))
    _, (moved,) = judged(project, "moved, not refused", (ann, "a"))
    model = reward_model_make(project)
    effect(model, doubted, 0.4, held_out=0.3, soft_label=0.21, support=3)
    effect(model, rare, 0.4, held_out=0.3, soft_label=0.02, support=2)
    effect(model, moved, 0.4, held_out=0.3, soft_label=0.25, support=9)
    found = listed(api, project, rae)
    assert [(row["comparison_id"], row["kind"]) for row in found] == [(refused.pk, "contradiction")]
    assert found[0]["why"] == (
        "The reward model gives a verdict 30% to be right. "
        "Training brought its label down to 21%, among 3 verdicts on this prompt."
    )
    assert found[0]["verdicts"][0]["model_probability"] == 0.3


def test_on_a_rare_prompt_a_doubt_asks_for_more_comparisons(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    _, (rare,) = judged(project, "contradicted and rare", (ann, "a"))
    _, (disputed, _) = judged(project, "disputed and rare", (ann, "a"), (ben, "b"))
    model = reward_model_make(project)
    effect(model, rare, 0.05, soft_label=0.1, support=1)
    effect(model, disputed, 0.5, soft_label=0.2, support=2)
    disputed_item, rare_item = listed(api, project, rae)
    assert rare_item["why"] == (
        "The reward model gives a verdict 5% to be right. "
        "Few verdicts were given on this prompt (1): compare more on it before you call one a mistake."
    )
    assert disputed_item["why"].endswith("(2): compare more on it before you call one a mistake.")


def test_verdicts_are_shown_without_names_and_keep_their_number(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    comparison, (first, _) = judged(project, "pair", (ann, "a"), (ben, "b"))
    cat = user_make("cat")
    label(comparison=comparison, annotator=cat, winner="b", rationale="Kinder.")
    answer = api(rae).get(f"/api/projects/{project.pk}/review/")
    for name in ("ann", "ben", "cat", "ada", "rae"):
        assert f'"{name}"' not in answer.content.decode()
    (item,) = answer.json()["results"]
    assert [verdict["labeler"] for verdict in item["verdicts"]] == ["Labeler 1", "Labeler 2", "Labeler 3"]
    assert item["verdicts"][2]["rationale"] == "Kinder."
    Preference.objects.filter(pk=first.pk).update(superseded_at=first.created_at)
    settle(api, project, rae, comparison.pk, outcome="unclear")
    (item,) = listed(api, project, rae, state="settled")
    assert [verdict["labeler"] for verdict in item["verdicts"]] == ["Labeler 2", "Labeler 3"]


def test_a_page_costs_the_same_number_of_statements_however_long(
    api: Api, project: Project, rae: User, ann: User, ben: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for i in range(12):
        judged(project, f"pair {i}", (ann, "a"), (ben, "b"))
    client = api(rae)
    with django_assert_max_num_queries(20):
        assert len(client.get(f"/api/projects/{project.pk}/review/").json()["results"]) == 12


def test_a_mistake_leaves_out_the_named_verdicts_only(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    comparison, (right, wrong) = judged(project, "pair", (ann, "a"), (ben, "b"))
    answer = settle(api, project, rae, comparison.pk, outcome="mistake", mistaken=[wrong.pk], note="Reads it reversed.")
    assert answer.status_code == 200
    item = answer.json()
    assert (item["review"]["mistaken"], item["review"]["mine"]) == ([wrong.pk], True)
    assert [verdict["left_out"] for verdict in item["verdicts"]] == [None, "mistake"]
    usable = preferences_usable(project=project)
    assert (usable.ids, usable.excluded) == ([right.pk], {"mistake": 1})
    assert preferences_ranked_count(project=project) == 1
    wrong.refresh_from_db()
    assert wrong.superseded_at is None


def test_unclear_leaves_out_every_verdict_of_the_comparison(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    comparison, _ = judged(project, "pair", (ann, "a"), (ben, "b"))
    settle(api, project, rae, comparison.pk, outcome="unclear")
    usable = preferences_usable(project=project)
    assert (usable.ids, usable.ranked, usable.excluded) == ([], 0, {"unclear": 2})


def test_a_difference_of_values_is_written_as_two_weighted_rows(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    comparison, (first, second) = judged(project, "pair", (ann, "a"), (ben, None), strength=3)
    bad = label(comparison=comparison, annotator=user_make("cat"), winner=None, kind="both_bad")
    plain = take(project)
    settle(api, project, rae, comparison.pk, outcome="value_difference", share_a=0.75)
    soft = take(project)
    assert soft.sha256 != plain.sha256
    assert soft.soft_labels == {str(first.pk): 0.75, str(second.pk): 0.75}
    assert rows(soft) == [
        (first.pk, "a", 0.75),
        (first.pk, "b", 0.25),
        (second.pk, "a", 0.75),
        (second.pk, "b", 0.25),
        (bad.pk, "both_bad", 1.0),
    ]
    assert {json.loads(line)["strength"] for line in written(soft).splitlines()} == {1}


def test_a_share_of_all_or_none_writes_no_row_of_weight_zero(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    comparison, (first, second) = judged(project, "pair", (ann, "a"), (ben, "b"))
    settle(api, project, rae, comparison.pk, outcome="value_difference", share_a=0)
    assert rows(take(project)) == [(first.pk, "b", 1.0), (second.pk, "b", 1.0)]


def test_a_review_changed_later_leaves_an_earlier_snapshot_as_it_was(
    api: Api, project: Project, rae: User, ann: User, ben: User
) -> None:
    comparison, _ = judged(project, "pair", (ann, "a"), (ben, "b"))
    settle(api, project, rae, comparison.pk, outcome="value_difference", share_a=0.6)
    snapshot = take(project)
    before = written(snapshot)
    settle(api, project, rae, comparison.pk, outcome="value_difference", share_a=0.2)
    assert take(project).pk != snapshot.pk
    api(rae).delete(f"/api/projects/{project.pk}/review/{comparison.pk}/")
    snapshot.refresh_from_db()
    assert written(snapshot) == before


def test_a_later_decision_replaces_the_earlier_one_and_both_are_kept(
    api: Api, project: Project, rae: User, ada: User, ann: User, ben: User
) -> None:
    comparison, (first, second) = judged(project, "pair", (ann, "a"), (ben, "b"))
    settle(api, project, rae, comparison.pk, outcome="mistake", mistaken=[first.pk])
    settle(api, project, ada, comparison.pk, outcome="unclear")
    assert preferences_usable(project=project).excluded == {"unclear": 2}
    assert Review.objects.filter(comparison=comparison).count() == 2
    assert [row["comparison_id"] for row in listed(api, project, rae, state="settled")] == [comparison.pk]
    assert listed(api, project, rae) == []
    deleted = api(rae).delete(f"/api/projects/{project.pk}/review/{comparison.pk}/")
    assert deleted.status_code == 204
    assert preferences_usable(project=project).ids == [first.pk, second.pk]
    assert [row["comparison_id"] for row in listed(api, project, rae)] == [comparison.pk]
    assert api(rae).delete(f"/api/projects/{project.pk}/review/{comparison.pk}/").status_code == 404
    actions = AuditEvent.objects.filter(project=project).order_by("pk").values_list("action", "actor__username")
    assert list(actions) == [("review.settled", "rae"), ("review.settled", "ada"), ("review.taken_back", "rae")]


def test_nobody_but_an_admin_settles_what_they_judged_even_after_an_undo(
    api: Api, project: Project, rae: User, ada: User, ann: User
) -> None:
    comparison, (_, own) = judged(project, "pair", (ann, "a"), (rae, "b"))
    (item,) = listed(api, project, rae)
    assert item["can_settle"] is False
    refused = settle(api, project, rae, comparison.pk, outcome="unclear")
    assert (refused.status_code, refused.json()["code"]) == (409, "review/own-verdict")
    Preference.objects.filter(pk=own.pk).update(superseded_at=own.created_at)
    assert settle(api, project, rae, comparison.pk, outcome="unclear").status_code == 409
    assert settle(api, project, ada, comparison.pk, outcome="unclear").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "mistake"}, "mistaken"),
        ({"outcome": "unclear", "mistaken": [1]}, "mistaken"),
        ({"outcome": "mistake", "mistaken": [10**9]}, "mistaken"),
        ({"outcome": "value_difference"}, "share_a"),
        ({"outcome": "value_difference", "share_a": 1.2}, "share_a"),
        ({"outcome": "unclear", "share_a": 0.5}, "share_a"),
        ({"outcome": "whatever"}, "outcome"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_by_field(
    api: Api, project: Project, rae: User, ann: User, ben: User, body: dict[str, object], field: str
) -> None:
    comparison, _ = judged(project, "pair", (ann, "a"), (ben, "b"))
    refused = settle(api, project, rae, comparison.pk, **body)
    assert refused.status_code == 400
    assert list(refused.json()["fields"]) == [field]
    assert not Review.objects.exists()


def test_a_ranking_has_no_share(api: Api, project: Project, rae: User, ann: User, ben: User) -> None:
    other, _ = judged(project, "other", (ann, "a"))
    comparison = comparison_make(prompt=prompt_make(project=project, text="r"), more=[other.completion_a_id])
    label(comparison=comparison, annotator=ann, winner=None, kind="rank", ranking=[1, 2, 3])
    refused = settle(api, project, rae, comparison.pk, outcome="value_difference", share_a=0.5)
    assert refused.json()["fields"].keys() == {"outcome"}
    shown = settle(api, project, rae, comparison.pk, outcome="unclear").json()
    assert (len(shown["more"]), shown["verdicts"][0]["ranking"]) == (1, [1, 2, 3])


def test_comparisons_that_nobody_judged_or_of_elsewhere_do_not_exist_here(
    api: Api, project: Project, rae: User, ann: User
) -> None:
    unjudged = comparison_make(prompt=prompt_make(project=project, text="new"))
    gold, _ = judged(project, "gold", (ann, "a"), kind="gold")
    for comparison_id in (unjudged.pk, gold.pk, 0):
        assert settle(api, project, rae, comparison_id, outcome="unclear").status_code == 404
