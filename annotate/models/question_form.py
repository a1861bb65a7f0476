"""The question form: everything a labeler can answer about a comparison, as one typed document."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A name for programs: stored with every answer, so it never changes its meaning."""
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Explanation = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Strengths = Literal[1, 2, 3, 4]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Aspect(Part):
    """A question of its own about the pair, answered on its own A/B scale, as helpful or harmless."""

    key: Key
    label: Label
    description: Explanation = ""
    strengths: Strengths = 1
    tie: bool = True
    required: bool = True


class Choice(Part):
    """A flag category or a reason."""

    key: Key
    label: Label
    description: Explanation = ""


class Reason(Choice):
    """A chip that says what speaks for or against one completion."""

    sign: Literal["good", "bad"] = "good"


class QuestionForm(Part):
    """What a labeler can answer; shown and checked from this alone.

    `strengths` and `tie` make the scale: 1 without tie has 2 points, 2 without tie 4, 3 with tie 7, 4 without tie 8.
    """

    mode: Literal["pair", "ranking"] = Field("pair", description="Two completions, or a ranking of several.")
    ranked: int = Field(4, ge=3, le=6, description="Completions in one ranking; ties are allowed.")
    strengths: Strengths = Field(3, description="Steps of 'better' on each side of the scale.")
    tie: bool = Field(True, description="Offer 'equally good': the midpoint of the scale.")
    both_bad: bool = Field(True, description="Offer 'both bad'.")
    both_good: bool = Field(False, description="Offer 'both good'.")
    cannot_judge: bool = Field(False, description="Offer 'cannot judge'; such verdicts are not trained on.")
    skip: bool = Field(True, description="Let labelers pass a comparison on.")
    aspects: tuple[Aspect, ...] = Field((), max_length=8, description="Further questions about the pair.")
    flags: tuple[Choice, ...] = Field(
        (), max_length=12, description="Safety categories a completion can be flagged with."
    )
    reasons: tuple[Reason, ...] = Field((), max_length=16, description="Reasons, given for one completion.")
    rating: int = Field(
        0, ge=0, le=10, description="Points of a rating of each completion; 0 asks for none, else 2–10."
    )
    rationale: Literal["off", "optional", "required"] = Field("optional", description="A free text beside the verdict.")
    rationale_min: int = Field(0, ge=0, le=2000, description="Fewest characters of a rationale that is given.")
    highlights: bool = Field(False, description="Let labelers mark passages as good or bad.")
    edit: bool = Field(False, description="Let labelers correct a completion: the correction is preferred to it.")

    @model_validator(mode="after")
    def _names_are_unique_and_sizes_make_sense(self) -> "QuestionForm":
        for what in ("aspects", "flags", "reasons"):
            keys = [item.key for item in getattr(self, what)]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{what}: the key '{twice[0]}' is used twice; every key names one thing")
        if self.rating == 1:
            raise ValueError("rating: a scale of 1 point says nothing; take 0 for none, or 2 to 10")
        return self
