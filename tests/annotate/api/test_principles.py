"""The principles' addresses: what they refuse, and what a draft would change."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotate.config.env import env
from annotate.models import ModelVersion, Preference, Project, User
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.rounds_cast import label
from tests.conftest import Api
from tests.factories import comparison_make, prompt_make

pytestmark = pytest.mark.usefixtures("data_dir")


def principle(key: str = "short", weight: float = 1.0, **changes: Any) -> dict[str, Any]:
    words = {"key": key, "name": key.title(), "positive": "Say little.", "negative": "Say much.", "weight": weight}
    return words | changes


@pytest.fixture
def base(project: Project) -> str:
    return f"/api/projects/{project.pk}/principles/"


def keep_scores(project: Project, keys: list[str], scores: dict[Preference, tuple[list[float], list[float]]]) -> None:
    """A reward model in use that has left its scores of these preferences."""
    directory = env().data_dir / "models" / "rm"
    directory.mkdir(parents=True)
    (directory / "principles.json").write_text(json.dumps({"keys": keys, "covariance": []}))
    lines = [json.dumps({"preference_id": row.pk, "a": a, "b": b}) for row, (a, b) in scores.items()]
    (directory / "principle_scores.jsonl").write_text("\n".join([*lines, ""]))
    ModelVersion.objects.create(
        project=project, kind="reward_model", number=1, status="active", source=str(Path("models") / "rm")
    )


def test_a_list_is_published_read_and_compared(base: str, ada: User, api: Api) -> None:
    assert api(ada).get(base).json()["version"] is None
    assert api(ada).post(base, {"principles": [principle()], "note": "First."}).status_code == 201
    answer = api(ada).post(base, {"principles": [principle(weight=-2)], "note": "It grew long."})
    assert answer.status_code == 201
    assert answer.json()["changes"] == [
        {"key": "short", "change": "changed", "fields": [{"field": "weight", "before": "1", "after": "-2"}]}
    ]
    versions = api(ada).get(base + "versions/").json()
    assert [(row["number"], row["note"], row["created_by"]) for row in versions["results"]] == [
        (2, "It grew long.", "ada"), (1, "First.", "ada"),
    ]  # fmt: skip
    assert api(ada).get(base).json()["version"]["number"] == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weight": 3.1}, "principles.1.weight"),
        ({"key": "Kurz und gut"}, "principles.1.key"),
        ({"key": "1st"}, "principles.1.key"),
        ({"key": "short"}, "principles.1.key"),
        ({"positive": "  "}, "principles.1.positive"),
        ({"negative": "x" * 501}, "principles.1.negative"),
        ({"tags": [""]}, "principles.1.tags.0"),
        ({"owner": "ada"}, "principles.1.owner"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(
    base: str, ada: User, api: Api, changes: dict[str, Any], field: str
) -> None:
    body = {"principles": [principle(), principle("warm") | changes]}
    for answer in (api(ada).post(base, body | {"note": "Try."}), api(ada).post(base + "preview/", body)):
        assert answer.status_code == 400
        assert field in answer.json()["fields"]


def test_a_publication_says_why(base: str, ada: User, api: Api) -> None:
    answer = api(ada).post(base, {"principles": [principle()], "note": " "})
    assert "note" in answer.json()["fields"]


def test_the_preview_says_why_it_can_say_nothing(base: str, project: Project, ada: User, api: Api) -> None:
    answer = api(ada).post(base + "preview/", {"principles": [principle()]}).json()
    assert answer["reason"].startswith("No reward model is in use")
    assert answer["unlearned"] == ["short"]
    ModelVersion.objects.create(project=project, kind="reward_model", number=1, status="active", source="gone")
    answer = api(ada).post(base + "preview/", {"principles": [principle()]}).json()
    assert answer["reason"].startswith("The reward model in use has learned no principle")
    assert (answer["pairs"], answer["best"]) == (0, [])


def test_the_preview_names_the_pairs_that_flip(base: str, project: Project, ada: User, api: Api) -> None:
    prompt, tagged = (prompt_make(project=project, text=text) for text in ("Plain?", "Tagged?"))
    tagged.tags = ["support"]
    tagged.save()
    given = [
        label(comparison=comparison_make(prompt=where, a=f"Long {i} <b>!</b>", b=f"Short {i}"))
        for i, where in enumerate((prompt, tagged, prompt))
    ]
    # General, short: in each pair the general reward likes a by 1, the principle likes b by 2.
    keep_scores(
        project, ["short"], {row: ([1.0, -1.0], [0.0, 1.0]) for row in given[:2]} | {given[2]: ([9.0, 0.0], [0.0, 0.0])}
    )
    calm = api(ada).post(base + "preview/", {"principles": [principle(weight=0.25)]}).json()
    assert (calm["pairs"], calm["flips"]) == (3, 0)
    answer = api(ada).post(base + "preview/", {"principles": [principle(weight=1), principle("warm")]}).json()
    assert (answer["flips"], answer["unlearned"], answer["conflicts"]) == (2, ["warm"], 0)
    first = answer["flipped"][0]
    assert (first["now"], first["draft"], first["said"]) == ("a", "b", "a")
    assert first["completions"][0]["text"] == "Long 0 <b>!</b>"
    scoped = api(ada).post(base + "preview/", {"principles": [principle(weight=1, tags=["support"])]}).json()
    assert [row["preference_id"] for row in scoped["flipped"]] == [given[1].pk]
    api(ada).post(base, {"principles": [principle(weight=1)], "note": "Shorter."})
    back = api(ada).post(base + "preview/", {"principles": []}).json()
    assert [(row["now"], row["draft"]) for row in back["flipped"]] == [("b", "a")] * 2


def test_the_preview_says_what_best_of_n_would_gain_and_lose(base: str, project: Project, ada: User, api: Api) -> None:
    prompt = prompt_make(project=project, text="Hi?")
    one, two = (label(comparison=comparison_make(prompt=prompt, a=f"A{i}", b=f"B{i}")) for i in range(2))
    keep_scores(
        project,
        ["short", "warm"],
        {one: ([2.0, -1.0, 0.0], [1.0, 0.0, 0.0]), two: ([0.0, 3.0, 1.0], [0.5, 0.0, -1.0])},
    )
    draft = [principle(weight=1), principle("warm", weight=-1)]
    answer = api(ada).post(base + "preview/", {"principles": draft}).json()
    assert answer["prompts"] == 1
    # Now the best of the prompt's four is A0; under the draft it is A1 (0 + 3 − 1).
    assert answer["best"] == [
        {"key": None, "now": 2.0, "draft": 0.0},
        {"key": "short", "now": -1.0, "draft": 3.0},
        {"key": "warm", "now": 0.0, "draft": 1.0},
    ]
    assert answer["conflicts"] == 1  # of A1 and B1: shorter, but warmer as well
