"""Every kind of verdict by keyboard, no loss without a connection, two tabs, a phone: in Chromium on the product."""

import json
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.desk import Desk, plain_rows, project_with_pairs
from tests.e2e.screen import ROOT, Theme
from tests.live.client import Client
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

EVERY_KIND: dict[str, Any] = {"strengths": 3, "tie": True, "both_bad": True, "both_good": True, "cannot_judge": True}
RICH: dict[str, Any] = {
    "strengths": 4,
    "tie": False,
    "aspects": [{"key": "helpful", "label": "Helpful"}, {"key": "harmless", "label": "Harmless", "tie": True}],
    "flags": [{"key": "violence", "label": "Violence"}, {"key": "privacy", "label": "Privacy"}],
    "reasons": [{"key": "clear", "label": "Clear"}, {"key": "wrong", "label": "Wrong", "sign": "bad"}],
    "rating": 5,
    "rationale": "required",
    "rationale_min": 10,
    "highlights": True,
    "edit": True,
}
LONG = "\n\n".join(
    [
        "# A heading",
        "Some **bold** words, `code`, and a list:",
        "- one\n- two\n- three",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "```python\n" + "print('a rather long line of code that must scroll inside of its own box')\n" * 3 + "```",
        "Euler: $e^{i\\pi} + 1 = 0$.",
        "مرحبا، هذا نص من اليمين إلى اليسار.",
        "And then " + "many more words that make this text long, " * 40,
    ]
)

# The largest text on the page is the pair's, which comes with the claim: until it is painted nothing can be judged.
FIRST_PAINT = """() => new Promise(resolve =>
    new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime))
        .observe({type: 'largest-contentful-paint', buffered: true}))"""


def kinds(rows: list[dict[str, Any]]) -> list[tuple[str, str | None, int | None]]:
    return [(row["kind"], row["side"], row["strength"]) for row in rows]


def test_every_kind_of_verdict_has_one_key(browser: Browser, site: LiveSite, admin: Client) -> None:
    project = project_with_pairs(site, admin, name="Every kind", form=EVERY_KIND, rows=plain_rows(16))
    desk = Desk.open(browser, site, admin, project)
    for number, key in enumerate(["1", "2", "3", "4", "5", "6", "7", "0", "9", "c", "ArrowLeft", "ArrowRight", "s"]):
        desk.sees(f"answer to {number}.")
        desk.press(key)
    assert kinds(desk.delivered(12)) == [
        ("prefer", "left", 3),
        ("prefer", "left", 2),
        ("prefer", "left", 1),
        ("tie", None, None),
        ("prefer", "right", 1),
        ("prefer", "right", 2),
        ("prefer", "right", 3),
        ("both_bad", None, None),
        ("both_good", None, None),
        ("cannot_judge", None, None),
        ("prefer", "left", 2),
        ("prefer", "right", 2),
    ]
    # Undo goes back over the skip and two verdicts, the newest first; what was taken back can be said anew.
    desk.press("z", "z", "z")
    desk.sees("answer to 10.")
    desk.press("4")
    desk.sees("answer to 11.")
    rows = desk.delivered(11)
    assert kinds(rows)[-1] == ("tie", None, None)
    assert desk.screen.problems == []
    desk.screen.close()


def test_details_go_with_the_verdict_and_stay_on_their_side(browser: Browser, site: LiveSite, admin: Client) -> None:
    project = project_with_pairs(site, admin, name="Rich", form=RICH, rows=plain_rows(3))
    desk = Desk.open(browser, site, admin, project)
    page = desk.screen.page
    desk.sees("answer to 0.")
    desk.press("1")
    expect(desk.side("Left")).to_contain_text("answer to 0.")  # not sent: aspects and a rationale are missing
    page.get_by_role("group", name="Helpful").get_by_role("button").first.click()
    page.get_by_role("group", name="Harmless").get_by_role("button", name="Right better").click()
    page.get_by_role("group", name="Left: reasons").get_by_role("button", name="Clear").click()
    page.get_by_role("group", name="Right: safety flags").get_by_role("button", name="Privacy").click()
    page.get_by_role("group", name="Right: rating").get_by_role("button", name="2 of 5").click()
    page.get_by_role("textbox", name="Why").fill("It answers the question.")
    desk.screen.picture("label-rich-light-1440")
    page.keyboard.press("Control+Enter")
    desk.sees("answer to 1.")
    (row,) = desk.delivered(1)
    assert (row["kind"], row["side"], row["strength"]) == ("prefer", "left", 4)
    assert row["aspects"]["helpful"]["side"] == "left"
    assert row["aspects"]["harmless"]["side"] == "right"
    assert row["reasons"] == {"left": ["clear"]}
    assert row["flags"] == {"right": ["privacy"]}
    assert row["ratings"] == {"right": 2}
    assert row["rationale"] == "It answers the question."
    assert desk.screen.problems == []
    desk.screen.close()


