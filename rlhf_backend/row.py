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

    @classmethod
    def around(cls, value: float, low: float, high: float, *, n: int) -> "Interval":
        """Widened to hold the estimate, which quantiles of resamples may leave outside."""
        value, low, high = float(value), float(low), float(high)
        return cls(value=value, low=min(value, low), high=max(value, high), n=n)


class CalibrationBin(Row):
    predicted: float
    observed: float
    n: int
