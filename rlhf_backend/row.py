"""What every row and every report is made of. No torch here."""

from pydantic import BaseModel, ConfigDict


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(Row):
    """An estimate with its confidence interval and sample size."""

    value: float
    low: float
    high: float
    n: int


class CalibrationBin(Row):
    predicted: float
    observed: float
    n: int
