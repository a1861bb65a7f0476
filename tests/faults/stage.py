"""What fault tests do to a running product: make work for it, watch the work, hurt the workers."""

import json
import os
import signal
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.live.client import CARD, Client, Json, wait_for
from tests.live.site import LiveSite

PROMPTS = [f"Help me write to my {who} about {what}." for who in ("aunt", "boss", "friend") for what in ("tea", "rain")]
PANEL = ["Tell me a tiny story about a fox.", "Plan a rainy evening for my roommate."]
SMALL: dict[str, Json] = {
    "queue": {"pairs_per_round": 12, "panel_pairs": 2, "lease_seconds": 300},
    "sampling": {"samples_per_prompt": 3, "max_new_tokens": 16},
    "reward_model": {"min_preferences": 10, "heads": 2},
    # The gates are not the subject here: everything passes.
    "gates": {
        "reward_accuracy_above": 0.0,
        "win_rate_above": 0.0,
        "kl_below": 1e6,
        "length_ratio_below": 1e6,
        "ended_share_drop_below": 1.0,
    },
    "policy": {
        "steps": 3,
        "prompts_per_step": 2,
        "samples_per_prompt": 2,
        "max_new_tokens": 16,
        "checkpoint_every": 1,
    },
    # Nor are the monitor's rules; and the first steps that faults wait for are those of tuning.
    "monitor": {"pause": False, "preflight": False},
    "evaluation": {"samples_per_prompt": 1, "max_new_tokens": 16},
}


@dataclass
class Stage:
    """The site and its admin."""

    site: LiveSite
    admin: Client

    def project(
        self, *, base_policy: str = "starter", reward_backbone: str = "", form: Json | None = None, **changes: Json
    ) -> int:
        """A small project; sections of its settings may be changed."""
        settings = {name: {**SMALL.get(name, {}), **changes.get(name, {})} for name in {*SMALL, *changes}}
        rows = [{"prompt": text, "split": "train"} for text in PROMPTS]
        rows += [{"prompt": text, "split": "panel"} for text in PANEL]
        made = self.admin.post(
            "projects/",
            {
                "name": f"Faults {uuid.uuid4().hex[:6]}",
                "description": "",
                "guidelines": "",
                "base_policy": base_policy,
                "card": CARD,
                "reward_backbone": reward_backbone,
                "prompts": {"format": "jsonl", "text": "\n".join(json.dumps(row) for row in rows)},
                "settings": settings,
                "form": form or {},
            },
        )
        return int(made["id"])

    def labelled_project(self, *, count: int = 12, verdict: Json | None = None, **changes: Json) -> int:
        """A project whose first pairs have been judged, the left one preferred unless said otherwise."""
        project_id = self.project(**changes)
        self.finish_round(project_id)
        self.label(project_id, count=count, verdict=verdict)
        return project_id

    def label(self, project_id: int, *, count: int, verdict: Json | None = None) -> None:
        given = 0
        while given < count:
            claimed = self.admin.post(f"projects/{project_id}/claim/", {"count": min(10, count - given)})
            assert claimed["assignments"], f"the queue ran dry after {given} verdicts"
            for assignment in claimed["assignments"]:
                self.admin.post(f"projects/{project_id}/verdicts/", verdict_on(assignment["id"], verdict))
                given += 1

    def start_round(self, project_id: int) -> int:
        return int(self.admin.post(f"projects/{project_id}/rounds/")["id"])

    def finish_round(self, project_id: int) -> Json:
        """The project's last round once it has stopped."""
        (last, *_) = self.admin.get(f"projects/{project_id}/rounds/")["results"]
        return self.admin.wait_for_round(last["id"], seconds=240)

    def run_of(self, round_id: int, kind: str, *, where: Callable[[Json], bool] = lambda run: True) -> Json:
        """The round's run of this kind once `where` holds of it."""

        def probe() -> Json | None:
            round_ = self.admin.get(f"rounds/{round_id}/")
            run_id = next(step["run_id"] for step in round_["steps"] if step["name"] == kind)
            if run_id is None:
                assert round_["status"] not in ("failed", "blocked"), round_["failure_detail"]
                return None
            run: Json = self.admin.get(f"runs/{run_id}/")
            return run if where(run) else None

        return wait_for(probe, what=f"the {kind} run of round {round_id}", seconds=240)

    def training(self, round_id: int, kind: str = "policy", *, step: int = 2) -> Json:
        """The run while the engine works on it, `step` steps or more into its phase."""

        def is_under_way(run: Json) -> bool:
            assert run["status"] in ("queued", "running"), f"the run ended before the fault: {run['status']}"
            return run["status"] == "running" and (run["progress"] or {}).get("step", -1) >= step

        return self.run_of(round_id, kind, where=is_under_way)

    def said(self, run_id: int, words: str) -> list[str]:
        """The log lines with these words, once there is one."""

        def probe() -> list[str] | None:
            lines = self.admin.get(f"runs/{run_id}/log/")["results"]
            return [line["message"] for line in lines if words in line["message"]] or None

        return wait_for(probe, what=f"“{words}” in the log of run {run_id}", seconds=240)

    def ended(self, round_id: int, kind: str) -> Json:
        return self.run_of(round_id, kind, where=lambda run: run["status"] in ("done", "failed", "cancelled"))

    def statuses(self, run_id: int) -> list[str]:
        """Every status of the run, from the live stream."""
        text = self.admin.request("GET", f"rounds/{self.admin.get(f'runs/{run_id}/')['round_id']}/stream/")
        blocks = [block for block in text.split("\n\n") if "event: run" in block]
        events = [json.loads(block.split("data: ", 1)[1]) for block in blocks]
        return [e["data"]["status"] for e in events if e["run_id"] == run_id and e["type"] == "status"]

    def directory(self, run_id: int) -> Path:
        return Path(self.site.environment["RLHF_DATA_DIR"]) / "runs" / str(run_id)

    def engine_pid(self, run_id: int) -> int:
        return int(json.loads((self.directory(run_id) / "engine.pid").read_text())["pid"])

    def kill(self, name: str) -> None:
        """SIGKILL of a service with all its processes, as when power is lost; engines are left to the kernel."""
        process = self.site.services[name].process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_trainer(self) -> None:
        """The polite stop of a deployment."""
        self.site.services["trainer"].stop(seconds=60)

    def revive(self) -> None:
        for name, service in self.site.services.items():
            if service.process is None or service.process.poll() is not None:
                self.site.start(name)
        self.site.wait_until_healthy()


def verdict_on(assignment_id: int, verdict: Json | None = None) -> Json:
    """A verdict's body; the left completion is better unless said otherwise."""
    given = verdict or {"kind": "prefer", "side": "left", "strength": 2}
    return {"client_id": str(uuid.uuid4()), "assignment_id": assignment_id, "active_ms": 900, **given}
