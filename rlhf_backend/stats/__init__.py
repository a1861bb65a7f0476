"""Statistics of preferences and samples: intervals, calibration, pair selection. NumPy and SciPy only, never torch."""
