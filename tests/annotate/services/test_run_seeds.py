"""Seeds of runs."""

from annotate.services.run_seeds import SEED_LIMIT, seed_of


def test_seeds_are_numbers_that_a_browser_reads_exactly() -> None:
    seeds = [seed_of(f"run {number}") for number in range(1000)]
    assert all(float(seed) == seed and 0 <= seed < SEED_LIMIT for seed in seeds)
    assert len(set(seeds)) == 1000
    assert max(seeds) >= SEED_LIMIT // 2


def test_the_same_name_gives_the_same_seed() -> None:
    assert seed_of("project 1 round 2 policy 0") == seed_of("project 1 round 2 policy 0") != seed_of("run 1")
