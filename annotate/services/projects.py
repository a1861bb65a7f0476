"""Projects: made in one call, changed by their admins."""

import re
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotate.config.env import env
from annotate.errors import archived, invalid
from annotate.formats.prompt_files import PromptFormat
from annotate.models import (
    FormVersion,
    GuidelineVersion,
    Membership,
    ModelKind,
    ModelStatus,
    ModelVersion,
    Project,
    Role,
    User,
)
from annotate.models.card_statement import CardStatement
from annotate.models.project_settings import ProjectSettings
from annotate.models.question_form import QuestionForm
from annotate.selectors.model_sources import STARTERS, model_directory, model_location
from annotate.selectors.queue import form_current
from annotate.services.audit import audit_record
from annotate.services.cards import card_publish
from annotate.services.prompts import PromptsAdded, prompts_add
from annotate.services.qualifications import qualifications_apply

STARTER, STARTER_JUDGE = "starter", "starter-judge"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a project is made of; `reward_backbone` empty takes the starter's judge or the base policy itself."""

    name: str
    description: str
    guidelines: str
    base_policy: str
    reward_backbone: str
    settings: ProjectSettings
    form: QuestionForm = field(default_factory=QuestionForm)
    card: CardStatement = field(default_factory=CardStatement)
    prompts_format: PromptFormat = "lines"
    prompts_text: str = ""


@dataclass(frozen=True, slots=True)
class Created:
    project: Project
    prompts: PromptsAdded | None


@transaction.atomic
def project_create(*, actor: User, new: NewProject) -> Created:
    """A project with its guidelines, its base policy as policy 0 and its prompts; with prompts, sampling begins.

    Raises: AnnotateError 400 with `fields` for models that may not be used.
    """
    model_check(source=new.base_policy, field="base_policy", refused=STARTER_JUDGE)
    backbone = new.reward_backbone or (STARTER_JUDGE if new.base_policy == STARTER else new.base_policy)
    model_check(source=backbone, field="reward_backbone")
    ranking_check(form=new.form, settings=new.settings, field="form.ranked")
    server_check(settings=new.settings)
    project = Project.objects.create(
        name=new.name,
        description=new.description,
        base_policy=new.base_policy,
        reward_backbone=backbone,
        settings=new.settings.model_dump(mode="json"),
        created_by=actor,
    )
    Membership.objects.create(project=project, user=actor, role=Role.ADMIN)
    GuidelineVersion.objects.create(project=project, number=1, text=new.guidelines, created_by=actor)
    FormVersion.objects.create(project=project, number=1, form=new.form.model_dump(mode="json"), created_by=actor)
    if new.card != CardStatement():
        card_publish(project=project, version=None, actor=actor, statement=new.card)
    ModelVersion.objects.create(
        project=project,
        kind=ModelKind.POLICY,
        number=0,
        status=ModelStatus.ACTIVE,
        source=new.base_policy,
        activated_at=timezone.now(),
    )
    audit_record(actor=actor, project=project, action="project.created", target=new.name, base_policy=new.base_policy)
    prompts = None
    if new.prompts_text.strip():
        prompts = prompts_add(project=project, actor=actor, text=new.prompts_text, format=new.prompts_format)
    return Created(project, prompts)


@dataclass(frozen=True, slots=True)
class ProjectChange:
    """What an admin changes; None leaves it as it is."""

    name: str | None = None
    description: str | None = None
    settings: ProjectSettings | None = None
    archived: bool | None = None


@transaction.atomic
def project_change(*, project: Project, actor: User, change: ProjectChange) -> Project:
    """Change a project's texts or settings, archive it or bring it back.

    Raises: AnnotateError 400 for settings that sample too few completions to rank, or on a server not allowed.
    project/archived: new settings for a project that stays archived.
    """
    if project.archived_at is not None and change.archived is not False and change.settings is not None:
        raise archived()
    changed = [name for name in ("name", "description", "settings", "archived") if getattr(change, name) is not None]
    if change.name is not None:
        project.name = change.name
    if change.description is not None:
        project.description = change.description
    requalified = change.settings is not None and change.settings.queue.qualifications != _qualifications(project)
    if change.settings is not None:
        form = form_current(project=project).typed()
        ranking_check(form=form, settings=change.settings, field="settings.sampling.samples_per_prompt")
        server_check(settings=change.settings)
        project.settings = change.settings.model_dump(mode="json")
    if change.archived is not None and change.archived != (project.archived_at is not None):
        project.archived_at = timezone.now() if change.archived else None
    # Only what was named is written: another admin may be changing the rest.
    project.save(update_fields=["archived_at" if name == "archived" else name for name in changed])
    if requalified:
        qualifications_apply(project=project)
    audit_record(actor=actor, project=project, action="project.changed", target=project.name, changed=changed)
    return project


