"""`manage.py bootstrap_demo`: the demo's people and project, once."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from annotate.config.env import ROOT
from annotate.services.demo import demo_create, demo_exists

LOGINS = ROOT / "var" / "demo-logins.json"


class Command(BaseCommand):
    help = "Make the demo project with an admin and two labelers, unless they exist; passwords go to a private file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", type=Path, default=LOGINS, help="Where the passwords are kept.")

    def handle(self, *args: Any, **options: Any) -> None:
        if demo_exists():
            self.stdout.write("The demo exists.")
            return
        path: Path = options["logins"]
        with transaction.atomic():
            demo = demo_create()
            # Before the commit: passwords of committed accounts must not be lost to a full disk.
            _write_private(path, json.dumps(demo.passwords, indent=1) + "\n")
        self.stdout.write(f"The demo project {demo.project.pk} was made; log-ins are in {path}.")


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