def test_a_passage_is_marked_and_a_completion_corrected_by_keyboard(
    browser: Browser, site: LiveSite, admin: Client
) -> None:
    form = {"strengths": 2, "tie": False, "highlights": True, "edit": True}
    project = project_with_pairs(site, admin, name="Marks", form=form, rows=plain_rows(3))
    desk = Desk.open(browser, site, admin, project)
    page = desk.screen.page
    desk.sees("answer to 0.")
    left = desk.side("Left").inner_text()
    first = "First" if "First" in left else "Second"
    desk.press("h")
    expect(page.get_by_role("application", name="Mark passages: Left")).to_be_focused()
    desk.press("+", "Escape")
    desk.press("e")
    editor = page.get_by_role("textbox", name="Corrected text: Left")
    expect(editor).to_be_focused()
    editor.fill(f"{first} answer to 0, put better.")
    desk.press("Escape", "2")
    desk.sees("answer to 1.")
    row = desk.delivered(1)[0]
    assert row["spans"]["left"] == [{"start": 0, "end": len(first), "sign": "good", "reason": ""}]
    assert row["edits"] == {"left": f"{first} answer to 0, put better."}
    kept = admin.get(f"projects/{project}/preferences/")["results"]
    assert sorted(one["comparison_kind"] for one in kept) == ["edit", "normal"]
    desk.press("z")
    desk.sees("answer to 0.")
    desk.delivered(0)
    assert admin.get(f"projects/{project}/preferences/")["results"] == []  # the correction went with its verdict
    assert desk.screen.problems == []
    desk.screen.close()


def test_a_ranking_with_a_tie_is_stored_as_it_was_shown(browser: Browser, site: LiveSite, admin: Client) -> None:
    rows = [[f"Question {n}?", *(f"Answer {letter} to {n}." for letter in "pqrs")] for n in range(2)]
    project = project_with_pairs(site, admin, name="Ranking", form={"mode": "ranking", "ranked": 4}, rows=rows)
    desk = Desk.open(browser, site, admin, project)
    page = desk.screen.page
    desk.sees("to 0.")
    shown = [page.get_by_role("region", name=f"Completion {n}").inner_text() for n in (1, 2, 3, 4)]
    desk.screen.picture("label-ranking-light-1440")
    desk.press("3", "1", "=", "4", "2")  # 3 > 1 = 4 > 2
    desk.press("Enter")
    desk.sees("to 1.")
    (row,) = desk.delivered(1)
    assert row["kind"] == "rank"
    assert row["ranking"] == [2, 3, 1, 2]
    for text, completion in zip(shown, row["completions"], strict=True):
        assert completion["text"] in text
    desk.screen.close()


def test_verdicts_given_without_a_connection_arrive_once_and_in_order(
    browser: Browser, site: LiveSite, admin: Client
) -> None:
    project = project_with_pairs(site, admin, name="Offline", form=EVERY_KIND, rows=plain_rows(12))
    desk = Desk.open(browser, site, admin, project)
    desk.sees("answer to 0.")
    desk.screen.context.set_offline(True)
    desk.press("1")
    desk.sees("answer to 1.")
    desk.press("4")
    desk.sees("answer to 2.")
    desk.press("7")
    desk.sees("answer to 3.")
    assert desk.history() == []
    desk.screen.picture("label-offline-light-1440")
    desk.screen.context.set_offline(False)
    assert kinds(desk.delivered(3)) == [("prefer", "left", 3), ("tie", None, None), ("prefer", "right", 3)]
    assert [row["prompt"][0]["content"] for row in desk.history()] == ["Question 0?", "Question 1?", "Question 2?"]
    desk.screen.close()


def test_a_tab_that_dies_loses_nothing(browser: Browser, site: LiveSite, admin: Client) -> None:
    project = project_with_pairs(site, admin, name="Crash", form=EVERY_KIND, rows=plain_rows(12))
    desk = Desk.open(browser, site, admin, project)
    desk.sees("answer to 0.")

    def arrive_unanswered(route: Route) -> None:
        route.fetch()  # the site takes the verdict, its answer never reaches the page
        route.abort()

    desk.screen.context.route("**/verdicts/", arrive_unanswered)
    desk.press("1")
    desk.sees("answer to 1.")
    desk.press("7")
    desk.sees("answer to 2.")
    desk.delivered(1)
    desk.screen.page.close()
    desk.screen.context.unroute("**/verdicts/")
    desk.screen.page = desk.screen.context.new_page()
    desk.visit()
    desk.sees("answer to 2.")
    assert kinds(desk.delivered(2)) == [("prefer", "left", 3), ("prefer", "right", 3)]
    desk.screen.close()


