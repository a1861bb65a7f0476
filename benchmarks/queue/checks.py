"""What the rows say after the load: nothing overshot, lost or doubled, and nobody met a comparison twice."""

from collections import Counter
from typing import Any

import psycopg

OVERSHOT = """
SELECT count(*) FROM (
    SELECT c.id FROM annotate_comparison c JOIN annotate_preference p ON p.comparison_id = c.id
    WHERE p.superseded_at IS NULL GROUP BY c.id, c.wanted HAVING count(*) > c.wanted) overshot
"""
SURPRISES = """
SELECT count(*) FROM (
    SELECT 1 FROM annotate_assignment WHERE annotator_id IS NOT NULL
    GROUP BY comparison_id, annotator_id HAVING count(*) > 1) twice
"""
STORED = "SELECT client_id::text, id, comparison_id, annotator_id FROM annotate_preference WHERE superseded_at IS NULL"
DONE = "SELECT count(*) FROM annotate_assignment WHERE status = 'done'"


def rows_checked(database_url: str, acknowledged: dict[str, int]) -> dict[str, int]:
    """Counts of what must not be, by the labelers' own books (client id → preference) and by the rows alone."""
    with psycopg.connect(database_url) as connection:
        stored = connection.execute(STORED).fetchall()
        (overshot,), (surprises,), (done,) = (_one(connection, query) for query in (OVERSHOT, SURPRISES, DONE))
    by_client = {row[0]: row[1] for row in stored}
    judged = Counter((row[2], row[3]) for row in stored)
    return {
        "overshoot": overshot,
        "lost": sum(by_client.get(client_id) != pk for client_id, pk in acknowledged.items()),
        "doubled": len(stored) - len(by_client) + sum(count - 1 for count in judged.values()),
        "overlap_surprises": surprises,
        "slots_without_verdict": abs(done - len(stored)),
        "verdicts": len(stored),
    }


def _one(connection: psycopg.Connection[Any], query: str) -> tuple[int]:
    row: tuple[int] | None = connection.execute(query).fetchone()
    assert row is not None
    return row
