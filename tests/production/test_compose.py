"""The compose file says what the product runs: same commands, same names, every service watched."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from annotate.config.env import PREFIX, Env
from tools.launch import services

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("web", "worker", "trainer", "chat", "beat")


def test_it_has_every_process_of_the_product_and_both_servers() -> None:
    assert set(COMPOSE["services"]) == {"postgres", "redis", "migrate", *OURS}


@pytest.mark.parametrize("name", [*OURS, "postgres", "redis"])
def test_every_lasting_service_has_a_health_check_and_restarts(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_its_commands_are_the_launchers(name: str) -> None:
    def essence(command: list[str]) -> list[str]:
        """Without addresses, counts and scratch paths, which differ between a laptop and a container."""
        text = " ".join([Path(command[0]).name, *command[1:]])
        text = re.sub(r"--(host|port|workers|pidfile) ?\S*|-(c|s) \S+", "", text)
        return text.split()

    launcher = {service.name: service.command for service in services(port=8000, host="0.0.0.0", var=Path("/tmp"))}  # noqa: S104, S108
    assert essence(COMPOSE["services"][name]["command"]) == essence(launcher[name])


@pytest.mark.parametrize("name", [*OURS, "migrate"])
def test_it_sets_only_names_that_the_product_reads(name: str) -> None:
    known = {PREFIX + field.upper() for field in Env.model_fields} | {"DATABASE_URL", "REDIS_URL"}
    assert set(COMPOSE["services"][name]["environment"]) <= known


def test_secrets_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "RLHF_SECRET_KEY"):
        uses = re.findall(rf"\$\{{{secret}[^}}]*\}}", text)
        assert uses
        assert all(":?" in use for use in uses)


def test_only_the_image_of_trainer_and_chat_has_torch() -> None:
    web = (ROOT / "Dockerfile").read_text().split("FROM base AS web")[1].split("FROM base AS worker")[0]
    assert "torch" not in web
    assert {COMPOSE["services"][name]["build"]["target"] for name in ("trainer", "chat")} == {"worker"}
    assert {COMPOSE["services"][name]["build"]["target"] for name in ("web", "worker", "beat", "migrate")} == {"web"}


@pytest.mark.parametrize("name", ["postgres", "redis", *OURS, "migrate"])
def test_data_lives_on_named_volumes(name: str) -> None:
    mounts = [mount.split(":")[0] for mount in COMPOSE["services"][name].get("volumes", [])]
    assert mounts
    assert set(mounts) <= set(COMPOSE["volumes"])
