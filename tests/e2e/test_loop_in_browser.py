"""Log in, label with the keyboard alone, start a round, and meet the new policy's pairs: all through the page."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.screen import ROOT, Screen
from tests.live.client import CARD, Client
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

LABELS = 36


@pytest.fixture(scope="module")
def project(admin: Client) -> dict[str, Any]:
    """A project on the starter whose rounds are short; its first pairs are in the queue."""
    settings = admin.get("projects/defaults/")["settings"]
    settings["queue"] |= {"pairs_per_round": 40, "panel_pairs": 4}
    settings["policy"] |= {"steps": 16, "prompts_per_step": 8, "learning_rate": 2e-3}
    # So short a tuning may fail to win clearly; what the gates decide is not the subject here.
    settings["gates"] |= {"reward_accuracy_above": 0.0, "win_rate_above": 0.0, "ended_share_drop_below": 1.0}
    rows = (ROOT / "rlhf_backend" / "starter" / "demo_prompts.jsonl").read_text("utf-8")
    created: dict[str, Any] = admin.post(
        "projects/",
        {
            "name": "Kitchen table",
            "description": "Short replies to everyday requests.",
            "guidelines": "Prefer the **shorter** reply.",
            "base_policy": "starter",
            "card": CARD,
            "prompts": {"format": "jsonl", "text": rows},
            "settings": settings,
        },
    )
    first = admin.get(f"projects/{created['id']}/rounds/")["results"][0]
    assert admin.wait_for_round(first["id"])["status"] == "done"
    return created


def completion(page: Page, side: str) -> str:
    """What is shown on one side, without the name of the side."""
    return page.get_by_role("region", name=f"{side} completion").inner_text().removeprefix(side).strip()


def painted(page: Page) -> str:
    """How many next pairs have been painted so far; empty before the first."""
    return page.locator("[data-paint-count]").get_attribute("data-paint-count") or ""


def prefer_the_shorter(page: Page, count: int) -> None:
    for _ in range(count):
        left, right, before = completion(page, "Left"), completion(page, "Right"), painted(page)
        page.keyboard.press("4" if len(left) == len(right) else "2" if len(left) < len(right) else "6")
        page.wait_for_function(
            "before => document.querySelector('[data-paint-count]').dataset.paintCount !== before", arg=before
        )


def test_a_labeler_needs_no_mouse_and_the_next_pairs_come_from_the_new_policy(
    browser: Browser, site: LiveSite, admin: Client, project: dict[str, Any]
) -> None:
    url = admin.post(f"projects/{project['id']}/invites/", {"role": "labeler", "max_uses": 1, "days": 1})["url"]
    labeler = Screen.open(browser, site.address)
    page = labeler.page

    # Joins through the invitation and finds the way to the first pair with the keyboard.
    page.goto(url)
    page.get_by_label("Username").focus()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type("a long pass phrase")
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation").first).to_be_visible()
    labeler.visit(f"/projects/{project['id']}/label")
    expect(page.get_by_role("region", name="Left completion")).to_be_visible()
    labeler.picture("label-light-1440")

    # A verdict and its undo leave nothing behind; then the taste: shorter is better.
    text = completion(page, "Left")
    page.keyboard.press("1")
    expect(page.get_by_role("region", name="Left completion")).not_to_contain_text(text, use_inner_text=True)
    page.keyboard.press("z")
    expect(page.get_by_role("region", name="Left completion")).to_contain_text(text, use_inner_text=True)
    prefer_the_shorter(page, LABELS)
    p95 = float(page.locator("[data-paint-p95]").get_attribute("data-paint-p95") or "nan")
    print(json.dumps({"key_to_next_pair_painted_p95_ms": p95}))
    expect.set_options(timeout=15_000)
    page.wait_for_function(
        "async ([path, count]) => (await (await fetch(path)).json()).done_total === count",
        arg=[f"/api/projects/{project['id']}/me/", LABELS],
    )

    # The admin starts a round and watches it.
    boss = Screen.open(browser, site.address)
    boss.sign_in("ada", site.admin_password)
    boss.visit(f"/projects/{project['id']}")
    start = boss.page.get_by_role("button", name="Start round")
    expect(start).to_be_enabled()  # not before it is known what the round would use
    start.focus()
    boss.page.keyboard.press("Enter")
    boss.page.get_by_role("dialog").get_by_role("button", name="Start round").press("Enter")
    boss.page.wait_for_url("**/rounds/*")
    round_id = int(boss.page.url.rstrip("/").rsplit("/", 1)[1])
    boss.page.wait_for_timeout(6000)
    boss.picture("round-live-light-1440")
    found = admin.wait_for_round(round_id)
    assert found["status"] == "done", found["gates"]
    expect(boss.page.get_by_text("Win rate").first).to_be_visible(timeout=20_000)
    boss.picture("round-done-light-1440")

    # The labeler, whose page stayed open, is told, and after the pairs in the buffer judges what policy 1 wrote.
    expect(page.get_by_text("written by policy 1")).to_be_visible(timeout=60_000)
    prefer_the_shorter(page, 10)
    labeler.picture("label-after-round-light-1440")
    page.wait_for_function(
        "async ([path, count]) => (await (await fetch(path)).json()).done_total === count",
        arg=[f"/api/projects/{project['id']}/me/", LABELS + 10],
    )
    latest = admin.get(f"projects/{project['id']}/preferences/")["results"][0]
    assert 1 in {latest[side]["policy_number"] for side in ("completion_a", "completion_b")}
    assert labeler.problems == []
    assert boss.problems == []
    labeler.close()
    boss.close()
