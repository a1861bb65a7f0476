"""The compose file's own commands, on a PostgreSQL and a Redis that the product did not start: a round goes through."""

import shlex
import sys
from pathlib import Path

import pytest

from tests.faults.stage import Stage
from tests.live.client import Client
from tests.live.site import live_site
from tests.production.servers import postgres_server, redis_server
from tests.production.test_compose import COMPOSE, OURS
from tools.launch import Service

pytestmark = pytest.mark.loop


def compose_services(port: int, root: Path) -> list[Service]:
    """The commands as they stand in the compose file; only programs, port and scratch folder are this machine's."""

    def here(word: str) -> str:
        return word.replace("8000", str(port)).replace("/tmp/", f"{root}/")  # noqa: S108

    made = []
    for name in OURS:
        program, *rest = COMPOSE["services"][name]["command"]
        command = [str(Path(sys.executable).parent / program), *map(here, rest)]
        print(name, shlex.join(command))
        made.append(Service(name, command, root / "log" / f"{name}.log"))
    return made


def test_a_round_goes_through_on_servers_of_ones_own() -> None:
    with (
        postgres_server() as database_url,
        redis_server() as redis_url,
        live_site(database_url=database_url, redis_url=redis_url, commands=compose_services) as site,
    ):
        stage = Stage(site, Client.sign_in(site.address, "ada", site.admin_password))
        project_id = stage.labelled_project()
        found = stage.admin.wait_for_round(stage.start_round(project_id), seconds=300)
        assert found["status"] == "done", found
        health = stage.admin.get("health/")
        assert health["status"] == "ok"
