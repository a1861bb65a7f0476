"""Fields and constraints; behaviour lives in services and selectors."""

from annotate.models.people import ApiToken, AuditEvent, Invite, Membership, Role, User
from annotate.models.projects import GuidelineVersion, Project, Prompt, Split
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
    "Comparison",
    "ComparisonKind",
    "Completion",
    "CompletionSource",
    "GuidelineVersion",
    "Invite",
    "Membership",
    "ModelKind",
    "ModelStatus",
    "ModelVersion",
    "Preference",
    "PreferenceKind",
    "Project",
    "Prompt",
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
