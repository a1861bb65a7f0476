"""Who a session belongs to, read by fixed SQL: every request asks, and building the two queries takes the framework
longer than the database takes to answer them.
"""

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session

from annotate.models import User
from annotate.prepared import columns, instance, rows

_SESSION_SQL = "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > now()"
_USER_SQL = f"SELECT {columns(User, 'u')} FROM annotate_user u WHERE u.id = %(id)s"  # noqa: S608  (constant text)


class SessionStore(DatabaseSessionStore):
    """The framework's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        found = rows(_SESSION_SQL, {"key": self.session_key})
        if not found:
            self._session_key = None
            return None
        return Session(session_key=str(self.session_key), session_data=found[0][0])


class PersonBackend(ModelBackend):
    """The framework's log-in by password."""

    def get_user(self, user_id: int) -> User | None:
        found = rows(_USER_SQL, {"id": user_id})
        user = instance(User, found[0]) if found else None
        return user if user is not None and self.user_can_authenticate(user) else None
