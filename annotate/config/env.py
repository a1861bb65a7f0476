"""The one reader of the environment. A missing or unknown name refuses to start."""

import os
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "RLHF_"


class Env(BaseSettings):
    """Environment of every process: web, worker, beat, commands."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    database_url: str = Field(validation_alias="DATABASE_URL", description="postgresql://…")
    redis_url: str = Field(validation_alias="REDIS_URL", description="redis://… or unix://…")
    secret_key: str = Field(min_length=32, description="Signs sessions; at least 32 characters.")
    data_dir: Path = Field(ROOT / "var" / "data", description="Run directories, models, exports.")
    model_root: Path | None = Field(None, description="Local models an admin may choose; empty: DATA_DIR/models.")
    hub: bool = Field(True, description="Whether Hugging Face ids may be chosen as models.")
    debug: bool = False
    allowed_hosts: str = Field("localhost,127.0.0.1,[::1]", description="Comma-separated host names.")
    trusted_origins: str = Field("", description="Comma-separated origins behind a proxy: https://label.example.org")
    https: bool = Field(False, description="Set when the site is served over HTTPS: secure cookies, HSTS.")
    torch_threads: int | None = Field(None, ge=1, description="CPU threads of one run; empty takes all cores.")
    engine_processes: int = Field(
        1, ge=1, description="Processes that share each training run: as many as the trainer has GPUs."
    )
    upload_mb: int = Field(64, ge=1, description="Largest upload.")
    sampling_servers: str = Field(
        "", description="Comma-separated addresses of sampling servers that projects may name: http://host:8000/v1"
    )
    sampling_key: str = Field("", description="Key that sampling servers ask for.")
    heartbeat_seconds: int = Field(30, ge=1, description="A run without a sign of life this long is taken over.")

    def model_dir(self) -> Path:
        return self.model_root or self.data_dir / "models"


@cache
def env() -> Env:
    """The environment, read once.

    Raises: pydantic.ValidationError for a missing or malformed value, ValueError for an unknown RLHF_ name.
    """
    # pydantic-settings ignores stray names even with extra="forbid"; a misspelt name must not pass in silence.
    known = {PREFIX + name.upper() for name in Env.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise ValueError(f"Unknown environment names: {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")
    return Env()
