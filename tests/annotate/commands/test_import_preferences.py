"""`manage.py import_preferences`: the page's report on the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from annotate.models import AuditEvent, Membership, Preference, Project, User


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def told(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_preferences", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def tree(*texts: str) -> dict[str, Any]:
    replies = [{"role": "assistant", "text": text, "rank": rank} for rank, text in enumerate(texts)]
    return {"message_tree_id": "t", "prompt": {"role": "prompter", "text": "Why?", "replies": replies}}


def test_pairs_come_in_once_and_rows_left_out_are_named(project: Project, ada: User, tmp_path: Path) -> None:
    file = write(tmp_path / "trees.jsonl", tree("best", "middle", "worst"), tree("alone"))
    first = told(project.pk, file)
    assert "3 preferences imported from 2 rows (oasst), 1 new prompts, 0 there already, 1 rejected" in first
    assert "row 2: no message of the tree has two ranked replies" in first
    assert "0 preferences imported from 2 rows (oasst), 0 new prompts, 3 there already" in told(project.name, file)
    assert Preference.objects.count() == 3
    assert set(AuditEvent.objects.values_list("actor__username", flat=True)) == {ada.username}


def test_a_format_can_be_named_and_who_imports_too(project: Project, eve: User, tmp_path: Path) -> None:
    file = write(tmp_path / "pairs.jsonl", {"input": "Say yes.", "output_1": "yes", "output_2": "no", "label": 2})
    assert "1 preferences imported" in told(project.pk, file, format="llmbar", by=eve.username)
    assert AuditEvent.objects.get().actor == eve
    with pytest.raises(CommandError, match="No row could be imported"):
        told(project.pk, file, format="sharegpt")


def test_long_lists_of_rejected_rows_are_cut(project: Project, tmp_path: Path) -> None:
    good = {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green."}
    report = told(project.pk, write(tmp_path / "pairs.jsonl", good, *[{"chosen": "x"}] * 30))
    assert report.count("  row ") == 20
    assert "and 10 more" in report


def test_what_is_missing_is_said(project: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "pairs.jsonl", {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green."})
    with pytest.raises(CommandError, match=rf"no project 'Other'.*{project.pk} {project.name}"):
        told("Other", file)
    with pytest.raises(CommandError, match=r"absent\.jsonl cannot be read"):
        told(project.pk, tmp_path / "absent.jsonl")
    with pytest.raises(CommandError, match="nobody called 'nemo'"):
        told(project.pk, file, by="nemo")
    with pytest.raises(CommandError, match="empty"):
        told(project.pk, write(tmp_path / "empty.jsonl"))
    Membership.objects.filter(project=project).delete()
    with pytest.raises(CommandError, match="has no admin"):
        told(project.pk, file)


def test_an_archived_project_takes_none(project: Project, tmp_path: Path) -> None:
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
    with pytest.raises(CommandError, match="take it out of the archive first"):
        told(project.pk, write(tmp_path / "pairs.jsonl", {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green."}))
    assert Preference.objects.count() == 0
