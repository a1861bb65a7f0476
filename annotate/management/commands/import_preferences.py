"""`manage.py import_preferences PROJECT FILE`: pairs or demonstrations, as the import page reads them."""

from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotate.errors import AnnotateError, archived
from annotate.formats.preference_files import PreferenceFormat
from annotate.models import Membership, Project, Role, User
from annotate.services.imports import ImportOut, preferences_import

SHOWN = 20


class Command(BaseCommand):
    help = "Import pairs or demonstrations, as JSON lines or one array, plain or gzip; rows left out are named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="Number or name of the project.")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--format", choices=get_args(PreferenceFormat), help="Told from the first readable row if left out."
        )
        parser.add_argument("--by", help="Name of who imports, for the audit log; else the project's first admin.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = _project(options["project"])
        if project.archived_at is not None:
            raise CommandError(archived().detail)
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                report = preferences_import(
                    project=project,
                    actor=_actor(project, options["by"]),
                    file=file,
                    name=path.name,
                    format=options["format"],
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except AnnotateError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(_told(report))
        for bad in report.rejected[:SHOWN]:
            self.stdout.write(f"  row {bad.row}: {bad.message}")
        if report.rejected_total > SHOWN:
            self.stdout.write(f"  and {report.rejected_total - SHOWN:,} more")
        if not report.imported and not report.already_imported:
            raise CommandError("No row could be imported; is it another format? --format names one.")


def _told(report: ImportOut) -> str:
    what = "demonstrations" if report.format == "demonstrations" else "preferences"
    return (
        f"{report.imported:,} {what} imported from {report.rows:,} rows ({report.format}), "
        f"{report.prompts_added:,} new prompts, {report.already_imported:,} there already, "
        f"{report.rejected_total:,} rejected"
    )


def _project(given: str) -> Project:
    known = {"pk": int(given)} if given.isdigit() else {"name": given}
    found = list(Project.objects.filter(**known)[:2])
    if not found:
        names = ", ".join(f"{project.pk} {project.name}" for project in Project.objects.order_by("pk")[:20]) or "none"
        raise CommandError(f"There is no project {given!r}. Projects: {names}.")
    if len(found) > 1:
        raise CommandError(f"Several projects are called {given!r}: give the number.")
    return found[0]


def _actor(project: Project, name: str | None) -> User:
    if name is not None:
        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"There is nobody called {name!r}.")
        return person
    admin = Membership.objects.filter(project=project, role=Role.ADMIN).select_related("user").order_by("pk").first()
    if admin is None:
        raise CommandError("The project has no admin: name who imports with --by.")
    return admin.user
