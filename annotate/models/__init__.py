"""Fields and constraints; behaviour lives in services and selectors."""

from annotate.models.chats import Chat, ChatTurn, ChatTurnStatus
from annotate.models.people import ApiToken, AuditEvent, Invite, Membership, Role, User
from annotate.models.projects import FormVersion, GuidelineVersion, Project, Prompt, Split
from annotate.models.quality import (
    Exclusion,
    LabelerFlag,
    PreferenceEffect,
    QualityReport,
    Review,
    ReviewOutcome,
)
from annotate.models.queue import (
    Assignment,
    AssignmentStatus,
    Comparison,
    ComparisonKind,
    Preference,
    PreferenceKind,
    Skip,
)
from annotate.models.rounds import (
    ROUND_FINAL,
    RUN_FINAL,
    Round,
    RoundStatus,
    RoundTrigger,
    Run,
    RunEvent,
    RunStatus,
    Snapshot,
)
from annotate.models.versions import Completion, CompletionSource, ModelKind, ModelStatus, ModelVersion

__all__ = [
    "ROUND_FINAL",
    "RUN_FINAL",
    "ApiToken",
    "Assignment",
    "AssignmentStatus",
    "AuditEvent",
    "Chat",
    "ChatTurn",
    "ChatTurnStatus",
    "Comparison",
    "ComparisonKind",
    "Completion",
    "CompletionSource",
    "Exclusion",
    "FormVersion",
    "GuidelineVersion",
    "Invite",
    "LabelerFlag",
    "Membership",
    "ModelKind",
    "ModelStatus",
    "ModelVersion",
    "Preference",
    "PreferenceEffect",
    "PreferenceKind",
    "Project",
    "Prompt",
    "QualityReport",
    "Review",
    "ReviewOutcome",
    "Role",
    "Round",
    "RoundStatus",
    "RoundTrigger",
    "Run",
    "RunEvent",
    "RunStatus",
    "Skip",
    "Snapshot",
    "Split",
    "User",
]
