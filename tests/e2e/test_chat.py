"""A chat in a real Chromium, by keyboard alone, on a desk and on a phone, light and dark."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Screen, Theme
from tests.live.client import Client
from tests.live.site import LiveSite

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
SECONDS_TO_ANSWER = 60_000
"""The first message waits for the policy to be loaded, on a machine that does other things too."""


@pytest.fixture(scope="module")
def project(admin: Client) -> dict[str, Any]:
    made: dict[str, Any] = admin.post("projects/", {"name": "Small talk", "base_policy": "starter"})
    return made


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_a_conversation_by_keyboard_alone(
    browser: Browser, site: LiveSite, admin: Client, project: dict[str, Any], theme: Theme, width: int
) -> None:
    screen = Screen.open(browser, site.address, theme=theme, width=width)
    screen.sign_in("ada", site.admin_password)
    screen.visit(f"/projects/{project['id']}/chat?chat=new")
    keys, field = screen.page.keyboard, screen.page.get_by_role("textbox", name="Your message")
    verdict = screen.page.get_by_role("region", name="Verdict")

    def look(name: str) -> None:
        screen.picture(f"chat-{name}-{theme}-{width}")
        assert screen.violations() == []
        assert not screen.scrolls_sideways()

    def ask(*lines: str) -> None:
        expect(field).to_be_focused()
        for number, line in enumerate(lines):
            if number:
                keys.press("Shift+Enter")
            keys.type(line)
        keys.press("Enter")
        expect(verdict).to_be_visible(timeout=SECONDS_TO_ANSWER)

    look("new")
    ask("Help me plan a rainy evening.", "It is for my roommate.")
    look("judging")
    keys.press("6")
    ask("Thank you. And **for two**?")
    keys.press("0")
    expect(screen.page.get_by_text("Both bad: this message")).to_be_visible()
    keys.press("Escape")
    keys.press("z")
    expect(verdict).to_be_visible()
    keys.press("4")
    expect(field).to_be_focused()
    look("settled")
    (row, *_) = admin.get(f"projects/{project['id']}/chats/")["results"]
    turns = admin.get(f"projects/{project['id']}/chats/{row['id']}/")["turns"]
    assert [(t["verdict"]["kind"], t["verdict"]["side"]) for t in turns] == [("prefer", "right"), ("tie", None)]
    assert [t["chosen"] for t in turns] == [turns[0]["partial"][1], turns[1]["partial"][0]]
    assert turns[0]["text"] == "Help me plan a rainy evening.\nIt is for my roommate."
    screen.close()
    assert screen.problems == []
