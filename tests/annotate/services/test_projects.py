import json
from pathlib import Path
from typing import Any

import pytest

from annotate.config.env import env
from annotate.errors import AnnotateError
from annotate.models import (
    AuditEvent,
    GuidelineVersion,
    Membership,
    ModelVersion,
    Project,
    Prompt,
    Round,
    Split,
    User,
)
from annotate.models.project_settings import ProjectSettings
from annotate.services.projects import (
    Created,
    NewProject,
    ProjectChange,
    guidelines_publish,
    project_change,
    project_create,
)
from annotate.services.prompts import prompt_sha256, prompts_add


def create(actor: User, **fields: Any) -> Created:
    given: dict[str, Any] = {
        "name": "Tone",
        "description": "",
        "guidelines": "Prefer the kinder reply.",
        "base_policy": "starter",
        "reward_backbone": "",
        "settings": ProjectSettings(),
        **fields,
    }
    return project_create(actor=actor, new=NewProject(**given))


def refused(actor: User, **fields: Any) -> dict[str, list[str]]:
    with pytest.raises(AnnotateError) as error:
        create(actor, **fields)
    assert error.value.status == 400
    assert not Project.objects.exists()
    return error.value.fields or {}


def model_at(directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "config.json").write_text("{}")
    (directory / "model.safetensors").write_bytes(b"")


