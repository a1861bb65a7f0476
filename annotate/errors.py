"""What can go wrong on the site: stable codes for programs, sentences for people."""

from enum import StrEnum
from http import HTTPStatus
from typing import Any


class ErrorCode(StrEnum):
    """`area/what`; a code never changes its meaning."""

    INVALID = "request/invalid"
    MALFORMED = "request/malformed"
    NOT_FOUND = "request/not-found"
    METHOD_NOT_ALLOWED = "request/method-not-allowed"
    UNSUPPORTED_MEDIA_TYPE = "request/unsupported-media-type"
    THROTTLED = "request/throttled"
    TOO_LARGE = "request/too-large"
    INTERNAL = "site/internal"

    NOT_LOGGED_IN = "auth/not-logged-in"
    FORBIDDEN = "auth/forbidden"
    WRONG_PASSWORD = "auth/wrong-password"  # noqa: S105  (a code, not a secret)

    INVITE_INVALID = "invite/invalid"
    MEMBER_LAST_ADMIN = "member/last-admin"

    PROJECT_ARCHIVED = "project/archived"
    MODEL_UNKNOWN = "model/unknown"
    MODEL_NOT_ACTIVATABLE = "model/not-activatable"
    MODEL_NOT_ON_DISK = "model/not-on-disk"
    CARD_INCOMPLETE = "card/incomplete"
    CARD_OF_POLICY = "card/of-policy"

    IMPORT_UNREADABLE = "import/unreadable"
    IMPORT_EMPTY = "import/empty"

    ASSIGNMENT_EXPIRED = "assignment/expired"
    ASSIGNMENT_NOT_YOURS = "assignment/not-yours"
    PREFERENCE_CLIENT_ID_REUSED = "preference/client-id-reused"
    NOTHING_TO_UNDO = "preference/nothing-to-undo"
    ALREADY_JUDGED = "preference/already-judged"
    WARM_UP_STAYS = "preference/warm-up"

    REVIEW_OWN_VERDICT = "review/own-verdict"
    EXCLUSION_ALREADY_LIFTED = "exclusion/already-lifted"

    ROUND_ALREADY_ACTIVE = "round/already-active"
    ROUND_TOO_FEW_PREFERENCES = "round/too-few-preferences"
    ROUND_NOTHING_CHANGED = "round/nothing-changed"
    ROUND_NO_PROMPTS = "round/no-prompts"
    ROUND_WRONG_STATE = "round/wrong-state"
    RUN_NOT_CANCELLABLE = "run/not-cancellable"
    RUN_WRONG_STATE = "run/wrong-state"
    CHECKPOINT_NOT_ON_DISK = "checkpoint/not-on-disk"
    CHECKPOINT_NOTHING_TO_CHECK = "checkpoint/nothing-to-check"

    CHAT_UNAVAILABLE = "chat/unavailable"
    CHAT_TURN_OPEN = "chat/turn-open"
    CHAT_FULL = "chat/full"
    CHAT_ENDED = "chat/ended"
    CHAT_NOTHING_TO_RETRY = "chat/nothing-to-retry"


class AnnotateError(Exception):
    """A request cannot be fulfilled; `detail` says what was found, what was expected and what to do.

    `fields` maps a field of the request to what is wrong with it; `data` goes into the answer as it is.
    """

    def __init__(
        self,
        code: ErrorCode,
        detail: str,
        *,
        status: int = HTTPStatus.CONFLICT,
        fields: dict[str, list[str]] | None = None,
        **data: Any,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = int(status)
        self.fields = fields
        self.data = data


def invalid(field: str, message: str) -> AnnotateError:
    """One field of the request cannot be accepted."""
    return AnnotateError(
        ErrorCode.INVALID,
        f"{field}: {message}",
        status=HTTPStatus.BAD_REQUEST,
        fields={field: [message]},
    )


def archived() -> AnnotateError:
    """The project is archived, and this would start work in it or change what it asks or trains on."""
    return AnnotateError(ErrorCode.PROJECT_ARCHIVED, "The project is archived: take it out of the archive first.")


def not_found(what: str) -> AnnotateError:
    """The thing does not exist, or the caller may not know that it does."""
    return AnnotateError(ErrorCode.NOT_FOUND, f"No such {what}.", status=HTTPStatus.NOT_FOUND)