def test_two_tabs_do_not_fight(browser: Browser, site: LiveSite, admin: Client) -> None:
    project = project_with_pairs(site, admin, name="Tabs", form=EVERY_KIND, rows=plain_rows(12))
    desk = Desk.open(browser, site, admin, project)
    desk.sees("answer to 0.")
    second = desk.screen.context.new_page()
    second.goto(f"/projects/{project}/label")
    expect(second.get_by_text("Labeling is open in another tab")).to_be_visible()
    second.get_by_role("button", name="Label here instead").click()
    expect(second.get_by_role("region", name="Left completion")).to_contain_text("answer to 0.")
    expect(desk.screen.page.get_by_text("Labeling is open in another tab")).to_be_visible()
    second.keyboard.press("1")
    expect(second.get_by_role("region", name="Left completion")).to_contain_text("answer to 1.")
    second.close()
    desk.sees("answer to 1.")  # the first tab goes on by itself
    desk.press("7")
    assert kinds(desk.delivered(2)) == [("prefer", "left", 3), ("prefer", "right", 3)]
    desk.screen.close()


def test_the_warm_up_teaches_before_the_work_begins(browser: Browser, site: LiveSite, admin: Client) -> None:
    project = project_with_pairs(site, admin, name="Warm-up", form=EVERY_KIND, rows=plain_rows(6))
    settings = admin.get(f"projects/{project}/")["settings"]
    settings["labeling"] |= {
        "warm_up_pairs": 2,
        "warm_up_share": 0.5,
        "content_warning": "Some answers are **rude**.",
        "blur": True,
    }
    admin.request("PATCH", f"projects/{project}/", json={"settings": settings})
    for number in range(2):
        known = {
            "prompt": f"Known question {number}?",
            "completion_a": "The kind answer.",
            "completion_b": "The rude answer.",
            "expected": {"kind": "prefer", "winner": "a"},
            "explanation": "Kindness wins here.",
        }
        admin.post(f"projects/{project}/gold/", known)
    labeler = admin.invite_labeler(project, "newcomer")
    desk = Desk.open(browser, site, labeler, project)
    page = desk.screen.page
    expect(page.get_by_text("Some answers are rude.")).to_be_visible()
    desk.screen.picture("label-content-warning-light-1440")
    page.get_by_role("button", name="Go on").press("Enter")
    for right in (True, False):
        desk.press("u")  # uncovers the texts
        desk.sees("The kind answer.")
        kind_is_left = "kind" in desk.side("Left").inner_text()
        desk.press("2" if kind_is_left == right else "6")
        feedback = page.get_by_role("region", name="Feedback")
        expect(feedback).to_contain_text("Right" if right else "Not as expected")
        expect(feedback).to_contain_text("Kindness wins here.")
        desk.screen.picture(f"label-feedback-{'right' if right else 'wrong'}-light-1440")
        assert desk.screen.violations() == []
        desk.press("Enter")
    desk.press("u")
    desk.sees("answer to")  # one of two was right: half was asked for
    assert desk.screen.problems == []
    desk.screen.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_a_rich_form_with_long_texts_is_accessible_and_fits(
    browser: Browser, site: LiveSite, admin: Client, theme: Theme, width: int
) -> None:
    rows = [["Tell me everything." * 10, LONG, LONG.replace("bold", "plain")]]
    project = project_with_pairs(site, admin, name=f"Long {theme} {width}", form=RICH, rows=rows)
    desk = Desk.open(browser, site, admin, project, theme=theme, width=width)
    desk.sees("A heading")
    desk.screen.picture(f"label-long-{theme}-{width}")
    assert desk.screen.violations() == []
    assert not desk.screen.scrolls_sideways()
    # A verdict is one key away at any scroll position.
    desk.screen.page.mouse.wheel(0, 20_000)
    expect(desk.screen.page.get_by_role("region", name="Verdict")).to_be_in_viewport()
    desk.press("?")
    expect(desk.screen.page.get_by_role("dialog")).to_be_visible()
    assert desk.screen.violations() == []
    desk.screen.picture(f"label-keys-{theme}-{width}")
    assert desk.screen.problems == []
    desk.screen.close()


def test_the_labeling_page_is_small_and_its_first_paint_is_measured(
    browser: Browser, site: LiveSite, admin: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = subprocess.run(
        ["node", "scripts/route-sizes.mjs"], cwd=ROOT / "frontend", capture_output=True, text=True, check=False
    )
    assert sizes.returncode == 0, sizes.stdout
    project = project_with_pairs(site, admin, name="Paint", form=EVERY_KIND, rows=plain_rows(30))
    desk = Desk.open(browser, site, admin, project)
    desk.sees("answer to 0.")
    seconds = []
    for _ in range(3):
        desk.screen.page.reload()
        desk.sees("answer to 0.")
        seconds.append(desk.screen.page.evaluate(FIRST_PAINT) / 1000)
    for number in range(20):
        desk.sees(f"answer to {number}.")
        desk.press("2")
    desk.sees("answer to 20.")
    figures = {
        "route_kb_gzip": float(sizes.stdout.rsplit("kB  in all", 1)[0].split()[-1]),
        "first_pair_s": round(sorted(seconds)[1], 2),
        "next_pair_ms_p95": float(
            desk.screen.page.locator("[data-paint-p95]").get_attribute("data-paint-p95") or "nan"
        ),
    }
    with capsys.disabled():
        print(f"\nlabeling page: {json.dumps(figures)}")
    desk.screen.close()
