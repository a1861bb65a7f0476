"""Projects: list, make, read, change, guidelines."""

from drf_spectacular.utils import extend_schema
from pydantic import Field, RootModel
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of, role_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.formats.prompt_files import PromptFormat
from annotate.models import Role
from annotate.models.card_statement import CardStatement
from annotate.models.project_settings import ProjectSettings
from annotate.models.question_form import QuestionForm
from annotate.selectors.project_defaults import ProjectDefaultsOut, project_defaults
from annotate.selectors.projects import (
    FormOut,
    GuidelinesOut,
    ProjectOut,
    ProjectRow,
    form_read,
    forms_listed,
    forms_read,
    guidelines_listed,
    guidelines_read,
    guidelines_read_all,
    project_read,
    project_rows,
    projects_visible,
)
from annotate.services.projects import (
    NewProject,
    ProjectChange,
    form_publish,
    guidelines_publish,
    project_change,
    project_create,
)
from annotate.services.prompts import PromptsAdded
from annotate.types import Line, Page, Text
from rlhf_backend.policy_presets import PRESETS, PolicyPreset

GUIDELINES_CHARACTERS = 100_000


class PolicyPresetsOut(RootModel[list[PolicyPreset]]):
    """The shelf, from imitation to exploration."""


class PromptsIn(Body):
    format: PromptFormat = "lines"
    text: Text


class ProjectCreateIn(Body):
    name: Line = Field(max_length=120)
    description: Text = Field("", max_length=10_000)
    guidelines: Text = Field("", max_length=GUIDELINES_CHARACTERS, description="What labelers read. Markdown.")
    base_policy: Line = Field("starter", max_length=400, description="`starter`, a local directory or a hub id.")
    reward_backbone: Text = Field("", max_length=400, description="Empty takes the starter's judge or the base policy.")
    prompts: PromptsIn | None = None
    settings: ProjectSettings = Field(ProjectSettings(), description="What is left out keeps its default.")
    form: QuestionForm = Field(QuestionForm(), description="What labelers are asked.")
    card: CardStatement | None = Field(None, description="What the cards of its reward models begin with.")


class ProjectCreateOut(ProjectOut):
    prompts: PromptsAdded | None = Field(description="What became of the given prompts.")


class ProjectChangeIn(Body):
    name: Line | None = Field(None, max_length=120)
    description: Text | None = Field(None, max_length=10_000)
    settings: ProjectSettings | None = Field(None, description="All settings; what is left out gets its default.")
    archived: bool | None = None


class GuidelinesPublishIn(Body):
    text: Text = Field(max_length=GUIDELINES_CHARACTERS)
    changes: Text = Field("", max_length=4000, description="What changed; shown once to who knows the version before.")


class FormPublishIn(Body):
    form: QuestionForm


class ProjectsView(APIView):
    @extend_schema(operation_id="projects_list", parameters=query_parameters(PageQuery), responses=Page[ProjectRow])
    def get(self, request: Request) -> Response:
        """The projects one takes part in, newest first; a site admin sees all."""
        user = person_of(request)
        page = page_read(
            projects_visible(user=user),
            query=query_read(PageQuery, request),
            encode=lambda projects: project_rows(projects, user=user),
        )
        return answer(page)

    @extend_schema(operation_id="projects_create", request=ProjectCreateIn, responses={201: ProjectCreateOut})
    def post(self, request: Request) -> Response:
        """Make a project; with prompts, the base policy begins to write completions for the queue."""
        body = body_read(ProjectCreateIn, request)
        prompts = body.prompts or PromptsIn(text="")
        new = NewProject(
            **body.model_dump(include={"name", "description", "guidelines", "base_policy", "reward_backbone"}),
            settings=body.settings,
            form=body.form,
            card=body.card or CardStatement(),
            prompts_format=prompts.format,
            prompts_text=prompts.text,
        )
        made = project_create(actor=person_of(request), new=new)
        shown = project_read(project=made.project, role=Role.ADMIN)
        return answer(ProjectCreateOut(**dict(shown), prompts=made.prompts), status=201)


class ProjectDefaultsView(APIView):
    @extend_schema(operation_id="projects_defaults", responses=ProjectDefaultsOut)
    def get(self, request: Request) -> Response:
        """What a new project can be made of: default settings with their meaning, and models."""
        return answer(project_defaults())


class PolicyPresetsView(APIView):
    @extend_schema(operation_id="policy_presets", responses=PolicyPresetsOut)
    def get(self, request: Request) -> Response:
        """Methods of policy tuning with settings to start from."""
        return answer(PolicyPresetsOut(list(PRESETS)))


class ProjectView(APIView):
    @extend_schema(operation_id="projects_read", responses=ProjectOut)
    def get(self, request: Request, project_id: int) -> Response:
        """A project in full."""
        return answer(project_read(project=project_of(request), role=role_of(request)))

    @extend_schema(operation_id="projects_change", request=ProjectChangeIn, responses=ProjectOut)
    def patch(self, request: Request, project_id: int) -> Response:
        """Change a project's texts or settings, archive it or bring it back."""
        body = body_read(ProjectChangeIn, request)
        change = ProjectChange(
            name=body.name, description=body.description, settings=body.settings, archived=body.archived
        )
        project = project_change(project=project_of(request), actor=person_of(request), change=change)
        return answer(project_read(project=project, role=role_of(request)))


class GuidelinesView(APIView):
    @extend_schema(
        operation_id="guidelines_list", parameters=query_parameters(PageQuery), responses=Page[GuidelinesOut]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The published guidelines, newest first, with what changed in each."""
        rows = guidelines_listed(project=project_of(request))
        return answer(page_read(rows, query=query_read(PageQuery, request), encode=guidelines_read_all))

    @extend_schema(operation_id="guidelines_publish", request=GuidelinesPublishIn, responses={201: GuidelinesOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Publish the next version of the guidelines."""
        body = body_read(GuidelinesPublishIn, request)
        version = guidelines_publish(
            project=project_of(request), actor=person_of(request), text=body.text, changes=body.changes
        )
        return answer(guidelines_read(version), status=201)


class FormsView(APIView):
    @extend_schema(operation_id="forms_list", parameters=query_parameters(PageQuery), responses=Page[FormOut])
    def get(self, request: Request, project_id: int) -> Response:
        """Every version of the question form, newest first."""
        versions = forms_listed(project=project_of(request))
        return answer(page_read(versions, query=query_read(PageQuery, request), encode=forms_read))

    @extend_schema(operation_id="form_publish", request=FormPublishIn, responses={201: FormOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Publish the next version of the question form."""
        body = body_read(FormPublishIn, request)
        version = form_publish(project=project_of(request), actor=person_of(request), form=body.form)
        return answer(form_read(version), status=201)
