import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotate.models import Membership, Preference, Project, Prompt, Round, User
from annotate.models.project_settings import ProjectSettings
from rlhf_backend.policy_config import PolicyConfig
from tests.conftest import Api
from tests.factories import project_make, prompt_make, queue_make


def upload(content: bytes, name: str = "rows.jsonl") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


class TestCreate:
    body: dict[str, Any] = {"name": "Kindness", "guidelines": "Be kind.", "base_policy": "starter"}

    def test_makes_a_project_in_one_call(self, ada: User, api: Api) -> None:
        prompts = {"format": "lines", "text": "\n".join(f"Question {n}?" for n in range(15))}
        settings = {"queue": {"overlap": 2}, "sampling": {"temperature": 0.7}}
        made = api(ada).post("/api/projects/", {**self.body, "prompts": prompts, "settings": settings})
        assert made.status_code == 201, made.data
        assert (made.data["name"], made.data["role"], made.data["reward_backbone"]) == (
            "Kindness",
            "admin",
            "starter-judge",
        )
        assert made.data["guidelines"]["text"] == "Be kind."
        assert made.data["settings"]["queue"]["overlap"] == 2
        assert made.data["settings"]["queue"]["lease_seconds"] == 300
        assert made.data["settings"]["sampling"]["temperature"] == 0.7
        assert (made.data["prompts"]["added"], made.data["counts"]["prompts"]) == (15, 15)
        assert made.data["counts"]["panel_prompts"] >= 4
        assert made.data["active_policy"]["number"] == 0
        assert made.data["active_round"]["number"] == 0
        assert Round.objects.get().trigger == "bootstrap"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "x" * 121}, "name"),
            ({"name": "nul\x00"}, "name"),
            ({"base_policy": "../../etc"}, "base_policy"),
            ({"settings": {"queue": {"overlap": 0}}}, "settings.queue.overlap"),
            ({"settings": {"queue": {"overlaps": 1}}}, "settings.queue.overlaps"),
            ({"settings": {"policy": {"method": "magic"}}}, "settings.policy.method"),
            ({"settings": []}, "settings"),
            ({"prompts": {"format": "xml", "text": ""}}, "prompts.format"),
            ({"guidelines": "\ud800"}, "guidelines"),
            ({"nmae": "typo"}, "nmae"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, ada: User, api: Api, change: dict[str, Any], field: str) -> None:
        response = api(ada).generic(
            "POST", "/api/projects/", json.dumps({**self.body, **change}), content_type="application/json"
        )
        assert response.status_code == 400
        assert field in response.json()["fields"]
        assert not Project.objects.exists()

    def test_presets_of_policy_tuning_are_settings_that_can_be_saved(self, ann: User, api: Api) -> None:
        presets = api(ann).get("/api/policy-presets/").data
        assert {"sft", "rloo", "ppo_max", "ppo_max_script", "bfpo", "xpo"} <= {preset["key"] for preset in presets}
        for preset in presets:
            assert PolicyConfig.model_validate(preset["settings"]).method in preset["settings"].values()

    def test_defaults_describe_every_setting_to_whoever_may_change_some(self, ann: User, api: Api) -> None:
        defaults = api(ann).get("/api/projects/defaults/").data
        assert ProjectSettings.model_validate(defaults["settings"]) == ProjectSettings()
        queue = defaults["schema"]["$defs"]["QueuePolicy"]["properties"]
        assert all(queue[name]["description"] for name in queue)
        assert queue["overlap"]["minimum"] == 1
        assert defaults["models"]["policies"][0]["value"] == "starter"
        assert defaults["models"]["reward_backbones"][0]["value"] == "starter-judge"


