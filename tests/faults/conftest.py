"""A running product whose processes may be killed, and small projects on it."""

from collections.abc import Iterator

import pytest

from tests.faults.stage import Stage
from tests.live.client import Client
from tests.live.site import live_site


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The product with a run taken over after four seconds of silence, and its admin."""
    with live_site(RLHF_HEARTBEAT_SECONDS="4") as site:
        yield Stage(site, Client.sign_in(site.address, "ada", site.admin_password))


@pytest.fixture(autouse=True)
def everything_runs_again(stage: Stage) -> Iterator[None]:
    """Whatever a test killed is started for the next one."""
    yield
    stage.revive()
