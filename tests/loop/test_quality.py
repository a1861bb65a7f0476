"""A verdict shows in the quality report within a minute; a labeler who does not read is flagged and paused."""

import time
import uuid

import pytest

from tests.faults.stage import Stage
from tests.live.client import Client, Json, wait_for

pytestmark = pytest.mark.loop

VERDICTS = 40
FRESH_WITHIN_SECONDS = 60


def _label(labeler: Client, project_id: int, **habit: object) -> None:
    for number in range(VERDICTS):
        (slot,) = labeler.post(f"projects/{project_id}/claim/", {"count": 1})["assignments"]
        longer = len(slot["left"]["text"]) > len(slot["right"]["text"])
        verdict = {
            "client_id": str(uuid.uuid4()), "assignment_id": slot["id"], "kind": "prefer", "strength": 2,
            "side": "left" if longer else "right", "active_ms": 3000 + 50 * number, **habit,
        }  # fmt: skip
        labeler.post(f"projects/{project_id}/verdicts/", verdict)


def test_a_verdict_is_counted_within_a_minute_and_a_bot_is_flagged_and_paused(stage: Stage) -> None:
    project_id = stage.project(queue={"overlap": 2, "pairs_per_round": 60}, sampling={"samples_per_prompt": 6})
    settings = stage.admin.get(f"projects/{project_id}/")["settings"]
    settings["quality"]["pause"] = True
    stage.admin.request("PATCH", f"projects/{project_id}/", json={"settings": settings})
    stage.finish_round(project_id)
    reader = stage.admin.invite_labeler(project_id, "reader")
    bot = stage.admin.invite_labeler(project_id, "bot")
    _label(reader, project_id)
    _label(bot, project_id, side="left", active_ms=120)
    given_at = time.monotonic()

    def fresh() -> Json | None:
        report: Json = stage.admin.get(f"projects/{project_id}/quality/")
        return report if report["verdicts"] == 2 * VERDICTS else None

    report = wait_for(fresh, what="the report", seconds=FRESH_WITHIN_SECONDS)
    print(f"report {time.monotonic() - given_at:.1f} s after the last verdict, computed in {report['seconds']} s")
    by_name = {row["username"]: row for row in report["labelers"]}
    assert set(by_name["bot"]["flags"]) == {"position", "speed", "straight_lining"}
    assert by_name["reader"]["flags"] == []
    assert by_name["bot"]["paused_at"] is not None
    assert by_name["reader"]["paused_at"] is None
    assert report["agreement"]["pairwise"]["n"] > 0
    assert bot.post(f"projects/{project_id}/claim/", {"count": 1})["assignments"] == []
    told = stage.admin.get(f"projects/{project_id}/audit/")["results"]
    paused = next(event for event in told if event["action"] == "member.paused")
    assert (paused["actor"], paused["target"]) == (None, "bot")
    assert paused["data"]["evidence"]["preference_ids"]
