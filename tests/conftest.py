"""The cast: ada runs the site, ann and ben label, eve has an account and no part in the project."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient
from xdist.scheduler import LoadScopeScheduling

from annotate.models import Project, User
from tests.factories import project_make, user_make

SHARED_PRODUCTS = ("tests/e2e", "tests/faults")
"""Folders whose tests all use one running product, and what earlier ones left in it."""


class LiveScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """`--dist loadscope` keeps tests of a file together and in order, and those of a shared product."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.rpartition("/")[0]
        return folder if folder in SHARED_PRODUCTS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LiveScheduling | None:
    return LiveScheduling(config, log) if config.getoption("dist") == "loadscope" else None


Api = Callable[[User | None], APIClient]


@pytest.fixture
def ada(db: None) -> User:
    """Site admin, and admin of `project`."""
    return user_make("ada", is_staff=True)


@pytest.fixture
def ann(db: None) -> User:
    """Labeler in `project`."""
    return user_make("ann")


@pytest.fixture
def ben(db: None) -> User:
    """Labeler in `project`."""
    return user_make("ben")


@pytest.fixture
def eve(db: None) -> User:
    """Logged in, but outside of `project`."""
    return user_make("eve")


@pytest.fixture
def project(ada: User, ann: User, ben: User) -> Project:
    """A project on the starter, with guidelines, an active policy 0 and an empty queue."""
    return project_make(created_by=ada, labelers=(ann, ben))


@pytest.fixture
def api() -> Api:
    """`api(user)` is a client with the user's session; `api(None)` is anonymous. Bodies go as JSON."""

    def client_for(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_login(user)
        return client

    return client_for
