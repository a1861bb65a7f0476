"""Django's commands on the site that `make run` started."""

from pathlib import Path

import pytest

from annotate.embedded import embedded_addresses
from tests import servers
from tools.manage import site_environment


@pytest.fixture
def no_servers_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.mark.usefixtures("no_servers_named")
def test_a_site_that_does_not_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        site_environment(tmp_path)
    told = capsys.readouterr().err
    assert f"no site runs on {tmp_path}" in told
    assert "`make run`" in told


@pytest.mark.usefixtures("no_servers_named")
def test_a_site_that_died_is_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "postmaster.pid").write_text("4194305\n")
    assert embedded_addresses(root=tmp_path) is None
    (tmp_path / "postgres" / "postmaster.pid").write_text("")
    assert embedded_addresses(root=tmp_path) is None


def test_servers_of_ones_own_are_left_as_they_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    assert site_environment(tmp_path)["DATABASE_URL"] == "postgresql://elsewhere/db"


def test_servers_that_somebody_else_started_are_found() -> None:
    running = servers._embedded
    if running is None:
        pytest.skip("the tests run on servers named in DATABASE_URL and REDIS_URL")
    found = embedded_addresses(root=servers.ROOT / "servers")
    assert found == (running.database_url, running.redis_url)
