"""What a claim costs on a long and on a short queue, by itself and without HTTP; a process of its own.

    python -m benchmarks.queue.lengths < '{"long": …, "short": …, "user": …, "claims": 300}'

Claims come in turn, each undone by a rollback, so that both queues stay as they are. Prints medians in milliseconds.
"""

import json
import statistics
import sys
import time

import django

django.setup()

from django.db import transaction  # noqa: E402

from annotate.models import Project, User  # noqa: E402
from annotate.services.assignments import assignments_claim  # noqa: E402
from annotate.services.claims import queue_claim  # noqa: E402
from benchmarks.queue.crowd import BUFFER_FULL  # noqa: E402


def milliseconds(act: object, *, project: Project, annotator: User) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        began = time.perf_counter()
        act(project=project, annotator=annotator, count=BUFFER_FULL)  # type: ignore[operator]
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took * 1000


def main() -> None:
    wanted = json.load(sys.stdin)
    annotator = User.objects.get(pk=wanted["user"])
    queues = {name: Project.objects.get(pk=wanted[name]) for name in ("long", "short")}
    found: dict[str, float] = {}
    for kind, act in (("lease", assignments_claim), ("claim", queue_claim)):
        times: dict[str, list[float]] = {name: [] for name in queues}
        for _ in range(wanted["claims"] + 20):
            for name, project in queues.items():
                times[name].append(milliseconds(act, project=project, annotator=annotator))
        found |= {f"{kind}_ms_{name}": round(statistics.median(took[20:]), 3) for name, took in times.items()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
