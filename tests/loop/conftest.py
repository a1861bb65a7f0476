"""One running product for all the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.faults.stage import Stage
from tests.live.client import Client
from tests.live.site import LiveSite, live_site


@pytest.fixture(scope="session")
def site() -> Iterator[LiveSite]:
    with live_site() as running:
        yield running


@pytest.fixture(scope="session")
def admin(site: LiveSite) -> Client:
    return Client.sign_in(site.address, "ada", site.admin_password)


@pytest.fixture(scope="session")
def stage(site: LiveSite, admin: Client) -> Stage:
    return Stage(site, admin)