@pytest.fixture
def model_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where local models may lie; hub ids may not be used."""
    root = tmp_path / "models"
    root.mkdir()
    changed = env().model_copy(update={"model_root": root, "hub": False})
    for module in ("annotate.selectors.model_sources", "annotate.selectors.project_defaults"):
        monkeypatch.setattr(f"{module}.env", lambda: changed)
    return root


def test_a_project_begins_with_its_policy_guidelines_and_admin(ada: User) -> None:
    project = create(ada).project
    policy = ModelVersion.objects.get(project=project)
    assert (policy.kind, policy.number, policy.status, policy.source) == ("policy", 0, "active", "starter")
    assert policy.activated_at is not None
    assert project.reward_backbone == "starter-judge"
    assert GuidelineVersion.objects.get(project=project).text == "Prefer the kinder reply."
    assert Membership.objects.get(project=project).role == "admin"
    assert AuditEvent.objects.get(project=project).action == "project.created"
    assert not Round.objects.exists()


def test_prompts_start_the_bootstrap_round(ada: User) -> None:
    made = create(ada, prompts_text="One?\nTwo?")
    assert made.prompts is not None
    assert made.prompts.added == 2
    round_ = Round.objects.get(project=made.project)
    assert (round_.number, round_.trigger, round_.started_by) == (0, "bootstrap", ada)


def test_a_failure_leaves_nothing_behind(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("no worker")

    monkeypatch.setattr("annotate.services.prompts.round_bootstrap", fail)
    with pytest.raises(RuntimeError):
        create(ada, prompts_text="One?")
    assert not Project.objects.exists()


def test_another_policy_is_its_own_reward_backbone(ada: User, model_root: Path) -> None:
    model_at(model_root / "org" / "tiny")
    assert create(ada, base_policy="org/tiny").project.reward_backbone == "org/tiny"
    assert (
        create(ada, base_policy="org/tiny", reward_backbone="starter-judge").project.reward_backbone == "starter-judge"
    )


def test_a_model_may_be_named_by_its_whole_path_below_the_root(ada: User, model_root: Path) -> None:
    model_at(model_root / "tiny")
    create(ada, base_policy=str(model_root / "tiny"))


@pytest.mark.parametrize(
    "source",
    [
        "../outside",
        "/etc",
        "org/../../outside",
        "a/..",
        "..",
        ".",
        "",
        "~root/model",
        "nowhere",
        "org/gone",
        "a/b/c",
        "x\ny",
    ],
)
def test_models_outside_of_the_allowed_places_are_refused(ada: User, model_root: Path, source: str) -> None:
    model_at(model_root.parent / "outside")
    assert list(refused(ada, base_policy=source)) == ["base_policy"]


def test_a_link_does_not_lead_out_of_the_root(ada: User, model_root: Path) -> None:
    model_at(model_root.parent / "outside")
    (model_root / "link").symlink_to(model_root.parent / "outside")
    assert list(refused(ada, base_policy="link")) == ["base_policy"]


def test_a_directory_without_a_model_says_what_it_lacks(ada: User, model_root: Path) -> None:
    (model_root / "empty").mkdir()
    assert "config.json" in refused(ada, base_policy="empty")["base_policy"][0]


def test_the_judge_is_no_policy(ada: User) -> None:
    assert list(refused(ada, base_policy="starter-judge")) == ["base_policy"]


def test_a_bad_reward_backbone_is_named(ada: User, model_root: Path) -> None:
    assert list(refused(ada, reward_backbone="../x")) == ["reward_backbone"]


def test_hub_ids_are_taken_where_the_site_allows_them(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.selectors.model_sources.env", lambda: env().model_copy(update={"hub": True}))
    assert create(ada, base_policy="org/small-model_1.5B").project.base_policy == "org/small-model_1.5B"


def test_a_change_touches_what_it_names_and_is_audited(project: Project, ada: User) -> None:
    settings = ProjectSettings.model_validate({"queue": {"overlap": 3}})
    project_change(project=project, actor=ada, change=ProjectChange(name="New", settings=settings))
    project.refresh_from_db()
    assert (project.name, project.description, project.archived_at) == ("New", "", None)
    assert project.typed_settings() == settings
    assert AuditEvent.objects.get().data == {"changed": ["name", "settings"]}


def test_archiving_can_be_taken_back(project: Project, ada: User) -> None:
    project_change(project=project, actor=ada, change=ProjectChange(archived=True))
    assert project.archived_at is not None
    since = project.archived_at
    project_change(project=project, actor=ada, change=ProjectChange(archived=True))
    assert project.archived_at == since
    project_change(project=project, actor=ada, change=ProjectChange(archived=False))
    assert project.archived_at is None


def test_guidelines_are_numbered_and_kept(project: Project, ada: User) -> None:
    assert guidelines_publish(project=project, actor=ada, text="Second").number == 2
    assert GuidelineVersion.objects.filter(project=project).count() == 2


class TestPrompts:
    def test_are_added_once(self, project: Project, ada: User) -> None:
        first = prompts_add(project=project, actor=ada, text="One?\nTwo?\nOne?", format="lines")
        again = prompts_add(project=project, actor=ada, text="Two?\nThree?", format="lines")
        assert (first.added, first.duplicates) == (2, 1)
        assert (again.added, again.duplicates) == (1, 1)
        assert Prompt.objects.count() == 3

    def test_that_cannot_be_used_are_reported(self, project: Project, ada: User) -> None:
        text = '"Good?"\n{"prompt": ""}\n{"prompt": "x", "split": "dev"}'
        added = prompts_add(project=project, actor=ada, text=text, format="jsonl")
        assert (added.added, added.rejected_total) == (1, 2)
        assert [(bad.row, bad.field) for bad in added.rejected] == [(2, "prompt"), (3, "split")]

    def test_without_a_mark_a_fifth_goes_to_the_panel(self, project: Project, ada: User) -> None:
        text = "\n".join(f"Question {n}?" for n in range(500))
        prompts_add(project=project, actor=ada, text=text, format="lines")
        assert 60 < Prompt.objects.filter(split="panel").count() < 140
        assert not Prompt.objects.filter(split="validation").exists()

    @pytest.mark.parametrize("salt", range(6))
    def test_twelve_prompts_have_at_least_four_on_the_panel(self, project: Project, ada: User, salt: int) -> None:
        text = "\n".join(f"Question {salt} {n}?" for n in range(12))
        prompts_add(project=project, actor=ada, text=text, format="lines")
        assert 4 <= Prompt.objects.filter(split="panel").count() <= 9

    def test_a_marked_panel_is_the_whole_panel(self, project: Project, ada: User) -> None:
        rows = [{"prompt": f"Question {n}?", **({"split": "panel"} if n < 2 else {})} for n in range(30)]
        prompts_add(project=project, actor=ada, text="\n".join(map(json.dumps, rows)), format="jsonl")
        assert Prompt.objects.filter(split="panel").count() == 2

    def test_all_go_where_the_admin_says(self, project: Project, ada: User) -> None:
        text = "\n".join(f"Question {n}?" for n in range(30))
        prompts_add(project=project, actor=ada, text=text, format="lines", split=Split.PANEL)
        assert Prompt.objects.filter(split="panel").count() == 30
        assert not Round.objects.exists(), "there is nothing to sample for yet"

    def test_added_later_do_not_bootstrap_again(self, project: Project, ada: User) -> None:
        prompts_add(project=project, actor=ada, text="One?", format="lines")
        prompts_add(project=project, actor=ada, text="Two?", format="lines")
        assert Round.objects.filter(project=project).count() == 1

    def test_have_an_identity_that_depends_on_roles_and_order(self) -> None:
        user, system = ({"role": role, "content": "x"} for role in ("user", "system"))
        assert len({prompt_sha256(m) for m in ([user], [system], [user, system], [system, user])}) == 4
