"""A real Chromium against the whole product; pictures of what it saw stay in var/e2e."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.live.client import Client
from tests.live.site import LiveSite, live_site

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "e2e"


def _chromium() -> str | None:
    named = os.environ.get("PREFLOOP_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = _chromium()
    if program is None:
        pytest.skip("no Chromium found: install it or name it in PREFLOOP_CHROMIUM")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site(browser: Browser) -> Iterator[LiveSite]:
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.skip("the front end is not built: `make setup` builds it")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with live_site() as running:
        yield running


@pytest.fixture(scope="session")
def admin(site: LiveSite) -> Client:
    return Client.sign_in(site.address, "ada", site.admin_password)
