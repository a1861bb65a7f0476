"""Simulated labelers who use the product as people do: they claim, read what is shown left and right, and answer."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rlhf_backend.simulation.annotators import Annotator
from tests.live.client import Client, Json

Gold = Callable[[list[dict[str, str]], str], float]


@dataclass
class Labeler:
    """One simulated person with a hidden gold reward and the noise of an annotator."""

    client: Client
    gold: Gold
    annotator: Annotator
    rng: np.random.Generator
    given: list[Json] = field(default_factory=list)

    def label(self, project_id: int, count: int) -> int:
        """Give up to `count` verdicts; fewer when the queue runs dry. Returns how many were acknowledged."""
        done = 0
        while done < count:
            claimed = self.client.post(f"projects/{project_id}/claim/", {"count": min(10, count - done)})
            if not claimed["assignments"]:
                return done
            for assignment in claimed["assignments"]:
                self.given.append(self.client.post(f"projects/{project_id}/verdicts/", self._verdict(assignment)))
                done += 1
        return done

    def _verdict(self, assignment: Json) -> Json:
        prompt = assignment["prompt"]
        left, right = (self.gold(prompt, assignment[side]["text"]) for side in ("left", "right"))
        verdict = self.annotator.judge(self.rng, gold_a=left, gold_b=right)
        body: Json = {"client_id": str(uuid.uuid4()), "assignment_id": assignment["id"], "active_ms": 2000}
        if verdict.choice in ("a", "b"):
            side = "left" if verdict.choice == "a" else "right"
            return {**body, "kind": "prefer", "side": side, "strength": verdict.strength}
        return {**body, "kind": verdict.choice}
