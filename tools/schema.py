"""Write the OpenAPI schema and the front end's types from the code: ``python -m tools.schema``."""

import os
import subprocess
import sys

from tools.setup import ROOT, install_front_end

# The schema needs settings that load, not servers that answer.
PLACEHOLDERS = {
    "DATABASE_URL": "postgresql://localhost/unused",
    "REDIS_URL": "redis://localhost",
    "RLHF_SECRET_KEY": "x" * 40,
}


def main() -> None:
    subprocess.run(
        [sys.executable, "manage.py", "spectacular", "--format", "openapi-json", "--file", "frontend/openapi.json"],
        cwd=ROOT,
        env={**os.environ, **PLACEHOLDERS},
        check=True,
    )
    subprocess.run(["npm", "run", "types"], cwd=ROOT / "frontend", env=install_front_end(), check=True)


if __name__ == "__main__":
    main()