class TestRead:
    def test_a_list_shows_ones_projects_with_counts(self, project: Project, ann: User, ada: User, api: Api) -> None:
        queue_make(project=project, comparisons=3)
        project_make(created_by=ada, name="Hidden")
        rows = api(ann).get("/api/projects/").data
        assert rows["total"] == 1
        row = rows["results"][0]
        assert (row["name"], row["role"], row["archived"], row["round"]) == ("Tone", "labeler", False, None)
        assert row["counts"] == {"prompts": 3, "preferences": 0, "open": 3, "mine": 0}
        assert row["active_policy_number"] == 0

    def test_a_site_admin_sees_all_as_admin(self, project: Project, ada: User, api: Api) -> None:
        Membership.objects.filter(user=ada).delete()
        rows = api(ada).get("/api/projects/").data["results"]
        assert [row["role"] for row in rows] == ["admin"]

    def test_a_list_costs_the_same_however_many_projects(
        self, project: Project, ada: User, api: Api, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(12):
            project_make(created_by=ada, name=f"More {number}")
        client = api(ada)
        with django_assert_max_num_queries(12):
            assert len(client.get("/api/projects/").data["results"]) == 13

    def test_pages_follow_each_other(self, project: Project, ada: User, api: Api) -> None:
        for number in range(7):
            prompt_make(project=project, text=f"p{number}")
        seen: list[int] = []
        cursor = ""
        while True:
            page = api(ada).get(f"/api/projects/{project.pk}/prompts/?limit=3{cursor}").data
            assert page["total"] == 7
            seen += [row["id"] for row in page["results"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == 7

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=201", "limit=x", "cursor=-1", "cursor=x", "curosr=1", "cursor=" + "9" * 30]
    )
    def test_a_bad_page_is_a_400(self, project: Project, ada: User, api: Api, query: str) -> None:
        assert api(ada).get(f"/api/projects/{project.pk}/prompts/?{query}").status_code == 400

    def test_a_project_number_beyond_the_database_does_not_exist(self, ann: User, api: Api) -> None:
        assert api(ann).get(f"/api/projects/{10**30}/").status_code == 404

    def test_labelers_see_guidelines_and_settings(self, project: Project, ann: User, api: Api) -> None:
        shown = api(ann).get(f"/api/projects/{project.pk}/").data
        assert shown["role"] == "labeler"
        assert shown["guidelines"] == {**shown["guidelines"], "number": 1, "text": "Prefer the kinder reply."}


class TestChange:
    def test_touches_only_what_is_named(self, project: Project, ada: User, api: Api) -> None:
        shown = api(ada).patch(f"/api/projects/{project.pk}/", {"description": "New words"}).data
        assert (shown["name"], shown["description"]) == ("Tone", "New words")
        archived = api(ada).patch(f"/api/projects/{project.pk}/", {"archived": True}).data
        assert archived["archived_at"] is not None
        assert api(ada).post(f"/api/projects/{project.pk}/claim/", {}).data["reason"] == "archived"

    def test_guidelines_get_the_next_number(self, project: Project, ada: User, api: Api) -> None:
        made = api(ada).post(f"/api/projects/{project.pk}/guidelines/", {"text": "Second"})
        assert (made.status_code, made.data["number"]) == (201, 2)
        assert api(ada).get(f"/api/projects/{project.pk}/").data["guidelines"]["text"] == "Second"


class TestPrompts:
    def test_come_as_text_or_as_a_file(self, project: Project, ada: User, api: Api) -> None:
        address = f"/api/projects/{project.pk}/prompts/"
        pasted = api(ada).post(address, {"format": "lines", "text": "One?\nTwo?", "split": "train"})
        assert pasted.data == {"added": 2, "duplicates": 0, "rejected": [], "rejected_total": 0}
        for name, content in (("p.jsonl", b'"Three?"'), ("p.csv", b"prompt\nFour?"), ("p.txt", "Fünf?".encode())):
            sent = api(ada).post(address, {"file": upload(content, name)}, format="multipart")
            assert sent.data["added"] == 1, (name, sent.data)
        assert api(ada).get(f"{address}?split=train").data["total"] >= 2
        assert Prompt.objects.filter(messages__0__content="Fünf?").exists()

    def test_of_a_file_that_is_not_utf_8_are_refused(self, project: Project, ada: User, api: Api) -> None:
        sent = api(ada).post(
            f"/api/projects/{project.pk}/prompts/", {"file": upload(b"caf\xe9", "p.txt")}, format="multipart"
        )
        assert (sent.status_code, sent.data["code"]) == (400, "import/unreadable")
        assert "byte 4" in sent.data["detail"]

    def test_with_nul_are_reported_by_row_in_a_file(self, project: Project, ada: User, api: Api) -> None:
        sent = api(ada).post(
            f"/api/projects/{project.pk}/prompts/", {"file": upload(b"good?\nb\x00d?", "p.txt")}, format="multipart"
        )
        assert (sent.data["added"], [bad["row"] for bad in sent.data["rejected"]]) == (1, [2])

    def test_need_a_file_in_a_form(self, project: Project, ada: User, api: Api) -> None:
        sent = api(ada).post(f"/api/projects/{project.pk}/prompts/", {"format": "lines"}, format="multipart")
        assert (sent.status_code, list(sent.data["fields"])) == (400, ["file"])


class TestImportAndExport:
    rows = [{"prompt": f"Question {n}?", "chosen": f"good {n}", "rejected": f"bad {n}"} for n in range(30)]

    def send(self, project: Project, client: Any, content: bytes, **fields: str) -> Any:
        return client.post(
            f"/api/projects/{project.pk}/imports/", {"file": upload(content), **fields}, format="multipart"
        )

    def test_go_in_and_out(self, project: Project, ada: User, api: Api) -> None:
        content = "\n".join(json.dumps(row) for row in self.rows).encode() + b"\nbroken"
        sent = self.send(project, api(ada), content, format="auto")
        assert sent.status_code == 200, sent.data
        assert (sent.data["rows"], sent.data["imported"], sent.data["format"]) == (31, 30, "trl")
        assert sent.data["rejected"][0]["row"] == 31
        response = api(ada).get(f"/api/projects/{project.pk}/export/?format=trl&ties=both")
        assert response["Content-Type"] == "application/x-ndjson"
        assert response["Content-Disposition"] == f'attachment; filename="preferences-{project.pk}.jsonl"'
        lines = b"".join(response).splitlines()
        assert [json.loads(line)["chosen"][0]["content"] for line in lines] == [row["chosen"] for row in self.rows]
        manifest = api(ada).get(f"/api/projects/{project.pk}/export/manifest/").data
        dropped = {"ties_dropped": 0, "both_bad_dropped": 0, "cannot_judge_dropped": 0}
        assert manifest == {"rows": 30, **dropped, "left_out": {}}

    def test_an_unreadable_file_is_a_400(self, project: Project, ada: User, api: Api) -> None:
        sent = self.send(project, api(ada), b"")
        assert (sent.status_code, sent.data["code"]) == (400, "import/unreadable")
        assert self.send(project, api(ada), b"{}", format="xml").status_code == 400

    def test_a_file_larger_than_allowed_is_a_413(
        self, project: Project, ada: User, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Small:
            upload_mb = 0

        monkeypatch.setattr("annotate.api.uploads.env", Small)
        sent = self.send(project, api(ada), b"x" * 10)
        assert (sent.status_code, sent.data["code"]) == (413, "request/too-large")

    def test_json_is_no_upload(self, project: Project, ada: User, api: Api) -> None:
        assert api(ada).post(f"/api/projects/{project.pk}/imports/", {}).status_code == 415

    @pytest.mark.parametrize("query", ["format=csv", "ties=maybe", "tie=drop"])
    def test_unknown_choices_are_a_400(self, project: Project, ada: User, api: Api, query: str) -> None:
        assert api(ada).get(f"/api/projects/{project.pk}/export/?{query}").status_code == 400

    def test_an_empty_project_exports_an_empty_file(self, project: Project, ada: User, api: Api) -> None:
        response = api(ada).get(f"/api/projects/{project.pk}/export/")
        assert b"".join(response) == b""


def test_the_queue_tells_what_waits_and_why(project: Project, ada: User, ann: User, api: Api) -> None:
    queue_make(project=project, comparisons=5, wanted=2)
    slot = api(ann).post(f"/api/projects/{project.pk}/claim/", {"count": 2}).data["assignments"][0]
    body = {"client_id": "00000000-0000-4000-8000-000000000001", "assignment_id": slot["id"], "kind": "tie"}
    api(ann).post(f"/api/projects/{project.pk}/verdicts/", body)
    state = api(ada).get(f"/api/projects/{project.pk}/queue/").data
    assert {name: state[name] for name in ("open", "leased", "done", "withdrawn")} == {
        "open": 8, "leased": 1, "done": 1, "withdrawn": 0,
    }  # fmt: skip
    assert state["by_policy"] == [{"policy_number": 0, "of_checkpoint": False, "open": 8}]
    assert state["by_strategy"] == [{"strategy": "uniform", "open": 8}]
    assert len(state["next"]) == 8
    assert len(state["verdicts_per_hour_24h"]) == 24
    assert sum(hour["n"] for hour in state["verdicts_per_hour_24h"]) == 1


def test_preferences_are_listed_filtered_and_paged(project: Project, ada: User, ann: User, ben: User, api: Api) -> None:
    queue_make(project=project, comparisons=4, wanted=2)
    for number, (user, kind) in enumerate([(ann, "tie"), (ann, "both_bad"), (ben, "tie")]):
        slot = api(user).post(f"/api/projects/{project.pk}/claim/", {"count": 1}).data["assignments"][0]
        body = {"client_id": f"00000000-0000-4000-8000-{number:012d}", "assignment_id": slot["id"], "kind": kind}
        assert api(user).post(f"/api/projects/{project.pk}/verdicts/", body).status_code == 201
    address = f"/api/projects/{project.pk}/preferences/"
    assert api(ada).get(address).data["total"] == 3
    assert api(ada).get(f"{address}?annotator=ann&kind=tie").data["total"] == 1
    row = api(ada).get(f"{address}?annotator=ben").data["results"][0]
    assert (row["annotator"], row["kind"], row["winner"], row["guidelines_number"]) == ("ben", "tie", None, 1)
    assert row["completion_a"]["policy_number"] == 0
    mine = Preference.objects.filter(annotator=ann).first()
    assert mine is not None
    api(ann).post(f"/api/projects/{project.pk}/undo/", {"assignment_id": mine.assignment_id})
    assert api(ada).get(address).data["total"] == 2
    assert api(ada).get(f"{address}?superseded=true").data["total"] == 3
