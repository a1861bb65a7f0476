"""Cards of reward models: what people say, what is measured, versions, and the difference between two models."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from pydantic import Field

from annotate.models import ModelCard, ModelVersion, Project
from annotate.models.card_statement import CardField, CardStatement, card_fields
from annotate.selectors.card_facts import CardSection, card_facts
from annotate.types import ReadModel


class CardChange(ReadModel):
    """One field that a version of the card changed."""

    title: str
    before: str
    after: str


class CardVersionOut(ReadModel):
    number: int
    created_by: str
    created_at: datetime
    note: str
    changes: list[CardChange]


class StatementOut(ReadModel):
    """What people say. `number` is 0 and `created_by` empty where nobody said anything yet."""

    number: int
    created_by: str | None
    created_at: datetime | None
    statement: CardStatement
    fields: list[CardField]
    missing: list[str] = Field(description="Mandatory fields that are empty.")
    of_project: bool = Field(description="True: the project's own, which every new reward model begins with.")


class CardOut(StatementOut):
    """A reward model's card: its statement, and what the product measured."""

    model_id: int
    model_number: int
    sections: list[CardSection]


class CardDifference(ReadModel):
    """One line that differs between the cards of two reward models."""

    section: str
    label: str
    before: str
    after: str


class CardComparisonOut(ReadModel):
    before_number: int
    after_number: int
    differences: list[CardDifference]


def card_current(*, project: Project, version: ModelVersion | None) -> ModelCard | None:
    """The version's newest card; the project's where it has none of its own. At most two SQL statements."""
    own = ModelCard.objects.select_related("created_by").filter(project=project).order_by("-number")
    found = own.filter(version=version).first() if version is not None else None
    return found or own.filter(version=None).first()


def card_statement(*, project: Project, version: ModelVersion | None) -> CardStatement:
    """What is said of the version, or in the project; empty where nobody said anything."""
    card = card_current(project=project, version=version)
    return CardStatement.model_validate(card.statement) if card else CardStatement()


def statement_read(*, project: Project) -> StatementOut:
    """The project's own statement."""
    return StatementOut(**_said(card_current(project=project, version=None)))


def card_read(*, version: ModelVersion) -> CardOut:
    """A reward model's card in full."""
    return CardOut(
        **_said(card_current(project=version.project, version=version)),
        model_id=version.pk,
        model_number=version.number,
        sections=card_facts(version=version),
    )


def card_versions(*, version: ModelVersion) -> QuerySet[ModelCard]:
    """The versions of a reward model's card."""
    return ModelCard.objects.filter(version=version)


def card_versions_read(cards: Sequence[ModelCard]) -> list[CardVersionOut]:
    """Each version with what it changed of the one before. Two SQL statements."""
    if not cards:
        return []
    related = ModelCard.objects.filter(version=cards[0].version_id).select_related("created_by")
    by_number = {card.number: card for card in related}
    shown = []
    for card in (by_number[c.number] for c in cards):
        before = by_number.get(card.number - 1)
        shown.append(
            CardVersionOut(
                number=card.number,
                created_by=card.created_by.username,
                created_at=card.created_at,
                note=card.note,
                changes=_changes(before.statement if before else {}, card.statement),
            )
        )
    return shown


def cards_compare(*, before: ModelVersion, after: ModelVersion) -> CardComparisonOut:
    """Every line in which two reward models' cards differ."""
    old, new = _lines(card_read(version=before)), _lines(card_read(version=after))
    keys = [*old, *(key for key in new if key not in old)]
    return CardComparisonOut(
        before_number=before.number,
        after_number=after.number,
        differences=[
            CardDifference(section=section, label=label, before=was, after=now)
            for section, label in keys
            if (was := old.get((section, label), "")) != (now := new.get((section, label), ""))
        ],
    )


def card_markdown(*, version: ModelVersion) -> str:
    """The card as a document of its own."""
    card = card_read(version=version)
    parts = [f"# Card of reward model {card.model_number}\n", f"{version.project.name}\n"]
    for field in card.fields:
        said = getattr(card.statement, field.name) or ("*missing*" if field.mandatory else "—")
        parts.append(f"## {field.title}\n\n{said}\n")
    for section in card.sections:
        rows = "\n".join(f"| {_cell(fact.label)} | {_cell(fact.value)} |" for fact in section.facts)
        parts.append(f"## {section.title}\n\n|  |  |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def _said(card: ModelCard | None) -> dict[str, object]:
    statement = CardStatement.model_validate(card.statement) if card else CardStatement()
    return {
        "number": card.number if card else 0,
        "created_by": card.created_by.username if card else None,
        "created_at": card.created_at if card else None,
        "statement": statement,
        "fields": card_fields(),
        "missing": statement.missing(),
        "of_project": card is None or card.version_id is None,
    }


def _changes(before: dict[str, str], after: dict[str, str]) -> list[CardChange]:
    return [
        CardChange(title=field.title, before=was, after=now)
        for field in card_fields()
        if (was := before.get(field.name, "")) != (now := after.get(field.name, ""))
    ]


def _lines(card: CardOut) -> dict[tuple[str, str], str]:
    lines = {("Statement", field.title): str(getattr(card.statement, field.name)) for field in card.fields}
    return lines | {(section.title, fact.label): fact.value for section in card.sections for fact in section.facts}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
