"""The whole product as processes, for tests and benchmarks that use it from outside: HTTP, workers, browser."""
