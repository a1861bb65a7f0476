"""Every page in light and dark, on a phone and on a desk: no accessibility violation, no sideways scroll, no error."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.screen import Screen, Theme
from tests.live.client import Client
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

ADMIN_PAGES = {
    "projects": "/",
    "project-new": "/projects/new",
    "overview": "/projects/{id}",
    "label": "/projects/{id}/label",
    "chat": "/projects/{id}/chat",
    "history": "/projects/{id}/history",
    "rounds": "/projects/{id}/rounds",
    "round": "/projects/{id}/rounds/{round}",
    "models": "/projects/{id}/models",
    "model": "/projects/{id}/models/{model}",
    "principles": "/projects/{id}/principles",
    "queue": "/projects/{id}/queue",
    "preferences": "/projects/{id}/preferences",
    "prompts": "/projects/{id}/prompts",
    "quality": "/projects/{id}/quality",
    "review": "/projects/{id}/review",
    "reviewed": "/projects/{id}/review?state=settled",
    "gold": "/projects/{id}/gold",
    "exclusions": "/projects/{id}/exclusions",
    "members": "/projects/{id}/members",
    "form": "/projects/{id}/form",
    "data": "/projects/{id}/data",
    "settings": "/projects/{id}/settings",
    "audit": "/projects/{id}/audit",
    "account": "/account",
}
PUBLIC_PAGES = {"login": "/login", "join": "/join/no-such-invitation", "unknown": "/no/such/page"}


@pytest.fixture(scope="module")
def places(admin: Client) -> dict[str, Any]:
    """The latest project with a round, or a new one, and what its pages are about."""
    projects = admin.get("projects/")["results"]
    if not projects:
        admin.post(
            "projects/", {"name": "Pages", "base_policy": "starter", "prompts": {"format": "lines", "text": "Hi"}}
        )
        projects = admin.get("projects/")["results"]
    project_id = projects[0]["id"]
    rounds = admin.get(f"projects/{project_id}/rounds/")["results"]
    models = admin.get(f"projects/{project_id}/models/")["results"]
    return {"id": project_id, "round": rounds[0]["id"], "model": models[0]["id"]}


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit(
    browser: Browser, site: LiveSite, admin: Client, places: dict[str, Any], theme: Theme, width: int
) -> None:
    screen = Screen.open(browser, site.address, theme=theme, width=width)
    found: dict[str, list[str]] = {}

    def look(name: str, path: str) -> None:
        screen.visit(path.format(**places))
        screen.picture(f"{name}-{theme}-{width}")
        problems = screen.violations()
        if screen.scrolls_sideways():
            problems.append("the page scrolls sideways")
        if problems:
            found[name] = problems

    for name, path in PUBLIC_PAGES.items():
        look(name, path)
    screen.sign_in_as(admin)
    for name, path in ADMIN_PAGES.items():
        look(name, path)
    screen.close()
    assert not found, json.dumps(found, indent=1)
    assert screen.problems == []
