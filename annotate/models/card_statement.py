"""What people say of a reward model: the part of its card that cannot be measured."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]


class CardStatement(BaseModel):
    """Each field is a few sentences; `mandatory` ones must be there before the reward model may be put to use.

    Source: Lambert, Gilbert & Zick 2023, arXiv:2310.13595 (what a reward model leaves undocumented); Mitchell et al.
    2019, arXiv:1810.03993 (model cards). Differs: what the product can measure is not asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Said = Field(
        "",
        title="Purpose",
        description="What the reward model is for, and what it must not be used for.",
        json_schema_extra={"mandatory": True},
    )
    declared_values: Said = Field(
        "",
        title="Declared values",
        description="What it should reward, and what wins when two of these conflict.",
        json_schema_extra={"mandatory": True},
    )
    labelers: Said = Field(
        "",
        title="Who labeled",
        description="Who the labelers are, how they were found, screened and trained.",
        json_schema_extra={"mandatory": True},
    )
    pay: Said = Field(
        "",
        title="Pay",
        description="How labelers are paid, or that they are not.",
        json_schema_extra={"mandatory": True},
    )
    languages: Said = Field(
        "",
        title="Languages",
        description="Languages of the prompts, and how well the labelers speak them.",
        json_schema_extra={"mandatory": True},
    )
    demographics: Said = Field(
        "", title="Demographics", description="Only what labelers volunteered, and for whom they cannot speak."
    )
    consent: Said = Field(
        "",
        title="Consent",
        description="What labelers were told about the use of their labels, and agreed to.",
        json_schema_extra={"mandatory": True},
    )
    known_failures: Said = Field(
        "", title="Known failures", description="Where people saw it go wrong, beside what the report measures."
    )
    contact: Said = Field(
        "", title="Contact", description="Who answers for the reward model.", json_schema_extra={"mandatory": True}
    )
    appeal: Said = Field(
        "",
        title="Appeal",
        description="How a labeler, or a person affected, can dispute a label or the model. Labelers read it.",
        json_schema_extra={"mandatory": True},
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
