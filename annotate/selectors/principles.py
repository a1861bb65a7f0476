"""The principles of a project: versions, what changed in each, what is known of every key."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet
from pydantic import Field

from annotate.models import HIDDEN_KINDS, ModelKind, ModelVersion, Preference, PrinciplesVersion, Project
from annotate.selectors.model_sources import model_directory
from annotate.selectors.queue import form_current
from annotate.selectors.rounds import VersionRef, version_ref
from annotate.selectors.versions import version_active
from annotate.types import ReadModel
from rlhf_backend.config import Principle
from rlhf_backend.types import Interval, RewardModelReport

_FIELDS = ("name", "positive", "negative", "weight", "tags")


class FieldChange(ReadModel):
    field: str
    before: str
    after: str


class PrincipleChange(ReadModel):
    """What became of one key between two versions; `fields` where it was changed."""

    key: str
    change: Literal["added", "removed", "changed"]
    fields: list[FieldChange]


class PrinciplesVersionOut(ReadModel):
    number: int
    principles: list[Principle]
    note: str
    changes: list[PrincipleChange] = Field(description="Against the version before.")
    created_by: str
    created_at: datetime


class PrincipleStanding(ReadModel):
    """What is known of one key: of a principle, of an aspect of the question form, or both."""

    key: str
    aspect: str | None = Field(description="The label of the aspect that labelers judge; null: none asks for it.")
    labels: int = Field(description="Verdicts on that aspect so far.")
    learned: bool = Field(description="The reward model in use knows it.")
    accuracy: Interval | None = Field(description="Held-out, with this principle alone in force at its weight.")
    negated_accuracy: Interval | None = Field(description="The same with its negation in force.")
    effect: float | None = Field(description="Its weight where the reward model was reported, standard deviations.")


class PrinciplesOut(ReadModel):
    """The list in force and what stands behind it; version null where none was ever published."""

    version: PrinciplesVersionOut | None
    reward_model: VersionRef | None = Field(description="In use.")
    standings: list[PrincipleStanding]
    fewest_labels: int = Field(description="Decided verdicts that a principle needs to be learned.")


FEWEST_LABELS = 20
"""As the engine asks for; a test compares the two."""


def principles_in_force(*, project: Project, at: datetime | None = None) -> list[Principle]:
    """The newest published list, or the newest at a time."""
    versions = principles_versions(project=project)
    if at is not None:
        versions = versions.filter(created_at__lte=at)
    last = versions.first()
    return last.typed() if last is not None else []


def principles_versions(*, project: Project) -> QuerySet[PrinciplesVersion]:
    """All published versions, newest first."""
    return PrinciplesVersion.objects.filter(project=project).select_related("created_by").order_by("-number")


def principles_read(versions: Sequence[PrinciplesVersion]) -> list[PrinciplesVersionOut]:
    """Versions, loaded with who published them, with what each changed, in the same order. One SQL statement."""
    if not versions:
        return []
    numbers = {version.number - 1 for version in versions}
    project_id = versions[0].project_id
    earlier = {
        version.number: version.typed()
        for version in PrinciplesVersion.objects.filter(project=project_id, number__in=numbers)
    }
    return [_version(version, earlier.get(version.number - 1, [])) for version in versions]


def principle_changes(before: Sequence[Principle], after: Sequence[Principle]) -> list[PrincipleChange]:
    """Key by key, in the order of `after`, then what was removed."""
    old, new = {p.key: p for p in before}, {p.key: p for p in after}
    changes = []
    for key, principle in new.items():
        if key not in old:
            changes.append(PrincipleChange(key=key, change="added", fields=[]))
        elif fields := _field_changes(old[key], principle):
            changes.append(PrincipleChange(key=key, change="changed", fields=fields))
    return changes + [PrincipleChange(key=key, change="removed", fields=[]) for key in old if key not in new]


def principles_overview(*, project: Project) -> PrinciplesOut:
    """The list in force, with labels, figures and whether the reward model in use obeys."""
    last = principles_versions(project=project).first()
    model = version_active(project=project, kind=ModelKind.REWARD_MODEL)
    report = _report(model)
    section = report.principles if report is not None else None
    figures = {figure.key: figure for figure in section.figures} if section is not None else {}
    learned = set(principles_learned(version=model))
    aspects = {aspect.key: aspect.label for aspect in form_current(project=project).typed().aspects}
    listed = last.typed() if last is not None else []
    keys = list(dict.fromkeys([*(p.key for p in listed), *aspects, *sorted(learned)]))
    labels = _labels(project, keys)
    return PrinciplesOut(
        version=principles_read([last])[0] if last is not None else None,
        reward_model=version_ref(model),
        standings=[
            PrincipleStanding(
                key=key,
                aspect=aspects.get(key),
                labels=labels[key],
                learned=key in learned,
                accuracy=figures[key].accuracy if key in figures else None,
                negated_accuracy=figures[key].negated_accuracy if key in figures else None,
                effect=figures[key].effect if key in figures else None,
            )
            for key in keys
        ],
        fewest_labels=FEWEST_LABELS,
    )


def principles_directory(*, version: ModelVersion | None) -> Path | None:
    """Where a reward model keeps its principles; None where it is not on this machine or has learned none."""
    directory = model_directory(source=version.source) if version is not None else None
    return directory if directory is not None and (directory / "principles.json").is_file() else None


def principles_learned(*, version: ModelVersion | None) -> list[str]:
    """The keys that a reward model has a reward for, in the order of its scores."""
    directory = principles_directory(version=version)
    if directory is None:
        return []
    keys: list[str] = json.loads((directory / "principles.json").read_text(encoding="utf-8"))["keys"]
    return keys


def _version(version: PrinciplesVersion, before: Sequence[Principle]) -> PrinciplesVersionOut:
    principles = version.typed()
    return PrinciplesVersionOut(
        number=version.number,
        principles=principles,
        note=version.note,
        changes=principle_changes(before, principles),
        created_by=version.created_by.username,
        created_at=version.created_at,
    )


def _field_changes(old: Principle, new: Principle) -> list[FieldChange]:
    return [
        FieldChange(field=field, before=_text(getattr(old, field)), after=_text(getattr(new, field)))
        for field in _FIELDS
        if getattr(old, field) != getattr(new, field)
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _report(version: ModelVersion | None) -> RewardModelReport | None:
    run = version.run if version is not None else None
    return RewardModelReport.model_validate(run.report) if run is not None and run.report else None


def _labels(project: Project, keys: Sequence[str]) -> dict[str, int]:
    """Live verdicts on each aspect that can be trained on."""
    live = Preference.objects.filter(project=project, superseded_at=None).exclude(comparison__kind__in=HIDDEN_KINDS)
    wanted = {f"n{i}": Count("pk", filter=Q(aspects__has_key=key)) for i, key in enumerate(keys)}
    counts: dict[str, int] = live.aggregate(**wanted) if wanted else {}
    return {key: counts[f"n{i}"] for i, key in enumerate(keys)}
