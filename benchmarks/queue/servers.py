"""The product's web server and the floor's, on one database; the floor's tables are copies of the product's."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.queue.floor import KEPT, SLOTS, VERDICTS
from tests.live.site import ROOT, LiveSite, free_port, live_site
from tools.launch import Service, services

PRODUCT = "annotate.config.asgi:application"


@dataclass
class Stage:
    """Servers that run, and who labels what on them."""

    site: LiveSite
    long: int
    short: int
    labelers: list[dict[str, Any]]
    addresses: dict[str, str]

    def python(self, module: str, *arguments: str, given: object = None) -> Any:
        return python_run(self.site, module, *arguments, given=given)


def python_run(site: LiveSite, module: str, *arguments: str, given: object = None) -> Any:
    """What the module prints as JSON, run as a process of its own with the product's settings."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=site.environment,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout)


@contextmanager
def stage(*, slots: int, overlap: int, labelers: int) -> Iterator[Stage]:
    """A queue of `slots` open slots and one of a thousand, served by the product, counted and bare."""
    with live_site(only=()) as site:
        filled = python_run(
            site,
            "benchmarks.queue.stage",
            given={
                "comparisons": slots // overlap + 1,
                "short_comparisons": 1000 // overlap + 1,
                "overlap": overlap,
                "labelers": labelers,
            },
        )
        floor_tables_make(site.environment["DATABASE_URL"])
        extra = {
            "floor": _service(site, "floor", "benchmarks.queue.floor_asgi:application"),
            "counted": _service(site, "counted", "benchmarks.queue.counted:application"),
        }
        try:
            site.start("web")
            for service, _ in extra.values():
                service.start(site.environment)
            site.wait_until_healthy()
            addresses = {"product": site.address, **{name: address for name, (_, address) in extra.items()}}
            yield Stage(site, addresses=addresses, **filled)
        finally:
            for service, _ in extra.values():
                service.stop(seconds=10)


def _service(site: LiveSite, name: str, application: str) -> tuple[Service, str]:
    """The launcher's own command for the web server, with another application."""
    port = free_port()
    web = next(s for s in services(port=port, host="127.0.0.1", var=site.root / name) if s.name == "web")
    assert PRODUCT in web.command
    web.command = [application if part == PRODUCT else part for part in web.command]
    return web, f"http://127.0.0.1:{port}"


def floor_tables_make(database_url: str) -> None:
    """Tables like the product's: the same columns, indexes, constraints and foreign keys, and the same open slots."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for table, original in ((SLOTS, "annotate_assignment"), (VERDICTS, "annotate_preference")):
            connection.execute(f"CREATE TABLE {table} (LIKE {original} INCLUDING ALL)")
        # What the bare view leaves out may be empty.
        for (column,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull", [VERDICTS]
        ).fetchall():
            if column not in KEPT:
                connection.execute(f"ALTER TABLE {VERDICTS} ALTER {column} DROP NOT NULL")
        connection.execute(f"INSERT INTO {SLOTS} SELECT * FROM annotate_assignment")  # noqa: S608  (constant text)
        for table, original in ((SLOTS, "annotate_assignment"), (VERDICTS, "annotate_preference")):
            for (definition,) in connection.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
                [original],
            ).fetchall():
                own = definition.replace("annotate_assignment(", f"{SLOTS}(").replace(
                    "annotate_preference(", f"{VERDICTS}("
                )
                connection.execute(f"ALTER TABLE {table} ADD {own}")
        connection.execute(f"VACUUM (ANALYZE) {SLOTS}")
        connection.execute("CHECKPOINT")
