"""How rounds begin: by the button, by themselves after enough new preferences, and the first one of a project."""

import logging

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from annotate.errors import AnnotateError, ErrorCode, archived
from annotate.models import (
    ModelKind,
    Project,
    Prompt,
    Round,
    RoundStatus,
    RoundTrigger,
    Snapshot,
    Split,
    User,
)
from annotate.models.project_settings import ProjectSettings
from annotate.selectors.principles import principles_in_force
from annotate.selectors.round_preview import snapshot_last
from annotate.selectors.rounds import round_active
from annotate.selectors.snapshots import Usable, preferences_new_since, preferences_usable
from annotate.selectors.versions import version_active
from annotate.services.audit import audit_record
from annotate.services.rounds import round_advance
from annotate.services.snapshots import snapshot_take

_log = logging.getLogger(__name__)
_DECIDES_MODELS = {"reward_model", "policy", "monitor", "evaluation", "gates"}
"""The settings that a round's models and gates depend on."""


def round_start(*, project: Project, trigger: RoundTrigger, actor: User | None) -> Round:
    """Begin a round on the preferences of this moment.

    Raises: AnnotateError: archived, a round is unfinished, too few preferences, no prompts, or nothing has changed
    since a round that was judged.
    """
    usable = preferences_usable(project=project)
    need = project.typed_settings().reward_model.min_preferences
    if usable.ranked < need:
        raise AnnotateError(
            ErrorCode.ROUND_TOO_FEW_PREFERENCES,
            f"A round needs {need} usable preferences, there are {usable.ranked}: label {need - usable.ranked} more.",
            have=usable.ranked,
            need=need,
        )
    round_ = _begin(project=project, trigger=trigger, actor=actor, usable=usable)
    round_advance(round_id=round_.pk)
    round_.refresh_from_db()
    return round_


def round_bootstrap(*, project: Project, actor: User | None) -> Round:
    """Begin a round that only samples the policy in use and fills the queue.

    Raises: AnnotateError: archived, a round is unfinished, or no prompts.
    """
    round_ = _begin(project=project, trigger=RoundTrigger.BOOTSTRAP, actor=actor, usable=None)
    round_advance(round_id=round_.pk)
    round_.refresh_from_db()
    return round_


def rounds_start_due() -> list[Round]:
    """Start a round in each project that has enough new preferences for its automatic trigger."""
    started = []
    for project in Project.objects.filter(archived_at=None).exclude(settings__rounds__auto_every=None):
        every = project.typed_settings().rounds.auto_every
        if every is None or round_active(project=project) is not None:
            continue
        if preferences_new_since(project=project, snapshot=snapshot_last(project=project)) < every:
            continue
        try:
            started.append(round_start(project=project, trigger=RoundTrigger.AUTOMATIC, actor=None))
        except AnnotateError as error:
            _log.info("no automatic round in project %s: %s", project.pk, error.detail)
    return started


@transaction.atomic
def _begin(*, project: Project, trigger: RoundTrigger, actor: User | None, usable: Usable | None) -> Round:
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    _require_idle(locked)
    start_policy = version_active(project=locked, kind=ModelKind.POLICY)
    if start_policy is None or not Prompt.objects.filter(project=locked, split=Split.TRAIN).exists():
        raise AnnotateError(
            ErrorCode.ROUND_NO_PROMPTS, "There are no prompts to write completions for: add prompts for training first."
        )
    settings = locked.typed_settings()
    snapshot = snapshot_take(project=locked, usable=usable) if usable is not None else None
    if snapshot is not None:
        _require_change(locked, snapshot, settings, start_policy.pk)
    round_ = _insert(
        Round(
            project=locked,
            number=_number(locked, trigger),
            status=RoundStatus.SNAPSHOT,
            trigger=trigger,
            started_by=actor,
            snapshot=snapshot,
            start_policy=start_policy,
            settings=settings.model_dump(mode="json"),
        )
    )
    audit_record(actor=actor, action="round.start", project=locked, target=f"round {round_.number}", trigger=trigger)
    return round_


def _require_idle(project: Project) -> None:
    if project.archived_at is not None:
        raise archived()
    active = round_active(project=project)
    if active is not None:
        raise _already_active(active)


def _already_active(active: Round) -> AnnotateError:
    return AnnotateError(
        ErrorCode.ROUND_ALREADY_ACTIVE,
        f"Round {active.number} is unfinished ({active.status}): wait for it, or end it first.",
        round_id=active.pk,
        number=active.number,
    )


def _require_change(project: Project, snapshot: Snapshot, settings: ProjectSettings, start_policy_id: int) -> None:
    """Refuse a round that would repeat one that got as far as its gates: same labels, settings, principles, start."""
    wanted = settings.model_dump(mode="json", include=_DECIDES_MODELS)
    judged = Q(status=RoundStatus.DONE) | Q(status=RoundStatus.CANCELLED, stopped_at__endswith="_gate")
    same = Round.objects.filter(judged, project=project, snapshot=snapshot, start_policy=start_policy_id)
    principles = principles_in_force(project=project)
    for earlier in same.order_by("-number"):
        if {key: earlier.settings.get(key) for key in _DECIDES_MODELS} != wanted:
            continue
        if principles_in_force(project=project, at=earlier.created_at) == principles:
            raise AnnotateError(
                ErrorCode.ROUND_NOTHING_CHANGED,
                f"Nothing has changed since round {earlier.number}: the same preferences, settings, principles and "
                "start policy would give the same models. Label more, change a setting or a principle, or put one of "
                "its models to use.",
                round_id=earlier.pk,
                number=earlier.number,
            )


def _number(project: Project, trigger: RoundTrigger) -> int:
    last = project.rounds.aggregate(last=Max("number"))["last"]
    if last is None:
        return 0 if trigger == RoundTrigger.BOOTSTRAP else 1
    return int(last) + 1


def _insert(round_: Round) -> Round:
    try:
        with transaction.atomic():
            round_.save(force_insert=True)
    except IntegrityError as error:
        active = round_active(project=round_.project)
        if active is None:
            raise
        raise _already_active(active) from error
    return round_
