"""A person's browser: signs in, looks, and checks each page for accessibility and stray errors."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.live.client import Client

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text
PICTURES = ROOT / "var" / "e2e"

Theme = Literal["light", "dark"]


@dataclass
class Screen:
    """One window of one person."""

    context: BrowserContext
    page: Page
    address: str
    problems: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, address: str, *, theme: Theme = "light", width: int = 1440) -> "Screen":
        height = 900 if width > 600 else 740
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, base_url=address)
        page = context.new_page()
        screen = cls(context, page, address)
        page.on("pageerror", lambda error: screen.problems.append(f"page error: {error}"))
        page.on("console", lambda message: screen._hear(message.type, message.text))
        return screen

    def _hear(self, kind: str, text: str) -> None:
        # A refused request is told to the person by the page; the browser's own line about it is no news.
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(f"console: {text}")

    def sign_in(self, username: str, password: str) -> None:
        self.page.goto("/login")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page).not_to_have_url(f"{self.address}/login")

    def sign_in_as(self, client: Client) -> None:
        """Take over the session of a program: log-ins are limited to ten a minute."""
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in client.http.cookies.items()]
        )

    def visit(self, path: str) -> None:
        self.page.goto(path)
        expect(self.page.locator("main")).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def picture(self, name: str) -> None:
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def violations(self) -> list[str]:
        """What axe finds on the page; it runs through the debugger, so the content security policy stays in force."""
        self.page.evaluate(AXE())
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(result => result.violations)")
        return [f"{item['id']}: {item['help']} → {item['nodes'][0]['html'][:160]}" for item in found]

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))

    def close(self) -> None:
        self.context.close()
