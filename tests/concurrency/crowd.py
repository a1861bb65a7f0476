"""Many at once, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def all_at_once(acts: Iterable[Callable[[], Result]]) -> list[Result]:
    """Every act in its own thread, started together; their results in order.

    Raises: the first exception of any act, after all have ended.
    """
    given = list(acts)
    start = threading.Barrier(len(given))
    results: list[Result | None] = [None] * len(given)
    failures: list[BaseException] = []

    def run(index: int) -> None:
        try:
            start.wait(timeout=60)
            results[index] = given[index]()
        except BaseException as error:  # re-raised below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(given))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results  # type: ignore[return-value]  # every act ended without an exception
