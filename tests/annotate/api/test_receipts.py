"""Label receipts: what one's own verdicts did to the newest reward model, as they were shown."""

from typing import Any

import pytest
from django.utils import timezone

from annotate.models import (
    Assignment,
    Completion,
    Preference,
    Project,
    Round,
    RoundStatus,
    RoundTrigger,
    Run,
    User,
)
from tests.annotate.review_cast import effect, judged, reward_model_make
from tests.annotate.rounds_cast import label
from tests.conftest import Api
from tests.factories import comparison_make, completion_make, prompt_make


def receipts(api: Api, project: Project, who: User) -> dict[str, Any]:
    response = api(who).get(f"/api/projects/{project.pk}/receipts/")
    assert response.status_code == 200, response.data
    found: dict[str, Any] = response.json()
    return found


def given(project: Project, who: User, text: str, winner: str | None = "a", *, left_is_a: bool = True) -> Preference:
    """A verdict on a pair that `who` saw with a on the left or on the right."""
    comparison = comparison_make(prompt=prompt_make(project=project, text=text), a=f"{text} a", b=f"{text} b")
    comparison.assignments.update(status="done", annotator=who, left_is_a=left_is_a)
    return label(comparison=comparison, annotator=who, winner=winner, assignment=comparison.assignments.get())


def test_without_a_reward_model_there_is_nothing_to_tell(api: Api, project: Project, ann: User) -> None:
    assert receipts(api, project, ann) == {
        "round": None,
        "reward_model_number": None,
        "labels": 0,
        "moved": [],
        "flips": 0,
        "flipped": [],
        "agree_share": None,
        "contradicted": [],
    }


def test_verdicts_are_shown_as_they_were_seen_the_strongest_pull_first(api: Api, project: Project, ann: User) -> None:
    model = reward_model_make(project)
    weak = given(project, ann, "weak")
    strong = given(project, ann, "strong", "b", left_is_a=False)
    effect(model, weak, 0.9, pull=0.1)
    effect(model, strong, 0.7, before=0.6, held_out=0.55, pull=0.8)
    first, second = receipts(api, project, ann)["moved"]
    assert first == {
        "preference_id": strong.pk,
        "kind": "prefer",
        "prompt": [{"role": "user", "content": "strong"}],
        "left": {"text": "strong b"},
        "right": {"text": "strong a"},
        "completions": [{"text": "strong b"}, {"text": "strong a"}],
        "side": "left",
        "strength": 2,
        "ranking": None,
        "before": 0.6,
        "after": 0.7,
        "held_out": 0.55,
        "pull": 0.8,
    }
    assert (second["preference_id"], second["side"]) == (weak.pk, "left")


def test_only_ones_own_verdicts_are_told_and_ten_at_most(api: Api, project: Project, ann: User, ben: User) -> None:
    model = reward_model_make(project)
    for i in range(12):
        effect(model, given(project, ann, f"mine {i}"), 0.8, pull=i)
    effect(model, given(project, ben, "of ben"), 0.01, pull=99)
    found = receipts(api, project, ann)
    assert (found["labels"], len(found["moved"]), found["contradicted"]) == (12, 10, [])
    assert [row["pull"] for row in found["moved"]] == list(range(11, 1, -1))
    assert receipts(api, project, ben)["labels"] == 1


def test_a_flip_is_a_pair_whose_predicted_winner_changed(api: Api, project: Project, ann: User) -> None:
    model = reward_model_make(project)
    won, lost = given(project, ann, "won over"), given(project, ann, "lost")
    effect(model, won, 0.7, before=0.4)
    effect(model, lost, 0.2, before=0.9)
    effect(model, given(project, ann, "as before"), 0.9, before=0.6)
    effect(model, given(project, ann, "new"), 0.9)
    effect(model, given(project, ann, "tie", None), 0.2, before=0.9)
    found = receipts(api, project, ann)
    assert found["flips"] == 2
    assert [row["preference_id"] for row in found["flipped"]] == [lost.pk, won.pk]


