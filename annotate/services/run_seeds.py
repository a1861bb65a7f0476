"""Seeds of runs: drawn from names, so that they can be drawn again."""

import hashlib

SEED_LIMIT = 2**53
"""Seeds are below it: JSON numbers from there on lose digits in browsers, and a seed shown wrong repeats nothing."""


def seed_of(name: str) -> int:
    """The seed of what has this name, below `SEED_LIMIT`; other names give unrelated ones."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 11
