"""Start the product's processes with the launcher's own commands, on servers of one's choice."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from annotate.embedded import embedded_start
from tools.launch import Service, services

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveSite:
    """A running product: where it answers, how its processes are called, and where its files are."""

    address: str
    root: Path
    environment: dict[str, str]
    services: dict[str, Service]
    admin_password: str

    def manage(self, *arguments: str, **extra: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def start(self, name: str) -> None:
        self.services[name].start(self.environment)

    def kill(self, name: str) -> None:
        """SIGKILL of the service's own process, as an out-of-memory killer would do it."""
        process = self.services[name].process
        assert process is not None
        process.kill()
        process.wait()

    def log(self, name: str) -> str:
        path = self.services[name].log_path
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def wait_until_healthy(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.address}/api/health/", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise RuntimeError(f"the web server did not answer within {seconds} s:\n{self.log('web')}")

    def stop(self) -> None:
        for service in reversed(list(self.services.values())):
            service.stop(seconds=20)


def _prepare(site: LiveSite) -> None:
    site.manage("migrate", "--no-input")
    site.manage("make_admin", "ada", PREFLOOP_ADMIN_PASSWORD=site.admin_password)


@contextmanager
def live_site(
    *,
    database_url: str = "",
    redis_url: str = "",
    only: tuple[str, ...] = ("web", "worker", "trainer", "chat", "beat"),
    commands: Callable[[int, Path], list[Service]] | None = None,
    **environment: str,
) -> Iterator[LiveSite]:
    """The product on the given servers, or on embedded ones of its own; everything is gone afterwards.

    `commands` gives other services than the launcher's for a port and a folder.
    """
    root = Path(tempfile.mkdtemp(prefix="prefloop-live-"))
    embedded = None
    try:
        if not database_url or not redis_url:
            embedded = embedded_start(root=root / "servers")
            database_url, redis_url = embedded.database_url, embedded.redis_url
        port = free_port()
        made = commands(port, root) if commands else services(port=port, host="127.0.0.1", var=root)
        site = LiveSite(
            address=f"http://127.0.0.1:{port}",
            root=root,
            environment={
                **{name: value for name, value in os.environ.items() if not name.startswith("RLHF_")},
                "DJANGO_SETTINGS_MODULE": "annotate.config.settings",
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "RLHF_SECRET_KEY": secrets.token_urlsafe(48),
                "RLHF_DATA_DIR": str(root / "data"),
                "HF_HUB_OFFLINE": "1",
                "HF_HUB_DISABLE_TELEMETRY": "1",
                **(
                    {"RLHF_TORCH_THREADS": "1"} if "PYTEST_XDIST_WORKER" in os.environ else {}
                ),  # others train beside it
                **environment,
            },
            services={service.name: service for service in made},
            admin_password=secrets.token_urlsafe(12),
        )
        _prepare(site)
        try:
            for name in only:
                site.start(name)
            if "web" in only:
                site.wait_until_healthy()
            yield site
        finally:
            site.stop()
    finally:
        if embedded is not None:
            embedded.stop()
        shutil.rmtree(root, ignore_errors=True)