def test_agreement_and_contradiction_ask_the_fit_that_did_not_see_the_verdict(
    api: Api, project: Project, ann: User
) -> None:
    model = reward_model_make(project)
    doubted = given(project, ann, "doubted")
    effect(model, doubted, 0.6, held_out=0.05)
    effect(model, given(project, ann, "believed"), 0.05, held_out=0.7)
    effect(model, given(project, ann, "no fold"), 0.9)
    effect(model, given(project, ann, "tie", None), 0.01)
    found = receipts(api, project, ann)
    assert found["agree_share"] == pytest.approx(2 / 3)
    assert [row["preference_id"] for row in found["contradicted"]] == [doubted.pk]


def test_the_newest_reward_model_with_effects_counts_with_its_round(api: Api, project: Project, ann: User) -> None:
    round_ = Round.objects.create(
        project=project, number=4, status=RoundStatus.DONE, trigger=RoundTrigger.BUTTON, finished_at=timezone.now()
    )
    mine = given(project, ann, "mine")
    old, new = reward_model_make(project, 1), reward_model_make(project, 2)
    new.run = Run.objects.create(project=project, round=round_, kind="reward_model", status="done")
    new.save()
    effect(old, mine, 0.3)
    effect(new, mine, 0.8)
    reward_model_make(project, 3)
    found = receipts(api, project, ann)
    assert (found["round"]["number"], found["reward_model_number"]) == (4, 2)
    assert [row["after"] for row in found["moved"]] == [0.8]


def test_a_ranking_is_shown_in_the_order_it_was_seen(api: Api, project: Project, ann: User) -> None:
    prompt = prompt_make(project=project, text="rank")
    third = completion_make(prompt=prompt, text="c")
    comparison = comparison_make(prompt=prompt, a="a", b="b", more=[third.pk])
    Assignment.objects.filter(comparison=comparison).update(shown_order=[2, 0, 1], annotator=ann, status="done")
    ranked = label(
        comparison=comparison, annotator=ann, winner=None, kind="rank", ranking=[1, 2, 3],
        assignment=comparison.assignments.get(),
    )  # fmt: skip
    effect(reward_model_make(project), ranked, 0.04)
    (shown,) = receipts(api, project, ann)["contradicted"]
    assert [row["text"] for row in shown["completions"]] == ["c", "a", "b"]
    assert (shown["ranking"], shown["left"], shown["right"]) == ([3, 1, 2], {"text": "c"}, {"text": "a"})
    assert Completion.objects.count() == 3


def test_the_list_of_a_reward_model_is_sorted_and_paged(api: Api, project: Project, ada: User, ann: User) -> None:
    model = reward_model_make(project)
    rows = [given(project, ann, f"pair {i}") for i in range(5)]
    for i, preference in enumerate(rows):
        effect(model, preference, 0.1 + i / 10, pull=[0.3, -0.9, 0.1, 0.5, 0.2][i])
    effect(model, given(project, ann, "tie", None), 0.01, pull=0.0)
    path = f"/api/models/{model.pk}/effects/"
    first = api(ada).get(path, {"limit": 4}).json()
    assert [row["pull"] for row in first["results"]] == [-0.9, 0.5, 0.3, 0.2]
    assert (first["results"][0]["annotator"], first["total"]) == ("ann", 6)
    assert [text["text"] for text in first["results"][0]["completions"]] == ["pair 1 a", "pair 1 b"]
    rest = api(ada).get(path, {"limit": 4, "cursor": first["next"]}).json()
    assert ([row["pull"] for row in rest["results"]], rest["next"]) == ([0.1, 0.0], None)
    doubted = api(ada).get(path, {"sort": "contradicted"}).json()
    assert [row["preference_id"] for row in doubted["results"]] == [row.pk for row in rows]
    assert api(ada).get(path, {"sort": "luck"}).status_code == 400


def test_a_policy_has_no_effects(api: Api, project: Project, ada: User) -> None:
    policy = project.model_versions.get(kind="policy")
    assert api(ada).get(f"/api/models/{policy.pk}/effects/").json() == {"results": [], "next": None, "total": 0}


def test_the_list_costs_three_statements_beside_the_check(
    api: Api, project: Project, ada: User, ann: User, django_assert_max_num_queries: Any
) -> None:
    model = reward_model_make(project)
    for i in range(8):
        effect(model, judged(project, f"pair {i}", (ann, "a"))[1][0], 0.5)
    client = api(ada)
    with django_assert_max_num_queries(10):
        assert len(client.get(f"/api/models/{model.pk}/effects/").json()["results"]) == 8
