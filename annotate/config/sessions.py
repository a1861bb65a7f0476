"""Who a session belongs to, read by fixed SQL: every request asks, and building the two queries takes the framework
longer than the database takes to answer them.
"""

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.db import connection

from annotate.models import User

_SESSION_SQL = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
_USER_SQL = "SELECT * FROM annotate_user WHERE id = %s"


class SessionStore(DatabaseSessionStore):
    """The framework's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        with connection.cursor() as cursor:
            cursor.execute(_SESSION_SQL, [self.session_key])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return Session(session_key=str(self.session_key), session_data=row[0])


class PersonBackend(ModelBackend):
    """The framework's log-in by password."""

    def get_user(self, user_id: int) -> User | None:
        user = next(iter(User.objects.raw(_USER_SQL, [user_id])), None)
        return user if user is not None and self.user_can_authenticate(user) else None
