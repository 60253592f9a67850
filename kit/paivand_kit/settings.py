"""What every service is told from outside, by environment variables with the prefix PAIVAND_."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Common to all services; each adds its own in its `settings.py`."""

    model_config = SettingsConfigDict(env_prefix="PAIVAND_", frozen=True)

    database_url: SecretStr
    database_pool_size: int = 10
    nats_url: str = "nats://127.0.0.1:4222"
    nats_user: str
    nats_password: SecretStr
    idempotency_secret: Annotated[SecretStr, Field(min_length=32)]
    """Part of the key that seals stored answers; each service has its own."""
    issuer: str
    jwks_url: str
    audience: str = "paivand"
    public_url: str = "http://localhost:8080"
    log_level: str = "INFO"
    audit_folder: Path | None = None
    """Where the key that signs the audit chain's heads, its public half and the signed heads are kept."""
    audit_head_seconds: float = 60.0
