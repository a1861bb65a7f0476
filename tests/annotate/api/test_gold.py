"""Known pairs: listed, added by hand and from a file, withdrawn."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotate.formats.rows import user_prompt
from annotate.models import Assignment, AuditEvent, Comparison, Project, Prompt, Role, User
from annotate.selectors.round_prompts import prompts_for_evaluation, prompts_for_policy, prompts_for_sampling
from annotate.services.prompts import prompt_sha256
from tests.annotate.labeling_cast import Work, gold_make, settings_set
from tests.conftest import Api
from tests.factories import comparison_make, project_make, prompt_make

PAIR = {
    "prompt": "Is the earth flat?",
    "completion_a": "No.",
    "completion_b": "  Yes.\n",
    "expected": {"kind": "prefer", "winner": "a", "strength": 3},
    "explanation": "It is round.",
}


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/projects/{project.pk}/gold/"


def sent(api: Api, ada: User, url: str, content: bytes) -> Any:
    file = SimpleUploadedFile("known.jsonl", content)
    return api(ada).post(f"{url}import/", {"file": file}, format="multipart")


def test_a_known_pair_from_texts_is_listed_as_it_was_written(url: str, ada: User, api: Api) -> None:
    added = api(ada).post(url, PAIR)
    assert added.status_code == 201, added.data
    (listed,) = api(ada).get(url).data["results"]
    assert listed == added.data
    assert listed == {
        "id": listed["id"],
        "prompt": [{"role": "user", "content": "Is the earth flat?"}],
        "completion_a": "No.",
        "completion_b": "  Yes.\n",
        "expected": PAIR["expected"],
        "explanation": "It is round.",
        "verdicts": 0,
        "correct": 0,
        "withdrawn_at": None,
    }
    assert not Assignment.objects.exists(), "its slots are made when it is given"
    assert AuditEvent.objects.filter(action="gold.added").count() == 1


def test_a_known_pair_s_prompt_is_neither_sampled_for_nor_evaluated_on(
    project: Project, url: str, ada: User, api: Api
) -> None:
    known = prompt_make(project=project, text="Known already?")
    Prompt.objects.filter(pk=known.pk).update(content_sha256=prompt_sha256(user_prompt("Known already?")))
    api(ada).post(url, PAIR)
    api(ada).post(url, {**PAIR, "prompt": "Known already?"})
    own = Prompt.objects.get(split="gold")
    for rows in (
        prompts_for_sampling(project=project, wanted=9, seed=0),
        prompts_for_policy(project=project),
        prompts_for_evaluation(project=project, seed=0),
    ):
        assert own.pk not in {row.id for row in rows}
        assert {row.id for row in rows} <= {known.pk}


def test_a_known_pair_from_a_comparison_leaves_that_one_as_it_is(
    project: Project, url: str, ada: User, api: Api
) -> None:
    comparison = comparison_make(prompt=prompt_make(project=project, text="Hello?"), a="Hi.", b="Go away.")
    added = api(ada).post(url, {"comparison_id": comparison.pk, "expected": {"kind": "tie"}})
    assert added.status_code == 201, added.data
    assert (added.data["completion_a"], added.data["completion_b"]) == ("Hi.", "Go away.")
    gold = Comparison.objects.get(pk=added.data["id"])
    assert (gold.kind, gold.original, gold.completion_a) == ("gold", comparison, comparison.completion_a)
    comparison.refresh_from_db()
    assert (comparison.kind, comparison.expected) == ("normal", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expected": {"kind": "prefer"}}, "expected"),
        ({"expected": {"kind": "tie", "winner": "a"}}, "expected"),
        ({"expected": {"kind": "prefer", "winner": "a", "strength": 5}}, "expected.strength"),
        ({"completion_b": "No. "}, "completion_b"),
        ({"completion_b": " "}, "completion_b"),
        ({"completion_b": None}, "request"),
        ({"comparison_id": 1}, "request"),
        ({"prompt": [{"role": "assistant", "content": "Hi"}]}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "a\x00b"}, "prompt.function-after[_storable(), str]"),
        ({"explanation": "x" * 4001}, "explanation"),
    ],
)
def test_a_pair_that_cannot_be_known_names_what_is_wrong(
    url: str, ada: User, api: Api, change: dict[str, object], field: str
) -> None:
    refused = api(ada).post(url, {**PAIR, **change})
    assert refused.status_code == 400, refused.data
    assert field in refused.data["fields"], refused.data["fields"]
    assert not Comparison.objects.exists()


def test_comparisons_of_other_projects_and_rankings_are_refused(
    project: Project, url: str, ada: User, api: Api
) -> None:
    elsewhere = project_make(created_by=ada, name="Other")
    foreign = comparison_make(prompt=prompt_make(project=elsewhere, text="Hm?"))
    ranking = comparison_make(prompt=prompt_make(project=project, text="Hm?"))
    Comparison.objects.filter(pk=ranking.pk).update(more=[foreign.completion_a_id])
    body = {"expected": {"kind": "tie"}}
    assert api(ada).post(url, {**body, "comparison_id": foreign.pk}).status_code == 404
    assert api(ada).post(url, {**body, "comparison_id": ranking.pk}).status_code == 400


def test_a_file_s_good_rows_are_kept_and_the_others_named_by_row_and_field(url: str, ada: User, api: Api) -> None:
    good: dict[str, object] = {
        "prompt": "2 + 2?",
        "completion_a": "4",
        "completion_b": "5",
        "expected": "a",
        "explanation": "Sums.",
    }
    rows: list[dict[str, object]] = [
        good,
        {**good, "expected": "c"},
        {**good, "completion_b": "4 "},
        {**good, "completion_a": 4},
        {**good, "prompt": [{"role": "user", "content": "3 + 3?"}], "expected": "both_bad"},
        {key: value for key, value in good.items() if key != "prompt"},
        {**good, "explanation": 3},
    ]
    lines = [json.dumps(row) for row in rows]
    lines.insert(2, "{broken")
    answer = sent(api, ada, url, "\n".join(lines).encode())
    assert answer.status_code == 200, answer.data
    assert answer.data["added"] == 2
    found = [(bad["row"], bad["field"]) for bad in answer.data["rejected"]]
    expected = [(2, "expected"), (3, ""), (4, "completion_b"), (5, "completion_a"), (7, "prompt"), (8, "explanation")]
    assert found == expected
    assert "'c'" in answer.data["rejected"][0]["message"]
    newest, oldest = api(ada).get(url).data["results"]
    assert newest["expected"] == {"kind": "both_bad", "winner": None, "strength": None}
    assert oldest["expected"] == {"kind": "prefer", "winner": "a", "strength": None}


def test_a_file_that_cannot_be_read_adds_nothing(url: str, ada: User, api: Api) -> None:
    assert sent(api, ada, url, b"").status_code == 400
    assert api(ada).post(f"{url}import/", {}, format="multipart").status_code == 400
    assert not Comparison.objects.exists()


def test_a_withdrawn_pair_is_given_to_nobody_and_its_verdicts_stay(
    project: Project, url: str, ada: User, ann: User, ben: User, api: Api
) -> None:
    gold_make(project, 1)
    settings_set(project, labeling={"warm_up_pairs": 1})
    anns, bens = Work(api(ann), project), Work(api(ben), project)
    anns.right(anns.claim()["assignments"][0])
    held = bens.claim()["assignments"][0]
    pair = api(ada).get(url).data["results"][0]
    assert (pair["verdicts"], pair["correct"]) == (1, 1)
    for _ in range(2):
        assert api(ada).delete(f"{url}{pair['id']}/").status_code == 204
    after = api(ada).get(url).data["results"][0]
    assert (after["verdicts"], after["withdrawn_at"] is not None) == (1, True)
    assert bens.claim()["assignments"] == []
    assert bens.right(held, wrong=True)["feedback"]["correct"] is False, "a verdict on its way is taken"
    other = comparison_make(prompt=prompt_make(project=project, text="Hm?"))
    assert api(ada).delete(f"{url}{other.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("expected", "said", "correct"),
    [
        ({"kind": "prefer", "winner": "a"}, {"kind": "prefer", "side": "a", "strength": 1}, True),
        ({"kind": "prefer", "winner": "a", "strength": 3}, {"kind": "prefer", "side": "a", "strength": 1}, True),
        ({"kind": "prefer", "winner": "a"}, {"kind": "prefer", "side": "b", "strength": 3}, False),
        ({"kind": "prefer", "winner": "a"}, {"kind": "tie"}, False),
        ({"kind": "tie"}, {"kind": "tie"}, True),
        ({"kind": "tie"}, {"kind": "prefer", "side": "a", "strength": 1}, False),
        ({"kind": "tie"}, {"kind": "both_bad"}, False),
        ({"kind": "both_bad"}, {"kind": "both_bad"}, True),
        ({"kind": "both_bad"}, {"kind": "cannot_judge"}, False),
    ],
)
def test_a_verdict_is_right_when_its_direction_is(
    project: Project,
    ann: User,
    api: Api,
    expected: dict[str, object],
    said: dict[str, Any],
    correct: bool,
) -> None:
    gold = gold_make(project, 1)[0]
    Comparison.objects.filter(pk=gold.pk).update(expected=expected)
    settings_set(project, labeling={"warm_up_pairs": 1})
    work = Work(api(ann), project)
    slot = work.claim()["assignments"][0]
    if "side" in said:
        said = {**said, "side": "left" if (said["side"] == "a") == Assignment.objects.get().left_is_a else "right"}
    else:
        said = {**said, "side": None}
    assert work.judge(slot, **said)["feedback"]["correct"] is correct


def test_only_admins_see_and_change_known_pairs(project: Project, url: str, ann: User, ben: User, api: Api) -> None:
    project.memberships.filter(user=ben).update(role=Role.REVIEWER)
    for person in (ann, ben):
        assert api(person).get(url).status_code == 403
        assert api(person).post(url, PAIR).status_code == 403
