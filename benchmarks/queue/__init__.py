"""The queue under load over HTTP, beside a bare view that does the same claim and insert: `make bench-queue`."""

STATEMENTS_HEADER = "x-sql-statements"
"""Of an answer of the counted product: how many SQL statements it took."""
