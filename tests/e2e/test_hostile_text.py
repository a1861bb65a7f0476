"""Completions and prompts that try to be something else than text are shown as text, under the strict policy."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Screen
from tests.hostile import HOSTILE
from tests.live.client import CARD, Client
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

# Each text against a tame one, as pairs to judge: no policy would write these by itself.
QUEUE_PAIRS = """
from annotate.models import Assignment, Comparison, Completion, Project, Prompt
from tests.hostile import HOSTILE
project = Project.objects.get(pk={project_id})
for number, (name, text) in enumerate(HOSTILE.items()):
    prompt = Prompt.objects.create(
        project=project, messages=[{{"role": "user", "content": text}}], content_sha256=f"hostile-{{number}}"
    )
    a, b = (
        Completion.objects.create(project=project, prompt=prompt, source="imported", text=words)
        for words in (text, f"tame {{name}}")
    )
    pair = Comparison.objects.create(project=project, prompt=prompt, completion_a=a, completion_b=b)
    Assignment.objects.create(project=project, comparison=pair, rnd=number / 100)
"""


@pytest.fixture(scope="module")
def project(site: LiveSite, admin: Client) -> dict[str, Any]:
    made: dict[str, Any] = admin.post(
        "projects/",
        {
            "name": HOSTILE["script tag"][:100],
            "description": HOSTILE["event handler"],
            "guidelines": "\n\n".join((HOSTILE["javascript link"], HOSTILE["remote image"], HOSTILE["iframe"])),
            "base_policy": "starter",
            "card": CARD,
        },
    )
    site.manage("shell", "-c", QUEUE_PAIRS.format(project_id=made["id"]))
    return made


def test_hostile_text_stays_text(browser: Browser, site: LiveSite, project: dict[str, Any]) -> None:
    screen = Screen.open(browser, site.address)
    page = screen.page
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if site.address not in request.url else None)
    page.on("dialog", lambda dialog: foreign.append(f"dialog {dialog.message}"))
    screen.sign_in("ada", site.admin_password)
    screen.visit(f"/projects/{project['id']}/label")
    for name in HOSTILE:
        frames = [page.get_by_role("region", name=f"{side} completion") for side in ("Left", "Right")]
        expect(frames[0].or_(frames[1]).filter(has_text=f"tame {name}").first).to_be_visible()
        assert page.locator("main img, main iframe, main object, main script, main style").count() == 0, name
        assert not screen.scrolls_sideways(), name
        links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert not [href for href in links if href.lower().startswith(("javascript:", "data:"))], name
        if name == "formula":
            expect(page.locator("main math mfrac").first).to_be_visible()
            assert page.locator("main math").locator("css=[style], [href], [id], a").count() == 0
            screen.picture("hostile-formula-light-1440")
        page.keyboard.press("4")
    screen.picture("hostile-done-light-1440")
    for place in ("", "/preferences", "/prompts", "/history"):
        screen.visit(f"/projects/{project['id']}{place}")
    assert page.evaluate("window.__hostile") is None
    assert foreign == [], json.dumps(foreign[:5])
    assert screen.problems == []
    screen.close()
