import json
import stat
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from rest_framework.test import APIClient

from annotate.models import Membership, Project, Prompt, Round, User


@pytest.mark.django_db
def test_the_demo_has_people_prompts_and_a_first_round(tmp_path: Path) -> None:
    logins = tmp_path / "var" / "logins.json"
    call_command("bootstrap_demo", logins=logins, verbosity=0)
    passwords = json.loads(logins.read_text())
    assert sorted(passwords) == ["admin", "labeler1", "labeler2"]
    assert stat.S_IMODE(logins.stat().st_mode) == 0o600
    project = Project.objects.get()
    assert project.name == "Everyday requests"
    roles = dict(Membership.objects.values_list("user__username", "role"))
    assert roles == {"admin": "admin", "labeler1": "labeler", "labeler2": "labeler"}
    assert Prompt.objects.filter(split="panel").count() == 40
    assert Round.objects.get().status == "sampling"
    for name, password in passwords.items():
        assert APIClient().login(username=name, password=password)


@pytest.mark.django_db
def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    logins = tmp_path / "logins.json"
    call_command("bootstrap_demo", logins=logins, verbosity=0)
    before = logins.read_text()
    call_command("bootstrap_demo", logins=logins, verbosity=0)
    assert logins.read_text() == before
    assert (User.objects.count(), Project.objects.count()) == (3, 1)


@pytest.mark.django_db
def test_an_admin_is_made_with_the_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFLOOP_ADMIN_PASSWORD", "correct horse battery")
    call_command("make_admin", "grace", verbosity=0)
    assert User.objects.get(username="grace").is_staff
    assert APIClient().login(username="grace", password="correct horse battery")


@pytest.mark.django_db
def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFLOOP_ADMIN_PASSWORD", "password")
    with pytest.raises(CommandError, match=r"too common|too short"):
        call_command("make_admin", "grace", verbosity=0)
    assert not User.objects.filter(username="grace").exists()
