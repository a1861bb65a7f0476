"""What leaves the site: pairs that other trainers read, and everything that is known."""

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotate.models import Comparison, Exclusion, Preference, PreferenceKind, Project, Review, User
from annotate.models.question_form import Choice, QuestionForm
from annotate.selectors.exports import Ties, export_block, export_manifest
from annotate.selectors.full_export import full_block, pseudonyms
from annotate.services.claims import queue_claim
from annotate.services.preferences import preference_submit
from annotate.services.projects import form_publish
from annotate.services.verdicts import Verdict
from annotate.verdict_details import Details
from tests.annotate.rounds_cast import label
from tests.conftest import Api
from tests.factories import comparison_make, prompt_make, ranking_make
from tests.hostile import HOSTILE


def trl(project: Project, ties: Ties = "drop") -> list[dict[str, Any]]:
    return [json.loads(line) for line in export_block(project=project, ties=ties).lines.splitlines()]


def full(project: Project) -> list[dict[str, Any]]:
    block = full_block(project=project, names=pseudonyms(project=project))
    assert block.after is None
    return [json.loads(line) for line in block.lines.split(b"\n") if line]


def pair(project: Project, text: str, **fields: Any) -> Comparison:
    return comparison_make(prompt=prompt_make(project=project, text=text), **fields)


def ranked(project: Project, ranking: list[int], texts: str = "ABCD") -> Preference:
    prompt = prompt_make(project=project, text=f"rank {texts} {ranking}")
    comparison = ranking_make(prompt=prompt, texts=list(texts[: len(ranking)]))
    return label(comparison=comparison, winner=None, kind="rank", ranking=ranking)


def sides(rows: list[dict[str, Any]]) -> list[tuple[str, str, float]]:
    return [(row["chosen"][0]["content"], row["rejected"][0]["content"], row["margin"]) for row in rows]


class TestTrl:
    def test_writes_a_ranking_as_its_decided_pairs(self, project: Project) -> None:
        ranked(project, [2, 1, 2])
        assert sides(trl(project)) == [("B", "A", 0.333333), ("B", "C", 0.333333)]
        assert sides(trl(project, "both"))[1:3] == [("A", "C", 0), ("C", "A", 0)]

    def test_writes_four_steps_of_strength(self, project: Project) -> None:
        for strength in (1, 2, 3, 4):
            label(comparison=pair(project, f"p{strength}"), strength=strength)
        assert [row["margin"] for row in trl(project)] == [0.333333, 0.666667, 1.0, 1.333333]

    def test_includes_corrections(self, project: Project) -> None:
        label(comparison=pair(project, "edit", kind="edit", a="Mended.", b="Broken."), strength=1)
        assert sides(trl(project)) == [("Mended.", "Broken.", 0.333333)]

    def test_leaves_out_what_people_keep_from_training_and_what_measured_a_labeler(
        self, project: Project, ada: User, ann: User
    ) -> None:
        label(comparison=pair(project, "kept", a="kept", b="other"))
        for kind in ("gold", "repeat", "mirrored"):
            label(comparison=pair(project, kind, kind=kind))
        label(comparison=pair(project, "excluded"), annotator=ann)
        Exclusion.objects.create(project=project, annotator=ann, reason="A bot wrote these.", created_by=ada)
        unclear = pair(project, "unclear")
        label(comparison=unclear)
        Review.objects.create(project=project, comparison=unclear, reviewer=ada, outcome="unclear")
        assert [chosen for chosen, *_ in sides(trl(project))] == ["kept"]
        manifest = export_manifest(project=project)
        assert manifest.rows == 1
        assert manifest.left_out == {"gold": 1, "repeat": 1, "mirrored": 1, "excluded": 1, "unclear": 1}

    @pytest.mark.parametrize("ties", ["drop", "both"])
    def test_has_as_many_rows_as_its_manifest_says(self, project: Project, ties: Ties) -> None:
        for ranking in ([1, 2, 3], [1, 1, 1, 2], [2, 2, 1, 1], [1, 1, 1]):
            ranked(project, ranking)
        label(comparison=pair(project, "one"))
        label(comparison=pair(project, "two"), winner=None)
        label(comparison=pair(project, "three"), winner=None, kind="both_good")
        manifest = export_manifest(project=project, ties=ties)
        assert manifest.rows == len(trl(project, ties))
        tied = 0 + 3 + 2 + 3 + 2
        assert manifest.ties_dropped == (tied if ties == "drop" else 0)


