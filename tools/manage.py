"""`python -m tools.manage COMMAND …`: Django's commands on the site that `make run` started.

Where `DATABASE_URL` and `REDIS_URL` name servers of your own, `manage.py` does the same.
"""

import os
import sys
from pathlib import Path

from annotate.embedded import embedded_addresses
from tools.launch import ROOT, VAR, secret_key, stop


def site_environment(var: Path = VAR) -> dict[str, str]:
    """The environment of the running site's processes; ends the program where it does not run."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "annotate.config.settings"}
    if {"DATABASE_URL", "REDIS_URL"} <= environment.keys():
        return environment
    addresses = embedded_addresses(root=var / "servers")
    if addresses is None:
        stop(f"no site runs on {var}", "start it with `make run` in another window.")
    environment["DATABASE_URL"], environment["REDIS_URL"] = addresses
    environment.setdefault("RLHF_SECRET_KEY", secret_key())
    environment.setdefault("RLHF_DATA_DIR", str(var / "data"))
    return environment


def main() -> None:
    environment = site_environment()
    os.execve(sys.executable, [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]], environment)  # noqa: S606


if __name__ == "__main__":
    main()
