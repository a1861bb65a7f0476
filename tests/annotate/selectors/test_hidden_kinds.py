"""Known, repeated and mirrored pairs measure labelers: no count of the project's preferences includes them."""

import uuid
from typing import Any

import pytest

from annotate.models import Assignment, Comparison, ModelVersion, Preference, Project, Round, User
from annotate.selectors.lineage import version_lineage
from annotate.selectors.panel import panel_win_rates
from annotate.selectors.queue_state import queue_read
from annotate.selectors.round_preview import round_preview
from annotate.selectors.snapshots import preferences_new_since, preferences_usable
from annotate.services.round_starts import rounds_start_due
from tests.annotate.labeling_cast import settings_set
from tests.conftest import Api
from tests.factories import comparison_make, prompt_make, queue_make

HIDDEN = ("gold", "repeat", "mirrored")


def judged(project: Project, annotator: User, kind: str, **fields: Any) -> Preference:
    """A live verdict of `annotator` for a on a comparison of this kind, in a slot of its own."""
    prompt = prompt_make(project=project, text=f"About {kind} {Comparison.objects.count()}?")
    comparison = comparison_make(prompt=prompt, wanted=0, kind=kind, **fields)
    slot = Assignment.objects.create(
        project=project,
        comparison=comparison,
        status="done",
        annotator=annotator,
        rnd=0.5,
        reserved=kind in HIDDEN,
    )
    return Preference.objects.create(
        project=project,
        comparison=comparison,
        assignment=slot,
        annotator=annotator,
        kind="prefer",
        winner="a",
        strength=2,
        client_id=uuid.uuid4(),
    )


@pytest.fixture(params=HIDDEN)
def hidden(request: pytest.FixtureRequest, project: Project, ann: User) -> Preference:
    """One ordinary verdict, and one of a hidden kind; the second is given."""
    ordinary = judged(project, ann, "normal")
    kind = request.param
    if kind == "gold":
        return judged(project, ann, kind, expected={"kind": "prefer", "winner": "a"})
    return judged(project, ann, kind, original=ordinary.comparison, reserved_for=ann)


def test_the_project_counts_leave_them_out(
    hidden: Preference, project: Project, ada: User, ann: User, api: Api
) -> None:
    counts = api(ada).get(f"/api/projects/{project.pk}/").data["counts"]
    assert (counts["preferences"], counts["preferences_since_round"], counts["comparisons"]) == (1, 1, 1)
    row = api(ada).get("/api/projects/").data["results"][0]["counts"]
    assert row["preferences"] == 1
    mine = api(ann).get("/api/projects/").data["results"][0]["counts"]
    assert mine["mine"] == 2, "one's own count must not tell them"
    me = api(ann).get(f"/api/projects/{project.pk}/me/").data
    assert (me["done_total"], me["project_done"], me["project_goal"]) == (2, 1, 1)


def test_training_leaves_them_out_and_says_why(hidden: Preference, project: Project) -> None:
    usable = preferences_usable(project=project)
    assert hidden.pk not in usable.ids
    assert usable.ranked == 1
    assert sum(usable.excluded.values()) == 1
    assert hidden.comparison.kind in next(iter(usable.excluded))
    assert preferences_new_since(project=project, snapshot=None) == 1
    assert round_preview(project=project).preferences == 1


def test_they_start_no_round(hidden: Preference, project: Project) -> None:
    settings_set(project, rounds={"auto_every": 2}, reward_model={"min_preferences": 2})
    assert rounds_start_due() == []
    judged(project, hidden.annotator, "normal")  # type: ignore[arg-type]  # given by ann
    assert len(rounds_start_due()) == 1, "the control: a second ordinary verdict starts one"


def test_they_are_no_part_of_a_policy_s_labels(hidden: Preference, project: Project) -> None:
    policy = ModelVersion.objects.get(project=project)
    lineage = version_lineage(version=policy)
    assert (lineage.comparisons, lineage.preferences) == (1, 1)


def test_they_are_no_part_of_a_win_rate(hidden: Preference, project: Project) -> None:
    round_ = Round.objects.create(project=project, number=1, status="done", trigger="button")
    Comparison.objects.update(round=round_)
    assert panel_win_rates(project=project, round_ids=[round_.pk]) == {}


def test_they_are_no_part_of_the_queue_s_page(hidden: Preference, project: Project) -> None:
    Assignment.objects.create(
        project=project,
        comparison=queue_make(project=project, comparisons=1)[0],
        status="leased",
        annotator=hidden.annotator,
        rnd=0.1,
        reserved=True,
    )
    state = queue_read(project=project)
    assert (state.open, state.leased, state.done) == (1, 0, 1)
    assert sum(hour.n for hour in state.verdicts_per_hour_24h) == 1
