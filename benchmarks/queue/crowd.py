"""Simulated labelers over HTTP, a process of its own: `python -m benchmarks.queue.crowd PLAN.json`.

Each labeler has a session and a connection, holds a small buffer as the browser does, and judges one comparison after
the other without a pause. Figures are of the requests answered within the measured window; what is held at its end is
judged too, so that the next load meets no leases of this one. Prints one JSON line.
"""

import asyncio
import json
import random
import resource
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

BUFFER_LOW, BUFFER_FULL = 4, 10
"""As frontend/src/features/label/label-selectors.ts: claim below the first, up to the second."""


@dataclass(frozen=True)
class Plan:
    """Who does what, where and for how long."""

    address: str
    project: int
    labelers: list[dict[str, Any]]
    warm_up_seconds: float
    seconds: float
    seed: int


@dataclass
class Window:
    """What was measured; latencies in milliseconds."""

    begins: float
    ends: float
    claims_ms: list[float] = field(default_factory=list)
    verdicts_ms: list[float] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


class Labeler:
    def __init__(self, plan: Plan, person: dict[str, Any], window: Window) -> None:
        csrf = "c" * 32
        self.http = httpx.AsyncClient(
            base_url=f"{plan.address}/api/projects/{plan.project}/",
            timeout=60,
            cookies={"sessionid": person["session"], "csrftoken": csrf},
            headers={"X-CSRFToken": csrf, "X-Labeler": str(person["user"])},
        )
        self.window = window
        self.draw = random.Random(f"{plan.seed}-{person['user']}")
        self.ready: list[int] = []

    async def work(self) -> None:
        async with self.http:
            while time.perf_counter() < self.window.ends:
                if len(self.ready) < BUFFER_LOW and not await self._claim():
                    break
                await self._judge(self.ready.pop(0))
            while self.ready:
                await self._judge(self.ready.pop(0))

    async def _claim(self) -> bool:
        """Fill the buffer; the product answers with what is held already too, the floor does not."""
        held = set(self.ready)
        answer = await self._post("claim/", {"count": BUFFER_FULL}, self.window.claims_ms)
        for slot in answer.json()["assignments"] if answer.status_code == 200 else []:
            if slot["id"] not in held:
                self.ready.append(slot["id"])
        return bool(self.ready)

    async def _judge(self, assignment: int) -> None:
        client_id = str(uuid.UUID(int=self.draw.getrandbits(128), version=4))
        body = {
            "client_id": client_id,
            "assignment_id": assignment,
            "kind": "prefer",
            "side": self.draw.choice(("left", "right")),
            "strength": self.draw.randint(1, 3),
            "active_ms": 4000,
        }
        answer = await self._post("verdicts/", body, self.window.verdicts_ms)
        if answer.status_code == 201:
            self.window.acknowledged[client_id] = answer.json()["preference_id"]

    async def _post(self, path: str, body: dict[str, Any], latencies: list[float]) -> httpx.Response:
        began = time.perf_counter()
        answer = await self.http.post(path, json=body)
        ended = time.perf_counter()
        if answer.status_code >= 400:
            self.window.refused.append(f"{answer.status_code} {answer.text[:200]}")
        elif self.window.begins <= ended <= self.window.ends:
            latencies.append((ended - began) * 1000)
        return answer


async def run(plan: Plan) -> Window:
    begins = time.perf_counter() + plan.warm_up_seconds
    window = Window(begins, begins + plan.seconds)
    await asyncio.gather(*(Labeler(plan, person, window).work() for person in plan.labelers))
    return window


def main() -> None:
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text()))
    window = asyncio.run(run(plan))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "claims_ms": window.claims_ms,
                "verdicts_ms": window.verdicts_ms,
                "acknowledged": window.acknowledged,
                "refused": window.refused,
                "client_cpu_s": used.ru_utime + used.ru_stime,
            }
        )
    )


if __name__ == "__main__":
    main()
