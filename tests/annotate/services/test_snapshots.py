"""What a round trains on: exactly the live verdicts on train prompts, and the same bytes each time."""

import json

from annotate.models import Comparison, Preference, Project, RoundTrigger, Snapshot, User
from annotate.selectors.lineage import preference_snapshots, preference_versions, version_labels
from annotate.selectors.snapshots import (
    preferences_new_since,
    preferences_ranked_count,
    preferences_usable,
    snapshot_lines,
)
from annotate.services.round_starts import round_start
from annotate.services.snapshots import snapshot_take
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import label, project_prepare, work
from tests.factories import comparison_make, prompt_make, ranking_make


def take(project: Project) -> Snapshot:
    return snapshot_take(project=project, usable=preferences_usable(project=project))


def lines(snapshot: Snapshot) -> list[dict[str, object]]:
    found = snapshot_lines(preference_ids=snapshot.preference_ids, soft_labels=snapshot.soft_labels)
    return [json.loads(line) for line in found]


def pair(project: Project, text: str, split: str = "train", **fields: object) -> Comparison:
    return comparison_make(prompt=prompt_make(project=project, text=text, split=split), **fields)  # type: ignore[arg-type]


def test_what_is_left_out_is_counted_by_reason(project: Project) -> None:
    kept = label(comparison=pair(project, "kept"))
    tie = label(comparison=pair(project, "tie"), winner=None)
    bad = label(comparison=pair(project, "bad"), winner=None, kind="both_bad")
    label(comparison=pair(project, "panel", split="panel"))
    label(comparison=pair(project, "validation", split="validation"))
    for kind in ("gold", "repeat", "mirrored"):
        label(comparison=pair(project, kind, kind=kind))
    label(comparison=pair(project, "unknown"), winner=None, kind="cannot_judge")
    undone = label(comparison=pair(project, "undone"))
    Preference.objects.filter(pk=undone.pk).update(superseded_at=undone.created_at)
    usable = preferences_usable(project=project)
    assert usable.ids == [kept.pk, tie.pk, bad.pk]
    assert usable.ranked == preferences_ranked_count(project=project) == 2
    assert usable.excluded == {
        "panel prompt": 1,
        "validation prompt": 1,
        "gold comparison": 1,
        "repeat comparison": 1,
        "mirrored comparison": 1,
        "cannot judge": 1,
    }


def test_rows_carry_verdict_strength_and_annotator(project: Project, ann: User) -> None:
    preferred = label(comparison=pair(project, "one", a="Yes!", b="No."), winner="b", strength=3, annotator=ann)
    label(comparison=pair(project, "two"), winner=None)
    first, second = lines(take(project))
    assert first == {
        "id": preferred.pk,
        "prompt": [{"role": "user", "content": "one"}],
        "completion_a": "Yes!",
        "completion_b": "No.",
        "verdict": "b",
        "strength": 3,
        "weight": 1.0,
        "annotator": ann.pk,
    }
    assert (second["verdict"], second["strength"], second["annotator"]) == ("tie", 1, None)


def test_a_ranking_is_all_of_its_pairs_and_weighs_as_many_comparisons_as_it_needs(project: Project) -> None:
    comparison = ranking_make(prompt=prompt_make(project=project, text="rank"), texts=["A", "B", "C", "D"])
    ranked = label(comparison=comparison, winner=None, kind="rank", ranking=[2, 1, 3, 2])
    assert preferences_usable(project=project).ranked == 1
    rows = lines(take(project))
    assert {(row["id"], row["strength"], row["weight"]) for row in rows} == {(ranked.pk, 1, 0.5)}
    assert [(row["completion_a"], row["completion_b"], row["verdict"]) for row in rows] == [
        ("A", "B", "b"),
        ("A", "C", "a"),
        ("A", "D", "tie"),
        ("B", "C", "a"),
        ("B", "D", "a"),
        ("C", "D", "b"),
    ]
    assert sum(float(str(row["weight"])) for row in rows) == 3


def test_all_bad_is_said_of_each_pair_of_a_ranking(project: Project) -> None:
    comparison = ranking_make(prompt=prompt_make(project=project, text="rank"), texts=["A", "B", "C"])
    label(comparison=comparison, winner=None, kind="both_bad")
    assert [row["verdict"] for row in lines(take(project))] == ["both_bad"] * 3


def test_the_strongest_preference_and_a_correction_are_trained_on(project: Project) -> None:
    strong = label(comparison=pair(project, "strong"), strength=4)
    edit = label(comparison=pair(project, "edit", kind="edit"), strength=1)
    snapshot = take(project)
    assert snapshot.preference_ids == [strong.pk, edit.pk]
    assert [row["strength"] for row in lines(snapshot)] == [4, 1]


def test_imported_preferences_are_included(project: Project) -> None:
    imported = label(comparison=pair(project, "imported", kind="imported"), source={"row": 1})
    assert take(project).preference_ids == [imported.pk]


def test_the_same_preferences_are_the_same_snapshot(project: Project) -> None:
    comparison = pair(project, "one")
    label(comparison=comparison)
    first = take(project)
    assert take(project) == first
    label(comparison=pair(project, "two"))
    second = take(project)
    assert second.sha256 != first.sha256
    assert preferences_new_since(project=project, snapshot=first) == 1
    assert preferences_new_since(project=project, snapshot=second) == 0


def test_a_verdict_undone_later_stays_in_its_snapshot(project: Project) -> None:
    preference = label(comparison=pair(project, "one"))
    snapshot = take(project)
    before = lines(snapshot)
    Preference.objects.filter(pk=preference.pk).update(superseded_at=preference.created_at)
    assert lines(snapshot) == before
    assert preferences_usable(project=project).ids == []


def test_a_label_is_followed_to_every_model_that_learned_from_it(
    project: Project, ada: User, fake_engine: object
) -> None:
    project_prepare(project=project)
    first = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    work()
    early = Preference.objects.filter(project=project).order_by("pk")[0]
    late = label(comparison=Comparison.objects.filter(round=first, kind="normal")[0])
    round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    work()
    assert preference_snapshots(preference=early).count() == 2
    names = [str(version) for version in preference_versions(preference=early)]
    assert sorted(names) == ["Policy 1", "Policy 2", "Reward Model 1", "Reward Model 2"]
    assert sorted(str(version) for version in preference_versions(preference=late)) == ["Policy 2", "Reward Model 2"]
    policy = next(version for version in preference_versions(preference=late) if version.kind == "policy")
    assert version_labels(version=policy).count() == 13
    assert late in version_labels(version=policy)
