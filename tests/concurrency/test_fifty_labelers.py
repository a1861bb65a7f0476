"""Ten thousand verdicts from fifty labelers over HTTP, while tabs die, leases end and the web server is killed.

All of it goes through the product's own web server as the launcher starts it, on a database of its own. Afterwards the
rows are compared with what the labelers were told: nothing overshot, lost or doubled. A minute on two quiet cores.
"""

import asyncio
import logging
import os
import random
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from benchmarks.queue.checks import rows_checked
from benchmarks.queue.servers import python_run
from tests.concurrency.unreliable import Labeler
from tests.live.site import LiveSite, live_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(500)]

LABELERS, COMPARISONS, WANTED = 50, 2500, 4
KILL_AFTER = (1500, 3500, 5500, 7500)
"""Verdicts after which the web server is killed."""
MAY_BE_REFUSED = {"assignment/expired", "preference/already-judged", "assignment/not-yours"}

# A labeler's lost connection, or a long lunch. What is locked at this moment is being answered.
LOSE_LEASES = """
UPDATE annotate_assignment SET lease_expires_at = now() - interval '1 second' WHERE id IN (
    SELECT id FROM annotate_assignment WHERE status = 'leased' AND lease_expires_at > now()
    ORDER BY random() LIMIT 12 FOR UPDATE SKIP LOCKED)
"""
CLOSE_THE_OTHER = """
UPDATE annotate_assignment SET status = 'withdrawn' WHERE project_id <> (SELECT min(id) FROM annotate_project)
"""
VERDICTS = "SELECT count(*) FROM annotate_preference WHERE superseded_at IS NULL"
WAITING = "SELECT count(*) FROM annotate_assignment WHERE status IN ('open', 'leased')"
LOST = "SELECT count(*) FROM annotate_assignment WHERE former_holders <> '[]'"
LIVE = "SELECT client_id::text, id FROM annotate_preference WHERE superseded_at IS NULL"


def ask(site: LiveSite, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(site.environment["DATABASE_URL"]) as connection:
        found = connection.execute(sql)  # type: ignore[arg-type]  # constant text
        return found.fetchall() if found.description else []


async def chaos(site: LiveSite, over: asyncio.Event) -> int:
    """End leases and kill the server until every slot has its verdict; how often the server died."""
    kills = 0
    while not over.is_set():
        await asyncio.sleep(0.15)
        await asyncio.to_thread(ask, site, LOSE_LEASES)
        [(verdicts,)] = await asyncio.to_thread(ask, site, VERDICTS)
        if kills < len(KILL_AFTER) and verdicts >= KILL_AFTER[kills]:
            kills += 1
            await asyncio.to_thread(kill_and_revive, site)
        if verdicts >= COMPARISONS * WANTED and await asyncio.to_thread(ask, site, WAITING) == [(0,)]:
            over.set()
    return kills


def kill_and_revive(site: LiveSite) -> None:
    process = site.services["web"].process
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)  # with its workers, as when power is lost
    process.wait()
    site.start("web")
    site.wait_until_healthy()


async def label(site: LiveSite, filled: dict[str, Any]) -> tuple[list[Labeler], int]:
    over = asyncio.Event()
    crowd = [
        Labeler(site.address, filled["long"], person["session"], random.Random(seed), over)
        for seed, person in enumerate(filled["labelers"])
    ]
    async with asyncio.TaskGroup() as group:
        troubles = group.create_task(chaos(site, over))
        for labeler in crowd:
            group.create_task(labeler.work())
    return crowd, troubles.result()


def labelled(site: LiveSite, filled: dict[str, Any]) -> tuple[list[Labeler], int]:
    """In a thread of its own: the one of the tests may already have a browser's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asyncio.wait_for(label(site, filled), timeout=420)).result()


def test_fifty_labelers_with_dying_tabs_and_a_dying_server_lose_double_and_overshoot_nothing() -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request takes longer than some requests
    wanted = {"comparisons": COMPARISONS, "short_comparisons": 1, "overlap": WANTED, "labelers": LABELERS}
    with live_site(only=()) as site:
        filled = python_run(site, "benchmarks.queue.stage", given=wanted)
        ask(site, CLOSE_THE_OTHER)
        site.start("web")
        site.wait_until_healthy()
        crowd, kills = labelled(site, filled)
        live: dict[str, int] = dict(ask(site, LIVE))
        certain = {client_id: pk for labeler in crowd for client_id, pk in labeler.books.certain().items()}
        checked = rows_checked(site.environment["DATABASE_URL"], certain)
        [(leases_lost,)] = ask(site, LOST)

    books = [labeler.books for labeler in crowd]
    events = sum((book.events for book in books), Counter())
    print({**checked, "kills": kills, "leases lost": leases_lost, **events})
    assert not [line for book in books for line in book.contradictions]
    wrong = ("overshoot", "lost", "doubled", "overlap_surprises", "slots_without_verdict")
    assert {name: checked[name] for name in wrong} == dict.fromkeys(wrong, 0)
    assert checked["verdicts"] == COMPARISONS * WANTED >= 10_000
    # Nothing stands that nobody gave, or that its labeler took back.
    open_questions = set().union(*(book.unanswered | book.undo_unanswered for book in books))
    assert live.keys() - certain.keys() <= open_questions
    assert set().union(*(book.refused for book in books)) <= MAY_BE_REFUSED
    # The troubles did happen.
    assert kills == len(KILL_AFTER)
    assert leases_lost > 500
    for name in ("connection lost", "tab died", "sent twice", "undone", "skips", "release", "forgotten", "heartbeat"):
        assert events[name] > 20, (name, events)