class TestFull:
    def test_has_everything_in_stored_order(self, project: Project, ada: User, ann: User) -> None:
        form_publish(project=project, actor=ada, form=QuestionForm(flags=(Choice(key="rude", label="Rude"),)))
        pair(project, "one", a="Yes!", b="No.")
        slot = queue_claim(project=project, annotator=ann, count=1).assignments[0]
        right = "b" if slot.right.text == "No." else "a"
        left = "a" if right == "b" else "b"
        verdict = Verdict(
            client_id=uuid.uuid4(),
            assignment_id=slot.id,
            kind=PreferenceKind.PREFER,
            side="left",
            strength=4,
            active_ms=900,
            rationale="kinder",
            details=Details(flags={"right": ["rude"]}, ratings={"left": 3}),
            edits={"right": "Not now."},
        )
        taken = preference_submit(project=project, annotator=ann, verdict=verdict)
        given, edit = full(project)
        assert [c["text"] for c in given["completions"]] == ["Yes!", "No."]
        assert {c["source"] for c in given["completions"]} == {"policy"}
        assert {c["policy"] for c in given["completions"]} == {0}
        assert (given["preference"], given["kind"], given["winner"]) == (taken.preference_id, "prefer", left)
        assert (given["strength"], given["flags"], given["ratings"]) == (4, {right: ["rude"]}, {left: 3})
        assert (given["shown"], given["rationale"], given["active_ms"]) == ([left, right], "kinder", 900)
        assert (given["form"], given["guidelines"], given["labeler"]) == (2, 1, "labeler-1")
        assert given["prompt"] == [{"role": "user", "content": "one"}]
        assert (edit["derived_from"], edit["comparison_kind"], edit["shown"]) == (taken.preference_id, "edit", None)
        assert {c["source"] for c in edit["completions"]} == {"policy", "human"}

    def test_has_a_ranking_with_all_its_completions(self, project: Project) -> None:
        ranked(project, [3, 1, 2, 2])
        (row,) = full(project)
        assert [c["text"] for c in row["completions"]] == ["A", "B", "C", "D"]
        assert (row["kind"], row["ranking"], row["winner"]) == ("rank", [3, 1, 2, 2], None)

    def test_numbers_labelers_the_same_each_time_and_names_none(
        self, project: Project, ann: User, ben: User, eve: User
    ) -> None:
        first = label(comparison=pair(project, "one"), annotator=ben)
        label(comparison=pair(project, "two"), annotator=ann)
        label(comparison=pair(project, "three"), annotator=None)
        assert [row["labeler"] for row in full(project)] == ["labeler-1", "labeler-2", None]
        Preference.objects.filter(pk=first.pk).update(superseded_at=first.created_at)
        names = pseudonyms(project=project)
        label(comparison=pair(project, "four"), annotator=eve)
        block = full_block(project=project, names=names).lines
        assert [json.loads(line)["labeler"] for line in block.splitlines()] == ["labeler-2", None, "labeler-3"]
        assert not any(name.encode() in block for name in ("ann", "ben", "eve"))

    def test_keeps_what_is_left_out_of_training_and_says_why(self, project: Project, ada: User, ann: User) -> None:
        label(comparison=pair(project, "gold", kind="gold"), annotator=ann)
        Exclusion.objects.create(project=project, annotator=ann, reason="A bot wrote these.", created_by=ada)
        (row,) = full(project)
        assert (row["comparison_kind"], row["left_out"]) == ("gold", "A bot wrote these.")
        assert export_manifest(project=project, layout="full").rows == 1

    @pytest.mark.parametrize("name", sorted(HOSTILE))
    def test_keeps_hostile_text_within_its_line(self, project: Project, name: str) -> None:
        text = HOSTILE[name]
        comparison = pair(project, text, a=text, b="No.")
        label(
            comparison=comparison, rationale=text, spans={"a": [{"start": 0, "end": 1, "sign": "bad", "reason": text}]}
        )
        (row,) = full(project)
        assert row["prompt"][0]["content"] == row["completions"][0]["text"] == row["rationale"] == text
        assert row["spans"]["a"][0]["reason"] == text

    def test_reads_block_by_block_in_three_statements(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("annotate.selectors.full_export.CHUNK", 4)
        for number in range(6):
            label(comparison=pair(project, f"p{number}"))
        with CaptureQueriesContext(connection) as queries:
            first = full_block(project=project, names={})
        assert len(queries) == 3
        assert first.after is not None
        rest = full_block(project=project, names={}, after=first.after)
        assert (first.lines.count(b"\n"), rest.lines.count(b"\n"), rest.after) == (4, 2, None)


def test_an_admin_chooses_the_format(project: Project, ada: User, api: Api) -> None:
    label(comparison=pair(project, "one"), winner=None)
    base = f"/api/projects/{project.pk}/export/"
    assert api(ada).get(f"{base}manifest/?format=full").data["rows"] == 1
    assert api(ada).get(f"{base}manifest/?format=trl").data["rows"] == 0
    assert api(ada).get(f"{base}?format=xml").status_code == 400
    lines = b"".join(api(ada).get(f"{base}?format=full")).splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["tie"]
