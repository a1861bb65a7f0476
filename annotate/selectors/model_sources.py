"""Where a model's files are: the starter's weights, a directory of ours, a local model, or a hub id."""

from pathlib import Path

from annotate.config.env import ROOT, env

_WEIGHTS = ROOT / "rlhf_backend" / "starter" / "weights"
STARTERS = {"starter": _WEIGHTS / "policy", "starter-judge": _WEIGHTS / "judge"}
"""Models that ship with the product, by the name one chooses."""


def model_directory(*, source: str) -> Path | None:
    """The directory of `source` if it is a local model in an allowed place; None for a hub id or an unknown path.

    Allowed are the starter's weights, the data directory (our own versions) and the configured model root: a path from
    a form must not reach other files of the machine.
    """
    if source in STARTERS:
        return STARTERS[source]
    for root in (env().data_dir.resolve(), env().model_dir().resolve()):
        path = (root / source).resolve()
        if path.is_relative_to(root) and path != root and path.is_dir():
            return path
    return None


def model_location(*, source: str) -> str:
    """What the engine is told: an absolute directory, or the hub id as it is.

    Raises: LookupError: neither a directory in an allowed place nor, where hub ids may be used, the form of one.
    """
    directory = model_directory(source=source)
    if directory is not None:
        if not directory.is_dir():
            raise LookupError(f"The model '{source}' has no files in {directory}. Make them: see the starter's README.")
        return str(directory)
    is_hub_id = source.count("/") <= 1 and not source.startswith((".", "/", "~")) and bool(source.strip())
    if env().hub and is_hub_id:
        return source
    where = f"{env().model_dir()} or {env().data_dir}"
    hub = "" if env().hub else " Hub ids are switched off (RLHF_HUB)."
    raise LookupError(f"The model '{source}' was not found under {where}.{hub} Put its directory there.")


def directory_bytes(directory: Path) -> int:
    """Bytes of all files below `directory`."""
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
