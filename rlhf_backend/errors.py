"""Failures of a run, split by who can act on them."""

from enum import StrEnum


class FailureCode(StrEnum):
    """Who can act: `data` a labeler or admin, `config` an admin, `resource` an operator, `internal` a developer."""

    DATA = "data"
    CONFIG = "config"
    RESOURCE = "resource"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


class CoreError(Exception):
    """A run cannot go on; the message says what was found, what was expected and what to do."""

    code = FailureCode.INTERNAL


class DataError(CoreError):
    """The inputs cannot be trained on: too few preferences, an empty file, an unreadable row."""

    code = FailureCode.DATA


class ConfigError(CoreError):
    """The settings or the model chosen cannot work: missing model, NaN loss, context too short."""

    code = FailureCode.CONFIG


class ResourceError(CoreError):
    """The machine ran out of something: memory, disk, an accelerator."""

    code = FailureCode.RESOURCE


class RunCancelled(CoreError):  # noqa: N818  (an outcome, not an error)
    """Somebody asked the run to stop; its checkpoint is kept."""

    code = FailureCode.CANCELLED


class RunInterrupted(CoreError):  # noqa: N818
    """The process was told to end, not the run: its checkpoint is written, and the same directory can be run again."""


class ProcessMissed(CoreError):  # noqa: N818
    """One of several processes failed where others wait for it: they notice when it is gone."""
