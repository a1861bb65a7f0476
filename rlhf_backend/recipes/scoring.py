"""Scores a file of completions with a reward model: any number of rows, in the memory of one batch.

`scores.jsonl` has one line for each row of `inputs/completions.jsonl`, in its order, and is only appended to. A run
that was killed goes on after its last whole line. Batches are cut at the same places in every attempt, and a batch of
which only a part was written is scored as a whole again, so that the file has the bytes of an uninterrupted run: what
shares a forward pass changes the last digits of a reward.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from rlhf_backend.config import ScoringJob
from rlhf_backend.data.jsonl import stream_rows, to_lines
from rlhf_backend.errors import DataError
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.run import Run
from rlhf_backend.types import ScoreRow, ScoringReport, TextRow

SCORES = "scores.jsonl"
_PHASE = "scoring"


@dataclass
class _Tally:
    """Rows written so far, in all attempts."""

    rows: int = 0
    unscored: int = 0
    placed: int = 0  # with an out-of-distribution score
    outside: int = 0  # with one above 1

    def add(self, row: ScoreRow) -> None:
        self.rows += 1
        self.unscored += row.reward is None
        self.placed += row.reward_ood is not None
        self.outside += row.reward_ood is not None and row.reward_ood > 1


def score_completions(run: Run, job: ScoringJob) -> ScoringReport:
    """Append to `scores.jsonl` what it lacks.

    Raises: DataError: no completions, or a row that does not fit. ConfigError: the reward model cannot be loaded or
    gives no numbers. OSError: the disk is full; what was written stays.
    """
    source, target = run.input("completions.jsonl"), run.directory / SCORES
    reward_model = load_reward_model(job.reward_model, warn=run.events.warn, principles=job.principles)
    of = _rows_in(source)
    tally = _finished(target)
    before, size, started = tally.rows, job.config.batch_size, time.monotonic()
    rows = islice(stream_rows(source, TextRow), before - before % size, None)
    with target.open("ab") as file:
        for batch in _batches(rows, size):
            run.events.progress(_PHASE, tally.rows, of)
            run.stop.raise_if_made(done=f"after {tally.rows} of {of} completions")
            missing = _scored(batch, reward_model)[tally.rows % size :]
            file.write(to_lines(missing).encode())
            file.flush()
            os.fsync(file.fileno())
            for row in missing:
                tally.add(row)
    run.events.progress(_PHASE, tally.rows, of)
    return ScoringReport(
        completions=tally.rows,
        unscored=tally.unscored,
        outside=tally.outside / tally.placed if tally.placed else None,
        completions_per_second=(tally.rows - before) / max(time.monotonic() - started, 1e-9),
    )


def _scored(batch: Sequence[TextRow], reward_model: RewardModel) -> list[ScoreRow]:
    """A row for each completion, empty for those that leave the reward model no room for their prompt."""
    fitting, scores = reward_model.score_fitting(
        [(row.prompt, row.completion) for row in batch], tags=[row.tags for row in batch]
    )
    rows = [ScoreRow(id=row.id, reward=None, reward_sd=None, reward_ood=None) for row in batch]
    means, sds, oods = scores.columns()
    for i, mean, sd, ood in zip(fitting, means, sds, oods, strict=True):
        rows[i] = ScoreRow(id=batch[i].id, reward=mean, reward_sd=sd, reward_ood=ood)
    return rows


def _batches(rows: Iterator[TextRow], size: int) -> Iterator[list[TextRow]]:
    while batch := list(islice(rows, size)):
        yield batch


def _finished(path: Path) -> _Tally:
    """What earlier attempts have left; everything from the first line that is not whole is cut off."""
    tally, whole = _Tally(), 0
    if not path.exists():
        return tally
    with path.open("rb+") as file:
        for line in file:
            try:
                row = ScoreRow.model_validate_json(line)
            except ValidationError:
                break
            if not line.endswith(b"\n"):
                break
            tally.add(row)
            whole += len(line)
        file.truncate(whole)
    return tally


def _rows_in(path: Path) -> int:
    """Raises: DataError: there are none."""
    if not path.is_file():
        raise DataError(f"{path.name} is missing in {path.parent}: expected rows of TextRow")
    with path.open("rb") as file:
        rows = sum(1 for line in file if line.strip())
    if not rows:
        raise DataError(f"{path.name} holds no rows: expected at least one TextRow")
    return rows
