"""Directories as tar archives, made while they are sent."""

import tarfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from asgiref.sync import sync_to_async

_BLOCK = 2**20


async def tar_stream(directory: Path, name: str) -> AsyncIterator[bytes]:
    """The files below `directory` as an archive of one folder `name`; memory stays at one megabyte."""
    blocks = _blocks(directory, name)
    read = sync_to_async(lambda: next(blocks, b""), thread_sensitive=False)
    while block := await read():
        yield block


def _blocks(directory: Path, name: str) -> Iterator[bytes]:
    for file in sorted(path for path in directory.rglob("*") if path.is_file()):
        status = file.stat()
        member = tarfile.TarInfo(f"{name}/{file.relative_to(directory)}")
        member.size, member.mtime, member.mode = status.st_size, int(status.st_mtime), 0o644
        yield member.tobuf(tarfile.PAX_FORMAT)
        with file.open("rb") as handle:
            while block := handle.read(_BLOCK):
                yield block
        if padding := -status.st_size % tarfile.BLOCKSIZE:
            yield b"\0" * padding
    yield b"\0" * (2 * tarfile.BLOCKSIZE)
