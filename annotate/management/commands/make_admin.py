"""`manage.py make_admin NAME`: the first person of a new site, or one more site admin."""

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotate.errors import AnnotateError
from annotate.models import User
from annotate.services.admins import admin_appoint
from annotate.services.people import account_create

PASSWORD_VARIABLE = "PREFLOOP_ADMIN_PASSWORD"  # noqa: S105  (a name)


class Command(BaseCommand):
    help = (
        f"Make a site admin; an existing person keeps the password. A new one's is asked for, or {PASSWORD_VARIABLE}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        user = User.objects.filter(username=name).first()
        if user is None:
            try:
                user = account_create(username=name, password=_password())
            except AnnotateError as error:
                problems = "; ".join(message for messages in (error.fields or {}).values() for message in messages)
                raise CommandError(f"{error.detail} {problems}") from error
        admin_appoint(user=user)
        self.stdout.write(f"{name} is a site admin.")


def _password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    first, second = getpass.getpass("Password: "), getpass.getpass("Once more: ")
    if first != second:
        raise CommandError("The two passwords differ.")
    return first
