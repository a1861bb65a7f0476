"""The question form: one document that says all that is asked, in versions that stay."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from annotate.errors import AnnotateError
from annotate.models import AuditEvent, FormVersion, Project, User
from annotate.models.project_settings import ProjectSettings
from annotate.models.question_form import Aspect, Choice, QuestionForm, Reason
from annotate.selectors.queue import form_current
from annotate.services.projects import NewProject, ProjectChange, form_publish, project_change, project_create
from tests.conftest import Api

keys = st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), max_size=4, unique=True)
labels = st.text(min_size=1, max_size=20).filter(lambda text: text.strip())


@st.composite
def forms(draw: st.DrawFn) -> QuestionForm:
    """Any form that can be published."""
    flags = {name: draw(st.booleans()) for name in ("tie", "both_bad", "both_good", "cannot_judge", "skip")}
    strengths = st.integers(1, 4)
    return QuestionForm.model_validate(
        {
            **flags,
            "mode": draw(st.sampled_from(["pair", "ranking"])),
            "ranked": draw(st.integers(3, 6)),
            "strengths": draw(strengths),
            "aspects": [Aspect(key=k, label=draw(labels), strengths=draw(strengths)) for k in draw(keys)],
            "flags": [Choice(key=k, label=draw(labels)) for k in draw(keys)],
            "reasons": [Reason(key=k, label=draw(labels), sign="bad") for k in draw(keys)],
            "rating": draw(st.just(0) | st.integers(2, 10)),
            "rationale": draw(st.sampled_from(["off", "optional", "required"])),
            "rationale_min": draw(st.integers(0, 2000)),
            "highlights": draw(st.booleans()),
            "edit": draw(st.booleans()),
        }
    )


@given(forms())
def test_a_form_is_stored_and_read_without_loss(form: QuestionForm) -> None:
    assert QuestionForm.model_validate(form.model_dump(mode="json")) == form


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"rating": 1}, "a scale of 1 point says nothing"),
        ({"rating": 11}, "less than or equal to 10"),
        ({"strengths": 5}, "1, 2, 3 or 4"),
        ({"mode": "ranking", "ranked": 2}, "greater than or equal to 3"),
        ({"mode": "ranking", "ranked": 7}, "less than or equal to 6"),
        ({"flags": [{"key": "Rude", "label": "Rude"}]}, "match pattern"),
        ({"flags": [{"key": "rude", "label": "  "}]}, "at least 1 character"),
        ({"flags": [{"key": "rude", "label": "A"}, {"key": "rude", "label": "B"}]}, "'rude' is used twice"),
        ({"aspects": [{"key": f"k{n}", "label": "K"} for n in range(9)]}, "at most 8"),
        ({"midpoint": True}, "Extra inputs are not permitted"),
    ],
)
def test_a_form_that_makes_no_sense_says_why(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        QuestionForm.model_validate(said)


class TestPublishing:
    def test_makes_the_next_version_and_is_audited(self, project: Project, ada: User) -> None:
        version = form_publish(project=project, actor=ada, form=QuestionForm(strengths=4, tie=False))
        assert (version.number, form_current(project=project)) == (2, version)
        assert AuditEvent.objects.get(action="form.published").target == "2"
        assert FormVersion.objects.get(project=project, number=1).typed() == QuestionForm()

    def test_the_same_form_again_is_the_same_version(self, project: Project, ada: User) -> None:
        assert form_publish(project=project, actor=ada, form=QuestionForm()).number == 1
        assert not AuditEvent.objects.exists()

    def test_going_back_is_a_version_of_its_own(self, project: Project, ada: User) -> None:
        form_publish(project=project, actor=ada, form=QuestionForm(edit=True))
        assert form_publish(project=project, actor=ada, form=QuestionForm()).number == 3


class TestARankingNeedsItsCompletions:
    form = QuestionForm(mode="ranking", ranked=5)
    plenty = ProjectSettings.model_validate({"sampling": {"samples_per_prompt": 5}})

    def test_when_it_is_published(self, project: Project, ada: User) -> None:
        with pytest.raises(AnnotateError) as error:
            form_publish(project=project, actor=ada, form=self.form)
        assert (error.value.status, list(error.value.fields or {})) == (400, ["form.ranked"])
        assert "ranks 5 completions of a prompt and 4 are sampled" in error.value.detail
        assert form_current(project=project).number == 1
        project_change(project=project, actor=ada, change=ProjectChange(settings=self.plenty))
        assert form_publish(project=project, actor=ada, form=self.form).number == 2

    def test_when_the_settings_change(self, project: Project, ada: User) -> None:
        project_change(project=project, actor=ada, change=ProjectChange(settings=self.plenty))
        form_publish(project=project, actor=ada, form=self.form)
        with pytest.raises(AnnotateError) as error:
            project_change(project=project, actor=ada, change=ProjectChange(settings=ProjectSettings()))
        assert list(error.value.fields or {}) == ["settings.sampling.samples_per_prompt"]
        project.refresh_from_db()
        assert project.typed_settings() == self.plenty

    def test_when_the_project_is_made(self, ada: User) -> None:
        new = NewProject("Tone", "", "", "starter", "", ProjectSettings(), self.form)
        with pytest.raises(AnnotateError) as error:
            project_create(actor=ada, new=new)
        assert list(error.value.fields or {}) == ["form.ranked"]
        assert not Project.objects.exists()

    def test_a_form_of_pairs_needs_none(self, project: Project, ada: User) -> None:
        few = ProjectSettings.model_validate({"sampling": {"samples_per_prompt": 2}})
        project_change(project=project, actor=ada, change=ProjectChange(settings=few))
        assert form_publish(project=project, actor=ada, form=QuestionForm(ranked=6)).number == 2


def test_admins_publish_and_see_every_version(project: Project, ada: User, ann: User, api: Api) -> None:
    base = f"/api/projects/{project.pk}"
    form = QuestionForm(strengths=4, tie=False, flags=(Choice(key="rude", label="Rude"),)).model_dump(mode="json")
    published = api(ada).post(f"{base}/forms/", {"form": form})
    assert (published.status_code, published.data["number"], published.data["form"]) == (201, 2, form)
    listed = api(ada).get(f"{base}/forms/").data
    assert (listed["total"], [row["number"] for row in listed["results"]]) == (2, [2, 1])
    assert listed["results"][0]["form"] == form
    assert api(ann).get(f"{base}/forms/").status_code == 403
    claimed = api(ann).post(f"{base}/claim/", {"count": 1}).data
    assert (claimed["form_number"], claimed["form"]) == (2, form)


def test_a_form_with_a_key_twice_names_the_form(project: Project, ada: User, api: Api) -> None:
    twice = [{"key": "rude", "label": "Rude"}, {"key": "rude", "label": "Ruder"}]
    refused = api(ada).post(f"/api/projects/{project.pk}/forms/", {"form": {"flags": twice}})
    assert (refused.status_code, list(refused.data["fields"])) == (400, ["form"])
