"""A labeler at work through the API, and the rows a project's quality is measured with."""

import uuid
from dataclasses import dataclass
from typing import Any

from rest_framework.test import APIClient

from annotate.models import Assignment, Comparison, Project
from tests.factories import completion_make, prompt_make


@dataclass
class Work:
    """One labeler's requests in one project; what was asked for must be answered unless a test says otherwise."""

    client: APIClient
    project: Project

    def claim(self, count: int = 1) -> dict[str, Any]:
        return self.post("claim", {"count": count}, 200)

    def judge(self, slot: dict[str, Any], **said: Any) -> dict[str, Any]:
        """A verdict; without more words the left side is better."""
        body = {"client_id": str(uuid.uuid4()), "assignment_id": slot["id"], "active_ms": 900}
        return self.post("verdicts", {**body, **({"kind": "prefer", "side": "left"} | said)}, 201)

    def right(self, slot: dict[str, Any], *, wrong: bool = False) -> dict[str, Any]:
        """The verdict that a known pair deserves, or the opposite."""
        stored = Assignment.objects.select_related("comparison").get(pk=slot["id"])
        expected = stored.comparison.expected
        assert expected is not None
        left = (expected["winner"] == "a") == stored.left_is_a
        return self.judge(slot, side="left" if left != wrong else "right")

    def skip(self, slot: dict[str, Any], status: int = 200) -> dict[str, Any]:
        return self.post("skips", {"client_id": str(uuid.uuid4()), "assignment_id": slot["id"]}, status)

    def undo(self, slot: dict[str, Any], status: int = 200) -> dict[str, Any]:
        return self.post("undo", {"assignment_id": slot["id"]}, status)

    def release(self, slot: dict[str, Any]) -> None:
        self.post("release", {"assignment_ids": [slot["id"]]}, 204)

    def me(self) -> dict[str, Any]:
        answer = self.client.get(f"/api/projects/{self.project.pk}/me/")
        assert answer.status_code == 200, answer.data
        return dict(answer.data)

    def post(self, path: str, body: dict[str, Any], status: int) -> dict[str, Any]:
        answer = self.client.post(f"/api/projects/{self.project.pk}/{path}/", body)
        assert answer.status_code == status, answer.data
        return dict(answer.data or {})


def kinds_of(claimed: dict[str, Any]) -> list[str]:
    """The kinds of what was claimed, which the labeler is not told."""
    kinds = dict(Comparison.objects.values_list("pk", "kind"))
    return [kinds[slot["comparison_id"]] for slot in claimed["assignments"]]


def gold_make(project: Project, count: int, *, winner: str = "a") -> list[Comparison]:
    """Known pairs on prompts of their own."""
    start = Comparison.objects.count()
    found = []
    for index in range(start, start + count):
        prompt = prompt_make(project=project, text=f"Known {index}?", split="gold")
        found.append(
            Comparison.objects.create(
                project=project,
                prompt=prompt,
                completion_a=completion_make(prompt=prompt, text=f"Right {index}."),
                completion_b=completion_make(prompt=prompt, text=f"Wrong {index}."),
                kind="gold",
                wanted=0,
                expected={"kind": "prefer", "winner": winner, "strength": 2},
                explanation=f"Because {index}.",
            )
        )
    return found


def settings_set(project: Project, **sections: dict[str, Any]) -> Project:
    """Change settings section by section, as an admin would."""
    for section, values in sections.items():
        project.settings[section] = {**project.settings[section], **values}
    project.typed_settings()
    project.save()
    return project
