"""What people say of a reward model: the part of its card that cannot be measured."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]


def _field(title: str, description: str, *, mandatory: bool = True) -> Any:
    return Field("", title=title, description=description, json_schema_extra={"mandatory": True} if mandatory else None)


class CardStatement(BaseModel):
    """Each field is a few sentences; `mandatory` ones must be there before the reward model may be put to use.

    Source: Lambert, Gilbert & Zick 2023, arXiv:2310.13595 (what a reward model leaves undocumented); Mitchell et al.
    2019, arXiv:1810.03993 (model cards). Differs: what the product can measure is not asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Said = _field("Purpose", "What the reward model is for, and what it must not be used for.")
    declared_values: Said = _field(
        "Declared values", "What it should reward, and what wins when two of these conflict."
    )
    labelers: Said = _field("Who labeled", "Who the labelers are, how they were found, screened and trained.")
    pay: Said = _field("Pay", "How labelers are paid, or that they are not.")
    languages: Said = _field("Languages", "Languages of the prompts, and how well the labelers speak them.")
    demographics: Said = _field(
        "Demographics", "Only what labelers volunteered, and for whom they cannot speak.", mandatory=False
    )
    consent: Said = _field("Consent", "What labelers were told about the use of their labels, and agreed to.")
    known_failures: Said = _field(
        "Known failures", "Where people saw it go wrong, beside what the report measures.", mandatory=False
    )
    contact: Said = _field("Contact", "Who answers for the reward model.")
    appeal: Said = _field(
        "Appeal", "How a labeler, or a person affected, can dispute a label or the model. Labelers read it."
    )

    def missing(self) -> list[str]:
        """Names of mandatory fields without a word."""
        return [field.name for field in card_fields() if field.mandatory and not getattr(self, field.name)]


class CardField(BaseModel):
    """A field of the statement, as its form shows it."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    description: str
    mandatory: bool


def card_fields() -> list[CardField]:
    """The fields in the order of the form."""
    return [
        CardField(
            name=name,
            title=info.title or name,
            description=info.description or "",
            mandatory=isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("mandatory") is True,
        )
        for name, info in CardStatement.model_fields.items()
    ]
