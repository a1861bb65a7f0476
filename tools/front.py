"""Run an npm script of the front end with a Node that is new enough: ``python -m tools.front check``."""

import subprocess
import sys

from tools.setup import ROOT, install_front_end


def main() -> None:
    env = install_front_end()
    raise SystemExit(
        subprocess.run(["npm", "run", *sys.argv[1:]], cwd=ROOT / "frontend", env=env, check=False).returncode
    )


if __name__ == "__main__":
    main()
