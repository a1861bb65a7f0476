"""What an admin does about labels, through the page: publish a form, settle a disagreement, exclude with foresight."""

import uuid
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Screen
from tests.live.client import CARD, Client, Json
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

PAIRS = 3


def judge(person: Client, project_id: int, assignment: Json, liked: dict[int, str]) -> None:
    """Prefers the left completion, but never one that somebody has liked before."""
    shown = {side: assignment[side]["text"] for side in ("left", "right")}
    side = "right" if liked.get(assignment["comparison_id"]) == shown["left"] else "left"
    liked.setdefault(assignment["comparison_id"], shown[side])
    body: Json = {"client_id": str(uuid.uuid4()), "assignment_id": assignment["id"]}
    said: Json = {"kind": "prefer", "side": side, "strength": 2, "active_ms": 5000}
    person.post(f"projects/{project_id}/verdicts/", {**body, **said})


@dataclass(frozen=True)
class Minds:
    """A project with so many pairs; a policy that writes the same twice leaves one fewer to compare."""

    project_id: int
    pairs: int


@pytest.fixture(scope="module")
def minds(admin: Client) -> Minds:
    """Ann takes the left side of every pair and ben the other one."""
    settings = admin.get("projects/defaults/")["settings"]
    settings["queue"] |= {"pairs_per_round": PAIRS, "panel_pairs": 0, "overlap": 2}
    created = admin.post(
        "projects/",
        {
            "name": "Two minds",
            "base_policy": "starter",
            "card": CARD,
            "prompts": {
                "format": "lines",
                "text": "How do I say no?\nWhat can I cook with rice?\nPlan a rainy evening.",
            },
            "settings": settings,
        },
    )
    project_id = int(created["id"])
    first = admin.get(f"projects/{project_id}/rounds/")["results"][0]
    assert admin.wait_for_round(first["id"])["status"] == "done"
    liked: dict[int, str] = {}
    for name in ("ann", "ben"):
        person = admin.invite_labeler(project_id, f"{name}-{uuid.uuid4().hex[:6]}")
        # Two slots of one pair may stand first in the queue: a claim then brings fewer than it asks for.
        while slots := person.post(f"projects/{project_id}/claim/", {"count": PAIRS})["assignments"]:
            for assignment in slots:
                judge(person, project_id, assignment, liked)
    assert liked
    return Minds(project_id, len(liked))


@pytest.fixture
def screen(browser: Browser, site: LiveSite, admin: Client) -> Screen:
    opened = Screen.open(browser, site.address)
    opened.sign_in_as(admin)
    return opened


def test_a_disagreement_is_settled_by_keys_and_taken_back(screen: Screen, admin: Client, minds: Minds) -> None:
    page = screen.page
    screen.visit(f"/projects/{minds.project_id}/review")
    heading = page.get_by_role("heading", name="Comparison").first
    first = heading.inner_text()
    page.keyboard.press("2")
    page.keyboard.press("+")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is settled")).to_be_visible()
    expect(heading).not_to_have_text(first)
    settled = admin.get(f"projects/{minds.project_id}/review/", state="settled")["results"][0]
    assert settled["review"]["outcome"] == "value_difference"
    assert settled["review"]["share_a"] == pytest.approx(0.55)

    page.keyboard.press("u")
    expect(page.get_by_text("is settled")).to_have_count(0)
    assert admin.get(f"projects/{minds.project_id}/review/")["total"] == minds.pairs
    assert screen.problems == []
    screen.close()


def test_an_exclusion_shows_what_it_touches_and_can_be_lifted(screen: Screen, admin: Client, minds: Minds) -> None:
    page = screen.page
    screen.visit(f"/projects/{minds.project_id}/exclusions")
    page.get_by_label("Labeler").select_option(index=2)
    foresight = page.get_by_role("region", name="What it would touch")
    expect(foresight.get_by_text(f"{minds.pairs} preferences")).to_be_visible()
    page.get_by_label("Reason").fill("Answered without reading.")
    page.get_by_role("button", name="Exclude", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Exclude").click()
    lift = page.get_by_role("button", name="Lift")
    expect(lift).to_be_visible()
    excluded = [row["excluded"] for row in admin.get(f"projects/{minds.project_id}/preferences/")["results"]]
    assert excluded.count("Answered without reading.") == minds.pairs

    lift.click()
    page.get_by_role("dialog").get_by_role("button", name="Lift").click()
    expect(page.get_by_text("lifted by ada")).to_be_visible()
    assert not any(row["excluded"] for row in admin.get(f"projects/{minds.project_id}/preferences/")["results"])
    assert screen.problems == []
    screen.close()


def test_a_changed_form_is_published_as_the_next_version(screen: Screen, admin: Client, minds: Minds) -> None:
    page = screen.page
    screen.visit(f"/projects/{minds.project_id}/form")
    page.get_by_role("radio", name="4 points").check()
    page.get_by_role("button", name="Add an aspect").click()
    page.get_by_role("group", name="an aspect 1").get_by_label("Label").fill("Kind")
    expect(page.get_by_role("figure", name="What a labeler sees").get_by_text("Kind")).to_be_visible()
    page.get_by_role("button", name="Publish version 2").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("4 points without a midpoint")).to_be_visible()
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2, in force")).to_be_visible()
    form = admin.get(f"projects/{minds.project_id}/")["form"]
    assert (form["number"], form["form"]["strengths"], form["form"]["tie"]) == (2, 2, False)
    assert [aspect["key"] for aspect in form["form"]["aspects"]] == ["kind"]
    assert screen.problems == []
    screen.close()
