"""The queue's speed and exactness over HTTP, on this machine: `make bench-queue` (or `… ARGS=--quick`).

A million open slots, three verdicts wanted for each comparison, 1, 8, 32 and 100 labelers at once. The product and the
floor take turns, so that both meet the same machine; figures are medians over the turns. Prints a table and one JSON
line; the figures of each number of labelers go to benchmarks/results/queue.json.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.queue import STATEMENTS_HEADER
from benchmarks.queue.checks import rows_checked
from benchmarks.queue.crowd import BUFFER_FULL, Plan
from benchmarks.queue.servers import Stage, stage

RESULTS = Path(__file__).parents[1] / "results" / "queue.json"
OVERLAP = 3
HEADLINE, COMPARED = 8, (8, 32)
"""Labelers of the figures in the headline, and those at which the floor's throughput is the target's measure."""
COUNTED_VERDICTS = 30


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    slots: int
    labelers: tuple[int, ...]
    turns: int
    seconds: float
    warm_up_seconds: float
    length_claims: int


FULL = Scale(1_000_000, (1, 8, 32, 100), turns=5, seconds=4.0, warm_up_seconds=1.0, length_claims=300)
QUICK = Scale(20_000, (1, 8), turns=1, seconds=2.0, warm_up_seconds=0.5, length_claims=40)


@dataclass
class Load:
    """One turn of the labelers."""

    verdicts_per_s: float
    claim_p50_ms: float
    claim_p95_ms: float
    verdict_p50_ms: float
    verdict_p95_ms: float


@dataclass
class Books:
    """What the labelers were told about their verdicts."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def load(on: Stage, server: str, *, labelers: int, scale: Scale, books: Books) -> Load:
    plan = Plan(
        address=on.addresses[server],
        project=on.long,
        labelers=on.labelers[:labelers],
        warm_up_seconds=scale.warm_up_seconds,
        seconds=scale.seconds,
        seed=time.time_ns(),
    )
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(asdict(plan), file)
        file.flush()
        told: dict[str, Any] = on.python("benchmarks.queue.crowd", file.name)
    books.refused += told["refused"]
    if server == "product":
        books.acknowledged |= told["acknowledged"]
    claims, verdicts = told["claims_ms"], told["verdicts_ms"]
    if not claims or not verdicts:
        raise RuntimeError(f"{server} with {labelers} labelers answered nothing: {told['refused'][:3]}")
    return Load(
        verdicts_per_s=len(verdicts) / scale.seconds,
        claim_p50_ms=percentile(claims, 0.5),
        claim_p95_ms=percentile(claims, 0.95),
        verdict_p50_ms=percentile(verdicts, 0.5),
        verdict_p95_ms=percentile(verdicts, 0.95),
    )


def compared(on: Stage, labelers: int, *, scale: Scale, books: Books) -> dict[str, Any]:
    """Product and floor in turn; medians, and the median of the turns' ratios."""
    turns: dict[str, list[Load]] = {"product": [], "floor": []}
    for turn in range(scale.turns):
        for server in sorted(turns, reverse=turn % 2 == 0):
            turns[server].append(load(on, server, labelers=labelers, scale=scale, books=books))
    ratios = [p.verdicts_per_s / f.verdicts_per_s for p, f in zip(turns["product"], turns["floor"], strict=True)]

    def median(server: str, name: str) -> float:
        found: list[float] = [getattr(one, name) for one in turns[server]]
        return round(statistics.median(found), 1)

    names = Load.__dataclass_fields__
    return {
        "labelers": labelers,
        **{name: median("product", name) for name in names},
        **{f"floor_{name}": median("floor", name) for name in names},
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
    }


def statements(on: Stage, books: Books) -> dict[str, float]:
    """SQL statements of a verdict and of a claim, counted one request at a time."""
    csrf = "c" * 32
    cookies = {"sessionid": on.labelers[0]["session"], "csrftoken": csrf}
    counts: dict[str, list[int]] = {"claim": [], "verdict": []}
    with httpx.Client(
        base_url=f"{on.addresses['counted']}/api/projects/{on.long}/", cookies=cookies, headers={"X-CSRFToken": csrf}
    ) as http:
        while len(counts["verdict"]) < COUNTED_VERDICTS:
            claim = http.post("claim/", json={"count": BUFFER_FULL})
            counts["claim"].append(int(claim.headers[STATEMENTS_HEADER]))
            for slot in claim.json()["assignments"]:
                client_id = f"00000000-0000-4000-8000-{slot['id']:012d}"
                body = {"client_id": client_id, "assignment_id": slot["id"], "kind": "tie", "active_ms": 1000}
                verdict = http.post("verdicts/", json=body)
                counts["verdict"].append(int(verdict.headers[STATEMENTS_HEADER]))
                books.acknowledged[client_id] = verdict.json()["preference_id"]
    return {f"sql_per_{name}": statistics.fmean(found) for name, found in counts.items()}


def measure(scale: Scale) -> dict[str, Any]:
    books = Books()
    with stage(slots=scale.slots, overlap=OVERLAP, labelers=max(scale.labelers)) as on:
        print(f"{scale.slots:,} open slots, overlap {OVERLAP}", file=sys.stderr, flush=True)
        counted = statements(on, books)
        given = {"long": on.long, "short": on.short, "user": on.labelers[0]["user"], "claims": scale.length_claims}
        lengths = on.python("benchmarks.queue.lengths", given=given)
        levels = []
        for labelers in scale.labelers:
            levels.append(compared(on, labelers, scale=scale, books=books))
            print(row(levels[-1]), file=sys.stderr, flush=True)
        checked = rows_checked(on.site.environment["DATABASE_URL"], books.acknowledged)
    headline = next(level for level in levels if level["labelers"] == HEADLINE)
    return {
        **{name: headline[name] for name in ("claim_p95_ms", "verdict_p95_ms", "verdicts_per_s")},
        "floor_verdicts_per_s": headline["floor_verdicts_per_s"],
        "ratio": min(level["ratio"] for level in levels if level["labelers"] in COMPARED),
        **counted,
        **checked,
        "refused": len(books.refused),
        "slots": scale.slots,
        "claim_ms_by_length": lengths,
        "claim_length_ratio": round(lengths["claim_ms_long"] / lengths["claim_ms_short"], 3),
        "levels": levels,
    }


def row(level: dict[str, Any]) -> str:
    return (
        f"{level['labelers']:>4} labelers: {level['verdicts_per_s']:7.1f} verdicts/s"
        f" (claim p95 {level['claim_p95_ms']:6.1f} ms, verdict p95 {level['verdict_p95_ms']:6.1f} ms)"
        f"   floor {level['floor_verdicts_per_s']:7.1f}/s   ratio {level['ratio']:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small queue, 1 and 8 labelers, half a minute")
    arguments = parser.parse_args()
    began = time.monotonic()
    found = measure(QUICK if arguments.quick else FULL)
    found["seconds"] = round(time.monotonic() - began)
    if not arguments.quick:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps({name: value for name, value in found.items() if name != "levels"}))


if __name__ == "__main__":
    main()
