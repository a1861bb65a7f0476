"""Versions of principles: published, compared, pinned to the rounds that begin under them."""

import pytest

from annotate.errors import AnnotateError
from annotate.models import AuditEvent, PrinciplesVersion, Project, Round, RoundTrigger, Run, User
from annotate.selectors.principles import FEWEST_LABELS, principle_changes, principles_in_force, principles_overview
from annotate.selectors.round_prompts import prompts_for_policy
from annotate.services.principles import principles_publish
from annotate.services.round_starts import round_start
from rlhf_backend.config import Principle
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import label, project_prepare, work
from tests.factories import comparison_make, prompt_make


def principle(key: str = "short", weight: float = 1.0, **changes: object) -> Principle:
    words = {"key": key, "name": key.title(), "positive": "Say little.", "negative": "Say much.", "weight": weight}
    return Principle.model_validate(words | changes)


def publish(project: Project, actor: User, *principles: Principle) -> PrinciplesVersion:
    return principles_publish(project=project, actor=actor, principles=principles, note="They grew long.")


def test_each_publication_is_a_version_and_an_equal_list_is_the_same_one(project: Project, ada: User) -> None:
    first = publish(project, ada, principle())
    again = publish(project, ada, principle())
    second = publish(project, ada, principle(weight=-1.0), principle("warm"))
    assert (first.pk, first.number, second.number) == (again.pk, 1, 2)
    assert principles_in_force(project=project) == [principle(weight=-1.0), principle("warm")]
    assert principles_in_force(project=project, at=first.created_at) == [principle()]
    events = AuditEvent.objects.filter(action="principles.published").order_by("pk")
    assert [(event.target, event.data["changed"]) for event in events] == [("1", ["short"]), ("2", ["short", "warm"])]


def test_a_key_can_be_used_once(project: Project, ada: User) -> None:
    with pytest.raises(AnnotateError) as error:
        publish(project, ada, principle(), principle("warm"), principle(name="Brief"))
    assert error.value.fields == {"principles.2.key": ["'short' is the key of principle 1 as well"]}
    assert not PrinciplesVersion.objects.exists()


def test_an_empty_list_takes_everything_out_of_force(project: Project, ada: User) -> None:
    publish(project, ada, principle())
    assert publish(project, ada).number == 2
    assert principles_in_force(project=project) == []


def test_changes_are_told_key_by_key_and_field_by_field() -> None:
    before = [principle(), principle("warm"), principle("gone")]
    after = [principle("new"), principle(weight=-2.0, tags=["support"]), principle("warm")]
    changes = principle_changes(before, after)
    assert [(change.key, change.change) for change in changes] == [
        ("new", "added"), ("short", "changed"), ("gone", "removed"),
    ]  # fmt: skip
    assert [(f.field, f.before, f.after) for f in changes[1].fields] == [("weight", "1", "-2"), ("tags", "", "support")]


@pytest.mark.usefixtures("fake_engine")
def test_every_run_of_a_round_carries_the_list_that_was_in_force_when_it_began(project: Project, ada: User) -> None:
    """A list published meanwhile waits: the policy must be judged by what it was tuned for."""
    project_prepare(project=project)
    publish(project, ada, principle())
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    publish(project, ada, principle(weight=-1.0))
    assert work() == ["reward_model", "policy", "evaluation", "sampling"]
    carried = Run.objects.filter(round=round_).values_list("kind", "job")
    assert {kind: [p["weight"] for p in job["principles"]] for kind, job in carried} == {
        "reward_model": [1.0], "policy": [1.0], "evaluation": [1.0], "sampling": [1.0],
    }  # fmt: skip


@pytest.mark.usefixtures("fake_engine")
def test_a_prohibition_is_reason_enough_for_a_round_on_the_same_labels(project: Project, ada: User) -> None:
    project_prepare(project=project, rounds={"promote": "manual"}, gates={"win_rate_above": 1.0})

    def start() -> Round:
        return round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)

    first = start()
    work()
    Round.objects.filter(pk=first.pk).update(status="done")
    with pytest.raises(AnnotateError) as error:
        start()
    assert error.value.code == "round/nothing-changed"
    publish(project, ada, principle(weight=-2.0))
    second = start()
    first.refresh_from_db()
    assert second.snapshot == first.snapshot  # the very same labels, hash and all
    assert Run.objects.filter(round=second).get().job["principles"][0]["weight"] == -2.0


def test_the_overview_counts_labels_and_names_aspects(project: Project, ada: User) -> None:
    form = project.forms.get()
    form.form = {**form.form, "aspects": [{"key": "warm", "label": "Warmer"}]}
    form.save()
    aspects = {"warm": {"kind": "prefer", "winner": "a", "strength": 1}}
    prompt = prompt_make(project=project, text="Hi?")
    for i in range(3):
        label(comparison=comparison_make(prompt=prompt, a=f"A{i}.", b=f"B{i}."), aspects=aspects if i else {})
    label(comparison=comparison_make(prompt=prompt, a="C.", b="D.", kind="gold"), aspects=aspects)
    publish(project, ada, principle())
    overview = principles_overview(project=project)
    assert [(row.key, row.aspect, row.labels, row.learned) for row in overview.standings] == [
        ("short", None, 0, False), ("warm", "Warmer", 2, False),
    ]  # fmt: skip
    assert overview.reward_model is None
    assert overview.version is not None
    assert overview.version.note == "They grew long."


def test_the_site_names_the_number_of_labels_that_the_engine_asks_for() -> None:
    from rlhf_backend.recipes import principle_labels

    assert FEWEST_LABELS == principle_labels.FEWEST_LABELS


def test_prompts_go_to_the_engine_with_the_tags_that_scopes_are_about(project: Project) -> None:
    prompt = prompt_make(project=project, text="Help?")
    prompt.tags = ["support"]
    prompt.save()
    assert [row.tags for row in prompts_for_policy(project=project)] == [["support"]]
