"""Whether one can chat, and why answers do not come: sentences for the labeler."""

from datetime import timedelta

from django.utils import timezone

from annotate.models import ChatTurn, ChatTurnStatus, Membership, ModelKind, ModelStatus, ModelVersion, Project, User
from annotate.selectors.model_sources import model_location

WORKER_COMMAND = "celery -A annotate.config.celery worker -n chat@%h -Q chat -c 1"
WORKER_PATIENCE = timedelta(seconds=15)
"""A worker with nothing else to do takes a message within a second."""
WORKER_ALIVE = timedelta(seconds=10)
"""A worker that samples renews its turn every two seconds."""

_NO_WORKER = (
    f"No worker is sampling for chats: start one with `{WORKER_COMMAND}`, or tell an admin. Your message is kept and "
    "will be answered."
)
_BUSY = "The worker is answering another chat. Yours comes next; nothing is lost if you leave this page."


def policy_in_use(*, project: Project) -> ModelVersion | None:
    """Whom a new chat talks to."""
    return ModelVersion.objects.filter(project=project, kind=ModelKind.POLICY, status=ModelStatus.ACTIVE).first()


def chat_closed_reason(*, project: Project, annotator: User, policy: ModelVersion | None) -> str:
    """Why `annotator` cannot talk to `policy` now; empty when they can."""
    if project.archived_at is not None:
        return "This project is archived: its chats can be read, not continued."
    if not project.typed_settings().labeling.chat:
        return "Chats are switched off in this project's settings (labeling, chat)."
    member = Membership.objects.filter(project=project, user=annotator).exclude(paused_at=None).first()
    if member is not None:
        why = f": {member.paused_reason}" if member.paused_reason else ""
        return f"Your labeling is paused{why.rstrip('.')}. An admin of the project can let you go on."
    if policy is None:
        return "No policy is in use in this project, so there is nobody to talk to. An admin can choose one on Models."
    try:
        model_location(source=policy.source)
    except LookupError as error:
        return f"Policy {policy.number} cannot be loaded. {error}"
    return ""


def turn_waiting_reason(*, turn: ChatTurn) -> str:
    """Why the answers of a turn have not begun after a while; empty when there is no reason to worry."""
    now = timezone.now()
    if turn.status != ChatTurnStatus.QUEUED or now - turn.updated_at < WORKER_PATIENCE:
        return ""
    working = ChatTurn.objects.filter(status=ChatTurnStatus.SAMPLING, updated_at__gt=now - WORKER_ALIVE)
    return _BUSY if working.exists() else _NO_WORKER
