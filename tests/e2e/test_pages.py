"""Every page in light and dark, on a phone and on a desk: no accessibility violation, no sideways scroll, no error."""

import json
import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import ROOT, Screen, Theme
from tests.live.client import CARD, Client
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

LABELS = 36

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
SECTIONS = (
    "accuracy.slices.calibration.probes.best-of-n.drift.learning-curve.feedback.labelers.groups.smoothing.self-labels"
    ".principles"
)
REPORT_PAGES = {
    "report-of-round": "/projects/{id}/rounds/{round}?sections=" + SECTIONS,
    "report-of-model": "/projects/{id}/models/{model}?sections=" + SECTIONS,
    "checkpoints": "/projects/{id}/checkpoints/compare?checkpoints={checkpoints}",
}
"""With every section of the report open that it has, and what tuning left behind."""
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


@pytest.fixture(scope="module")
def measured(admin: Client) -> dict[str, Any]:
    """A round that left a report and checkpoints: that of the loop's test, or one made here where that did not run."""
    for project in admin.get("projects/")["results"]:
        for round_ in admin.get(f"projects/{project['id']}/rounds/")["results"]:
            if round_["reward_model"] and _checkpoints(admin, round_):
                return _measured(admin, project["id"], round_)
    return _round_measured(admin)


def _measured(admin: Client, project_id: int, round_: dict[str, Any]) -> dict[str, Any]:
    checkpoints = _checkpoints(admin, round_)
    assert len(checkpoints) >= 2, round_
    return {
        "id": project_id,
        "round": round_["id"],
        "model": round_["reward_model"]["id"],
        "steps": [row["step"] for row in checkpoints],
        "checkpoints": ",".join(str(row["id"]) for row in checkpoints[:4]),
    }


def _checkpoints(admin: Client, round_: dict[str, Any]) -> list[dict[str, Any]]:
    """What the monitor saw of the round's tuning; nothing where there was none."""
    runs = [step["run_id"] for step in round_["steps"] if step["name"] == "policy" and step["run_id"]]
    return [row for run in runs for row in admin.get(f"runs/{run}/checkpoints/")["checkpoints"]]


def _round_measured(admin: Client) -> dict[str, Any]:
    """A round on verdicts of somebody who likes short replies."""
    settings = admin.get("projects/defaults/")["settings"]
    settings["queue"] |= {"pairs_per_round": LABELS, "panel_pairs": 4}
    settings["reward_model"] |= {"annotators": "crowd", "smoothing_rate": 0.3}
    settings["policy"] |= {"steps": 2, "prompts_per_step": 2}
    settings["gates"] |= {"reward_accuracy_above": 0.0, "win_rate_above": 0.0, "ended_share_drop_below": 1.0}
    prompts = (ROOT / "rlhf_backend" / "starter" / "demo_prompts.jsonl").read_text("utf-8")
    made = {"name": "Measured", "base_policy": "starter", "card": CARD, "settings": settings}
    project_id = admin.post("projects/", {**made, "prompts": {"format": "jsonl", "text": prompts}})["id"]
    assert admin.wait_for_round(admin.get(f"projects/{project_id}/rounds/")["results"][0]["id"])["status"] == "done"
    person = admin.invite_labeler(project_id, f"short-{uuid.uuid4().hex[:6]}")
    while slots := person.post(f"projects/{project_id}/claim/", {"count": 10})["assignments"]:
        for slot in slots:
            side = min(("left", "right"), key=lambda name: len(slot[name]["text"]))
            verdict = {"kind": "prefer", "side": side, "strength": 2, "active_ms": 5000}
            said = {"client_id": str(uuid.uuid4()), "assignment_id": slot["id"], **verdict}
            person.post(f"projects/{project_id}/verdicts/", said)
    round_ = admin.wait_for_round(admin.post(f"projects/{project_id}/rounds/")["id"])
    assert round_["reward_model"], round_
    return _measured(admin, project_id, round_)


def test_an_admin_compares_checkpoints_of_a_tuning_run_and_asks_people(
    browser: Browser, site: LiveSite, admin: Client, measured: dict[str, Any]
) -> None:
    screen = Screen.open(browser, site.address)
    screen.sign_in_as(admin)
    page = screen.page
    screen.visit("/projects/{id}/rounds/{round}".format(**measured))
    for part in ("Pre-flight", "Over-optimisation monitor", "Checkpoints"):
        expect(page.get_by_role("heading", name=part)).to_be_visible()
    screen.picture("tuning-light-1440")
    assert screen.violations() == []
    first, last = min(measured["steps"]), max(measured["steps"])
    ask = page.get_by_role("button", name=f"Ask people about step {last}")
    ask.click()
    expect(ask).to_have_count(0)
    expect(page.get_by_text("pairs queued").first).to_be_visible()
    for step in (first, last):
        page.get_by_role("checkbox", name=f"Compare step {step}", exact=True).press("Space")
    page.get_by_role("link", name="Compare", exact=True).press("Enter")
    figures = page.get_by_role("region", name="Figures of the checkpoints")
    expect(figures.get_by_role("columnheader", name=f"Step {last}")).to_be_visible()
    expect(page.get_by_role("region", name=f"Step {last}, prompt").first).to_be_visible()
    assert screen.problems == []
    screen.close()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit(
    browser: Browser,
    site: LiveSite,
    admin: Client,
    places: dict[str, Any],
    measured: dict[str, Any],
    theme: Theme,
    width: int,
) -> None:
    screen = Screen.open(browser, site.address, theme=theme, width=width)
    found: dict[str, list[str]] = {}

    def look(name: str, path: str) -> None:
        screen.visit(path)
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
        look(name, path.format(**places))
    for name, path in REPORT_PAGES.items():
        look(name, path.format(**measured))
    screen.close()
    assert not found, json.dumps(found, indent=1)
    assert screen.problems == []
