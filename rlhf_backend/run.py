"""One run as its recipe sees it: the directory, the seed, where to report, and whether to stop."""

from dataclasses import dataclass
from pathlib import Path

from rlhf_backend.checkpoint import CheckpointStore
from rlhf_backend.events import EventLog
from rlhf_backend.stop import StopRequest


@dataclass(frozen=True)
class Run:
    """The open run directory handed to a recipe. `accepted_rules` and `finish_at` are those of `JobFile`."""

    directory: Path
    seed: int
    events: EventLog
    stop: StopRequest
    accepted_rules: frozenset[str] = frozenset()
    finish_at: int | None = None

    @property
    def checkpoints(self) -> CheckpointStore:
        return CheckpointStore(self.directory / "checkpoint", warn=self.events.warn)

    @property
    def model_directory(self) -> Path:
        return self.directory / "model"

    def input(self, name: str) -> Path:
        return self.directory / "inputs" / name
