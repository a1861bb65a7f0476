"""Files that are either whole or absent: written beside their place, flushed to disk, then renamed."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rlhf_backend.errors import ConfigError

MANIFEST = "manifest.json"


def write_text(path: Path, text: str) -> None:
    """Replace `path` by a file with this text in one step.

    Raises: OSError: the disk is full or not writable; nothing of the new text is then left.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_directory(path.parent)


@contextmanager
def replaced_directory(path: Path) -> Iterator[Path]:
    """A temporary directory that becomes `path`, with a manifest, when the block ends well, and vanishes when not.

    Raises: OSError: as the writes in the block; an older `path` is then untouched.
    """
    part = path.with_name(f".{path.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        _write_manifest(part)
        if path.exists():
            shutil.rmtree(path)
        part.rename(path)
        _sync_directory(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def verify_directory(path: Path) -> dict[str, str]:
    """The manifest of `path`: file name → sha256, after every file was read and compared.

    Raises: ConfigError: the manifest is missing or unreadable, or a file is missing or differs from it.
    """
    expected = _read_manifest(path)
    for name, digest in expected.items():
        file = path / name
        if not file.is_file():
            raise ConfigError(f"{path} lacks {name}, which its manifest lists")
        if sha256(file) != digest:
            raise ConfigError(f"{path / name} differs from its manifest: the file is damaged")
    return expected


def is_untouched(path: Path) -> bool:
    """Whether each file of `path` is older than the manifest, for which all were hashed; reads none of them.

    So it is of a directory that was written here. One that was copied without its times has to be verified.
    Raises: ConfigError: the manifest is missing or unreadable.
    """
    names, hashed_at = _read_manifest(path), (path / MANIFEST).stat().st_mtime_ns
    try:
        return all((path / name).stat().st_mtime_ns < hashed_at for name in names)
    except OSError:
        return False


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        expected: dict[str, str] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} has no readable {MANIFEST}: it was not completely written") from error
    return expected


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(directory: Path) -> None:
    files = sorted(p for p in directory.rglob("*") if p.is_file() and p.name != MANIFEST)
    for file in files:
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
    digests = {str(file.relative_to(directory)): sha256(file) for file in files}
    write_text(directory / MANIFEST, json.dumps({"sha256": digests}, indent=1) + "\n")


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
