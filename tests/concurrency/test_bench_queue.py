"""The queue's benchmark at a small scale: it measures both sides, counts statements and checks the rows."""

from benchmarks.queue.__main__ import Scale, measure


def test_the_benchmark_measures_product_and_floor_and_checks_the_rows() -> None:
    found = measure(Scale(3000, (8,), turns=1, seconds=1.0, warm_up_seconds=0.3, length_claims=10))
    assert found["verdicts_per_s"] > 0
    assert found["floor_verdicts_per_s"] > 0
    assert found["ratio"] > 0
    assert found["sql_per_verdict"] <= 4
    assert found["refused"] == 0
    wrong = ("overshoot", "lost", "doubled", "overlap_surprises", "slots_without_verdict")
    assert {name: found[name] for name in wrong} == dict.fromkeys(wrong, 0)
    assert found["verdicts"] > 50
