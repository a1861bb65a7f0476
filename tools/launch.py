"""Start everything on this machine: ``python -m tools.launch`` (or ``make run``).

PostgreSQL and Valkey (embedded, unless `DATABASE_URL` and `REDIS_URL` name others), migrations, the demo project, then
the web server, the Celery workers and beat. Ctrl-C stops all of it; the data stay under `var/`.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from annotate.embedded import Embedded, EmbeddedError, embedded_start

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
RESTARTS_ALLOWED = 5
CHAT_LIFE = ("--max-tasks-per-child", "1000")


def stop(problem: str, remedy: str) -> NoReturn:
    print(f"\nNot started: {problem}\nWhat to do: {remedy}", file=sys.stderr)
    raise SystemExit(1)


@dataclass
class Service:
    """One process of the product, restarted when it dies on its own."""

    name: str
    command: list[str]
    log_path: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self, environment: dict[str, str]) -> None:
        self.starts.append(time.monotonic())
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            # A session of its own: Ctrl-C reaches the launcher alone, which stops its children in order.
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def stop(self, seconds: float) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def services(*, port: int, host: str, var: Path) -> list[Service]:
    """The same commands as the containers of docker-compose.yml."""
    bin_ = Path(sys.executable).parent
    celery = [str(bin_ / "celery"), "-A", "annotate.config.celery"]
    granian = [str(bin_ / "granian"), "--interface", "asginl", "annotate.config.asgi:application"]
    commands = {
        "web": [*granian, "--host", host, "--port", str(port), "--workers", "2", "--no-ws", "--backpressure", "256"],
        "worker": [*celery, "worker", "-n", "default@%h", "-Q", "default", "-c", "1", "-l", "INFO"],
        "trainer": [*celery, "worker", "-n", "runs@%h", "-Q", "runs", "-c", "1", "-l", "INFO"],
        # A worker process that is replaced takes the loaded policy with it, so it is kept for long.
        "chat": [*celery, "worker", "-n", "chat@%h", "-Q", "chat", "-c", "1", "-l", "INFO", *CHAT_LIFE],
        "beat": [*celery, "beat", "-l", "INFO", "-s", str(var / "beat-schedule"), "--pidfile", ""],
    }
    return [Service(name, command, var / "log" / f"{name}.log") for name, command in commands.items()]


def check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            stop(
                f"port {port} is not free ({error.strerror})",
                f"stop what uses it, or choose another: `make run PORT={port + 1}`.",
            )


def secret_key() -> str:
    path = VAR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def prepare_environment() -> tuple[dict[str, str], Embedded | None]:
    """The children's environment, and the embedded servers where no others were named."""
    VAR.mkdir(exist_ok=True)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "annotate.config.settings", "HF_HUB_DISABLE_TELEMETRY": "1"}
    environment.setdefault("RLHF_SECRET_KEY", secret_key())
    environment.setdefault("RLHF_DATA_DIR", str(VAR / "data"))
    named = [name for name in ("DATABASE_URL", "REDIS_URL") if name in environment]
    if len(named) == 2:
        return environment, None
    if named:
        stop(f"only {named[0]} is set", "set both DATABASE_URL and REDIS_URL, or neither to use the embedded servers.")
    try:
        embedded = embedded_start(root=VAR / "servers")
    except EmbeddedError as error:
        stop(str(error), "read the log above; another `make run` may be using this folder, or the disk may be full.")
    environment["DATABASE_URL"] = embedded.database_url
    environment["REDIS_URL"] = embedded.redis_url
    return environment, embedded


def manage(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stderr[-3000:], file=sys.stderr)
        stop(f"`manage.py {' '.join(arguments)}` failed", "read the lines above.")


def wait_until_healthy(address: str, web: Service) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/api/health/", timeout=5) as answer:  # noqa: S310  (our own address)
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
        if web.process is not None and web.process.poll() is not None:
            break
    tail = (VAR / "log" / "web.log").read_text(errors="replace")[-2000:]
    stop(f"the web server does not answer at {address}\n{tail}", "read var/log/web.log.")


def announce(address: str, seconds: float, first: bool) -> None:
    print(
        f"\nPrefloop runs at {address}   (started in {seconds:.0f} s; logs in var/log, data in var/; Ctrl-C stops it)"
    )
    logins = VAR / "demo-logins.json"
    if not logins.exists():
        return
    if first:
        print("Demo log-ins, shown once and kept in var/demo-logins.json:")
        for name, password in json.loads(logins.read_text()).items():
            print(f"  {name:<10} {password}")
    else:
        print("Demo log-ins: var/demo-logins.json")


def watch(running: list[Service], environment: dict[str, str]) -> None:
    """Restart what dies; give up on a service that dies five times in a minute."""
    while True:
        time.sleep(1)
        for service in running:
            if service.process is not None and service.process.poll() is None:
                continue
            recent = [at for at in service.starts if at > time.monotonic() - 60]
            code = service.process.returncode if service.process else None
            if len(recent) >= RESTARTS_ALLOWED:
                stop(f"{service.name} keeps dying (exit status {code})", f"read var/log/{service.name}.log.")
            print(f"{service.name} ended with status {code}: starting it again", flush=True)
            service.start(environment)


def interrupted(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    arguments = parser.parse_args()
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, interrupted)
    began = time.monotonic()
    check_port(arguments.host, arguments.port)
    first = not (VAR / "demo-logins.json").exists()
    environment, embedded = prepare_environment()
    running: list[Service] = []
    try:
        manage(environment, "migrate", "--no-input")
        manage(environment, "bootstrap_demo")
        running = services(port=arguments.port, host=arguments.host, var=VAR)
        for service in running:
            service.start(environment)
        address = f"http://{arguments.host}:{arguments.port}"
        wait_until_healthy(address, running[0])
        announce(address, time.monotonic() - began, first)
        watch(running, environment)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        # An impatient second Ctrl-C must not leave processes behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # The trainer's engine writes a checkpoint when it is asked to stop, so it gets the longest time.
        for service in reversed(running):
            service.stop(seconds=30 if service.name == "trainer" else 10)
        if embedded is not None:
            embedded.stop()


if __name__ == "__main__":
    main()