def _qualifications(project: Project) -> dict[str, str]:
    """The stored ones; the project is held, so that two changes at once do not miss each other."""
    stored = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    return stored.typed_settings().queue.qualifications


@transaction.atomic
def guidelines_publish(*, project: Project, actor: User, text: str, changes: str = "") -> GuidelineVersion:
    """The next version of the guidelines; verdicts from now on name it."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    last = GuidelineVersion.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    version = GuidelineVersion.objects.create(
        project=project, number=last + 1, text=text, changes=changes, created_by=actor
    )
    audit_record(actor=actor, project=project, action="guidelines.published", target=str(version.number))
    return version


@transaction.atomic
def form_publish(*, project: Project, actor: User, form: QuestionForm) -> FormVersion:
    """The next version of the question form; verdicts from now on name it. An equal form is the same version.

    Raises: AnnotateError 400 for a ranking of more completions than are sampled.
    """
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    ranking_check(form=form, settings=locked.typed_settings(), field="form.ranked")
    last = FormVersion.objects.filter(project=project).order_by("-number")[0]
    if last.typed() == form:
        return last
    version = FormVersion.objects.create(
        project=project, number=last.number + 1, form=form.model_dump(mode="json"), created_by=actor
    )
    audit_record(actor=actor, project=project, action="form.published", target=str(version.number))
    return version


def ranking_check(*, form: QuestionForm, settings: ProjectSettings, field: str) -> None:
    """Make sure that enough completions of a prompt are sampled for the rankings that the form asks for.

    Raises: AnnotateError 400 for `field`.
    """
    sampled = settings.sampling.samples_per_prompt
    if form.mode == "ranking" and form.ranked > sampled:
        raise invalid(
            field,
            f"The question form ranks {form.ranked} completions of a prompt and {sampled} are sampled: rank fewer, or"
            f" set 'sampling: samples per prompt' to {form.ranked} or more.",
        )


def server_check(*, settings: ProjectSettings) -> None:
    """Make sure that a sampling server is one that the operator allows: the site must not call any address it is told.

    Raises: AnnotateError 400.
    """
    server = settings.sampling.server.rstrip("/")
    allowed = [address.strip().rstrip("/") for address in env().sampling_servers.split(",") if address.strip()]
    if server and server not in allowed:
        raise invalid(
            "settings.sampling.server",
            f"{server} is not among the sampling servers that this site may call "
            f"({', '.join(allowed) or 'none so far'}): the operator lists them in RLHF_SAMPLING_SERVERS.",
        )


def model_check(*, source: str, field: str, refused: str | None = None) -> None:
    """Make sure that a model may be used: the starter's, a directory below the model root, or a hub id.

    Raises: AnnotateError 400 for `field`.
    """
    if source == refused:
        raise invalid(field, f"'{source}' cannot be used here.")
    if source in STARTERS:
        return
    directory = model_directory(source=source)
    if directory is None and not _HUB_ID.fullmatch(source):
        raise invalid(field, f"'{source}' is neither 'starter', a directory below the model root, nor a hub id.")
    if directory is not None and not ((directory / "config.json").is_file() and any(directory.glob("*.safetensors"))):
        raise invalid(field, f"The directory '{source}' holds no model: expected config.json and *.safetensors in it.")
    try:
        model_location(source=source)
    except LookupError as error:
        raise invalid(field, str(error)) from error


def guidelines_mark_seen(*, project: Project, user: User, number: int) -> None:
    """Note that a member was shown this version of the guidelines; an older one changes nothing.

    Raises: AnnotateError 400 for a version that does not exist.
    """
    if not GuidelineVersion.objects.filter(project=project, number=number).exists():
        raise invalid("number", f"there are no guidelines {number} in this project.")
    Membership.objects.filter(project=project, user=user, guidelines_seen__lt=number).update(guidelines_seen=number)
