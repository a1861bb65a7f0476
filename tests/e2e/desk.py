"""Projects with pairs ready to judge, made without a model, and the labeling page as a person uses it."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.e2e.screen import Screen, Theme
from tests.live.client import Client, Json
from tests.live.site import LiveSite

# No policy writes texts that say of themselves which of the two they are.
QUEUE = """
import hashlib, json
from annotate.models import Assignment, Comparison, Completion, Project, Prompt
project = Project.objects.get(pk={project_id})
for number, (prompt_text, *texts) in enumerate(json.loads({rows!r})):
    digest = hashlib.sha256(f"{{project.pk}}-{{number}}".encode()).hexdigest()
    messages = [{{"role": "user", "content": prompt_text}}]
    prompt = Prompt.objects.create(project=project, messages=messages, content_sha256=digest)
    made = [
        Completion.objects.create(project=project, prompt=prompt, source="imported", text=text) for text in texts
    ]
    comparison = Comparison.objects.create(
        project=project, prompt=prompt, completion_a=made[0], completion_b=made[1], more=[one.pk for one in made[2:]]
    )
    order = list(range(len(made)))[::-1] if len(made) > 2 else []
    Assignment.objects.create(project=project, comparison=comparison, rnd=number / 1000, shown_order=order)
"""


def project_with_pairs(site: LiveSite, admin: Client, *, name: str, form: Json, rows: list[list[str]]) -> int:
    """A project that asks `form` about these rows of prompt and completions, in this order."""
    body = {"name": name, "base_policy": "starter", "guidelines": "Prefer the **kinder** reply.", "form": form}
    project_id = int(admin.post("projects/", body)["id"])
    site.manage("shell", "-c", QUEUE.format(project_id=project_id, rows=json.dumps(rows)))
    return project_id


def plain_rows(count: int) -> list[list[str]]:
    return [[f"Question {n}?", f"First answer to {n}.", f"Second answer to {n}."] for n in range(count)]


@dataclass
class Desk:
    """The labeling page of one project in one window."""

    screen: Screen
    project_id: int
    client: Client

    @classmethod
    def open(
        cls,
        browser: Browser,
        site: LiveSite,
        client: Client,
        project_id: int,
        *,
        theme: Theme = "light",
        width: int = 1440,
    ) -> "Desk":
        screen = Screen.open(browser, site.address, theme=theme, width=width)
        screen.sign_in_as(client)
        desk = cls(screen, project_id, client)
        desk.visit()
        return desk

    def visit(self) -> None:
        self.screen.visit(f"/projects/{self.project_id}/label")

    def side(self, name: str) -> Locator:
        return self.screen.page.get_by_role("region", name=f"{name} completion")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.screen.page.keyboard.press(key)

    def sees(self, words: str) -> None:
        """One of the completions on the screen has these words."""
        expect(self.screen.page.get_by_role("region", name="completion").filter(has_text=words).first).to_be_visible()

    def history(self) -> list[dict[str, Any]]:
        """What the site has, oldest first."""
        rows: list[dict[str, Any]] = self.client.get(f"projects/{self.project_id}/history/", limit=100)["results"]
        return rows[::-1]

    def delivered(self, count: int) -> list[dict[str, Any]]:
        """The site's record once it holds `count` verdicts; more than that fails."""
        self.screen.page.wait_for_timeout(100)
        for _ in range(100):
            rows = self.history()
            if len(rows) >= count:
                break
            self.screen.page.wait_for_timeout(100)
        rows = self.history()
        assert len(rows) == count, [row["kind"] for row in rows]
        return rows
