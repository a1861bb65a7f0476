"""Stands in for the engine where a test is about its supervisor: same files, same exit statuses, no training.

`python fake_engine.py RUN_DIR` does what `script.json` beside the runs says, else it finishes at once. Never shipped.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rlhf_backend.config import JobFile, RunKind, SamplingJob
from rlhf_backend.durable import replaced_directory, write_text
from rlhf_backend.tuning_sections import FiredRule
from rlhf_backend.types import CompletionRow, Failure, PreferenceEffectRow, Report, RunResult, SelfLabelRow
from tests.annotate.fake_tuning import policy_at, tune
from tests.annotate.reports import evaluation_report, policy_report, reward_model_report, sampling_report


def main() -> None:
    directory = Path(sys.argv[1])
    script_path = directory.parent / "script.json"
    script = json.loads(script_path.read_text()) if script_path.exists() else {}
    job = JobFile.model_validate_json((directory / "job.json").read_text())
    attempts = directory / "attempts"
    attempt = int(attempts.read_text()) + 1 if attempts.exists() else 1
    attempts.write_text(str(attempt))
    (directory / "seen_environment.json").write_text(json.dumps(dict(os.environ)))
    events = (directory / "events.jsonl").open("a")
    _say(events, {"type": "progress", "at": time.time(), "phase": "working", "step": attempt, "of": 3})
    _say(events, {"type": "metrics", "at": time.time(), "step": attempt, "values": {"train/loss": 1.0 / attempt}})
    _say(events, {"type": "log", "at": time.time(), "level": "info", "message": f"attempt {attempt}"})
    if attempt <= script.get("die_on_attempts", 0):
        print("out of memory, said the fake", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    if script.get("exit"):
        sys.exit(script["exit"])
    if script.get("wait") and attempt == 1:
        _wait(directory, deaf=script["wait"] == "deaf")
    if job.job.kind == RunKind.POLICY and job.finish_at is None and (fired := tune(directory, job, script, events)):
        _end(directory, "paused", fired=fired)
        return
    if "fail" in script:
        _end(directory, "failed", failure=Failure(**script["fail"]))
        return
    _end(directory, "done", report=_work(directory, job))


def _wait(directory: Path, *, deaf: bool) -> None:
    """Until cancelled or told to end; a deaf one hears nothing."""
    terminated = []
    signal.signal(signal.SIGTERM, (lambda *_: None) if deaf else (lambda *_: terminated.append(True)))
    (directory / "ready").touch()
    supervisor = os.getppid()
    while os.getppid() == supervisor:
        if (directory / "cancel").exists() and not deaf:
            (directory / "checkpoint").mkdir(exist_ok=True)
            _end(directory, "cancelled", failure=Failure(code="cancelled", message="cancelled at step 1"))
            sys.exit(0)
        if terminated:
            (directory / "checkpoint").mkdir(exist_ok=True)
            os._exit(75)
        time.sleep(0.02)


def _work(directory: Path, job: JobFile) -> Report:
    prompts = [json.loads(line) for line in _lines(directory / "inputs" / "prompts.jsonl")]
    match job.job.kind:
        case RunKind.REWARD_MODEL:
            _model(directory, "reward model")
            rows = [json.loads(line) for line in _lines(directory / "inputs" / "comparisons.jsonl")]
            told = sorted({row["id"] for row in rows if row["verdict"] in ("a", "b", "tie")})
            effects = [_effect(preference_id, job.job.predecessor) for preference_id in told]
            write_text(directory / "effects.jsonl", "".join(effect.model_dump_json() + "\n" for effect in effects))
            if (directory / "inputs" / "unlabeled.jsonl").exists():
                _self_label(directory)
            return reward_model_report()
        case RunKind.POLICY:
            _model(
                directory, "policy", weights=b"weights" if job.finish_at is None else _kept(directory, job.finish_at)
            )
            return policy_report()
        case RunKind.EVALUATION:
            return evaluation_report(prompt_ids=[prompt["id"] for prompt in prompts])
        case RunKind.SAMPLING:
            own = job.job.config.samples_per_prompt
            count = own + job.job.anchors
            rows = [
                _completion(p["id"], index, job.seed, own=own, job=job.job) for p in prompts for index in range(count)
            ]
            write_text(directory / "completions.jsonl", "".join(row.model_dump_json() + "\n" for row in rows))
            return sampling_report(prompts=len(prompts), completions=len(rows))


def _self_label(directory: Path) -> None:
    """Every pair without a verdict is better on the left, and the first goes to labelers."""
    ids = [json.loads(line)["id"] for line in _lines(directory / "inputs" / "unlabeled.jsonl")]
    rows = [SelfLabelRow(comparison_id=pk, loop=1, share_a=0.9, audit=i == 0) for i, pk in enumerate(ids)]
    write_text(directory / "self_labels.jsonl", "".join(row.model_dump_json() + "\n" for row in rows))


def _effect(preference_id: int, predecessor: str | None) -> PreferenceEffectRow:
    before = 0.4 if predecessor else None
    return PreferenceEffectRow(preference_id=preference_id, before=before, after=0.8, held_out=0.6, pull=0.1)


def _completion(prompt_id: int, index: int, seed: int, *, own: int, job: SamplingJob) -> CompletionRow:
    """One by the policy, or, from `own` on, by the reference: new to it are the policy's, 2 nats a token and more."""
    by_reference = index >= own
    # The last two of a prompt read the same, as short completions often do.
    text = f"Anchor {index - own} of {prompt_id}." if by_reference else f"Reply {min(index, 2)} to {prompt_id}."
    ref_logprob = None if job.reference is None else (-3.0 if by_reference else -10.0 - index)
    return CompletionRow(
        prompt_id=prompt_id, index=index, text=text, tokens=5, ended=True, logprob=-3.0, seed=seed % 1000 + index,
        reward=float(index), reward_sd=0.5, ref_logprob=ref_logprob, by_reference=by_reference,
    )  # fmt: skip


def _kept(directory: Path, step: int) -> bytes:
    return (policy_at(directory, step) / "model.safetensors").read_bytes() if step else b"weights before tuning"


def _model(directory: Path, name: str, *, weights: bytes = b"weights") -> None:
    with replaced_directory(directory / "model") as part:
        (part / "config.json").write_text("{}")
        (part / "model.safetensors").write_bytes(weights)
        (part / "README.md").write_text(f"# A {name}\n")


def _end(
    directory: Path,
    status: str,
    *,
    report: Report | None = None,
    failure: Failure | None = None,
    fired: Sequence[FiredRule] = (),
) -> None:
    result = RunResult(
        status=status,
        report=report,
        failure=failure,
        paused_by=list(fired),
        seconds=0.1,
        peak_rss_mb=10,
        libraries={"fake": "1"},
    )
    write_text(directory / "result.json", result.model_dump_json())


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _say(file: object, event: dict[str, object]) -> None:
    file.write(json.dumps(event) + "\n")
    file.flush()


if __name__ == "__main__":
    main()
