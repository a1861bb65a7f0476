"""What a reward model is measured on and never trained on."""

import json

import pytest

from annotate.models import Comparison, Preference, Project, User
from annotate.selectors import panel_preferences
from annotate.selectors.panel_preferences import panel_preference_ids
from annotate.selectors.snapshots import preferences_usable, snapshot_lines
from annotate.selectors.training_exclusions import Scope
from annotate.services.exclusions import exclusion_create
from tests.annotate.rounds_cast import label
from tests.factories import comparison_make, prompt_make


def pair(project: Project, text: str, split: str, **fields: object) -> Comparison:
    return comparison_make(prompt=prompt_make(project=project, text=text, split=split), **fields)  # type: ignore[arg-type]


def test_live_verdicts_on_panel_and_validation_prompts_and_no_others(project: Project) -> None:
    label(comparison=pair(project, "trained on", "train"))
    kept = [
        label(comparison=pair(project, "panel", "panel", a="Yes.", b="No."), winner="b"),
        label(comparison=pair(project, "validation", "validation"), winner=None),
        label(comparison=pair(project, "old against new", "panel", kind="panel")),
    ]
    label(comparison=pair(project, "known", "gold", kind="gold"))
    label(comparison=pair(project, "repeat", "panel", kind="repeat"))
    label(comparison=pair(project, "unknown", "panel"), winner=None, kind="cannot_judge")
    undone = label(comparison=pair(project, "undone", "panel"))
    Preference.objects.filter(pk=undone.pk).update(superseded_at=undone.created_at)
    ids = panel_preference_ids(project=project)
    assert ids == [preference.pk for preference in kept]
    assert not set(ids) & set(preferences_usable(project=project).ids)
    rows = [json.loads(line) for line in snapshot_lines(preference_ids=ids, soft_labels={})]
    assert [row["id"] for row in rows] == ids
    assert (rows[0]["completion_a"], rows[0]["completion_b"], rows[0]["verdict"]) == ("Yes.", "No.", "b")


def test_what_an_exclusion_covers_measures_nothing(project: Project, ada: User, ann: User, ben: User) -> None:
    label(comparison=pair(project, "one", "panel"), annotator=ann)
    kept = label(comparison=pair(project, "two", "panel"), annotator=ben)
    exclusion_create(project=project, scope=Scope(annotator_id=ann.pk), reason="judged unread", actor=ada)
    assert panel_preference_ids(project=project) == [kept.pk]


def test_only_the_newest_are_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_preferences, "NEWEST", 2)
    ids = [label(comparison=pair(project, f"{i}", "panel")).pk for i in range(3)]
    assert panel_preference_ids(project=project) == ids[1:]
