"""A program that speaks the product's HTTP API as one person: session cookie, CSRF header, JSON."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

Json = dict[str, Any]
T = TypeVar("T")
CARD = {
    "purpose": "To be tested.",
    "declared_values": "What the simulated labelers like.",
    "labelers": "Programs.",
    "pay": "None.",
    "languages": "English.",
    "consent": "Programs are not asked.",
    "contact": "Ada.",
    "appeal": "To Ada.",
}
"""What a project says for the cards of its reward models, so that no round waits for one."""


class ApiError(AssertionError):
    """The API answered with a problem."""


@dataclass
class Client:
    """One person's session."""

    address: str
    http: httpx.Client

    @classmethod
    def sign_in(cls, address: str, username: str, password: str) -> "Client":
        client = cls(address, httpx.Client(base_url=f"{address}/api/", timeout=60))
        client.get("session/")
        client.post("session/", {"username": username, "password": password})
        return client

    @classmethod
    def join(cls, address: str, secret: str, username: str, password: str) -> "Client":
        """Accept an invitation as a new person."""
        client = cls(address, httpx.Client(base_url=f"{address}/api/", timeout=60))
        client.get("session/")
        client.post(f"invites/{secret}/accept/", {"username": username, "password": password})
        return client

    def request(self, method: str, path: str, **arguments: Any) -> Any:
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken") or "", "Referer": self.address}
        answer = self.http.request(method, path, headers=headers, **arguments)
        if answer.status_code >= 400:
            raise ApiError(f"{method} {path} → {answer.status_code}: {answer.text[:2000]}")
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if answer.content and is_json else answer.text

    def get(self, path: str, **parameters: Any) -> Any:
        return self.request("GET", path, params=parameters)

    def post(self, path: str, body: Json | None = None) -> Any:
        return self.request("POST", path, json=body or {})

    def upload(self, path: str, name: str, content: bytes, **form: str) -> Any:
        return self.request("POST", path, files={"file": (name, content)}, data=form)

    def invite_labeler(self, project_id: int, username: str) -> "Client":
        """A new labeler of the project, joined through an invitation link."""
        url = self.post(f"projects/{project_id}/invites/", {"role": "labeler", "max_uses": 1, "days": 1})["url"]
        return Client.join(self.address, url.rstrip("/").rsplit("/", 1)[-1], username, f"pass-{uuid.uuid4()}")

    def wait_for_round(self, round_id: int, *, seconds: float = 600) -> Json:
        """The round once it has stopped: done, or waiting for somebody, as it does while a run of it is paused."""
        halted = {"done", "failed", "cancelled", "blocked", "waiting"}
        return wait_for(lambda: self._round_if(round_id, halted), what=f"round {round_id}", seconds=seconds)

    def _round_if(self, round_id: int, states: set[str]) -> Json | None:
        found: Json = self.get(f"rounds/{round_id}/")
        is_paused = any(step["paused_by"] for step in found["steps"])
        return found if is_paused or found["status"] in states else None


def wait_for(probe: Callable[[], T | None], *, what: str, seconds: float = 60) -> T:
    """The first answer of `probe` that is not None."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = probe()
        if answer is not None:
            return answer
        time.sleep(0.2)
    raise TimeoutError(f"waited {seconds:.0f} s for {what}")
