"""What notify is told from outside."""

from typing import Annotated, Self

from cryptography.fernet import Fernet
from paivand_kit.settings import ServiceSettings
from pydantic import Field, SecretStr, field_validator, model_validator

Seconds = Annotated[float, Field(gt=0)]


class Settings(ServiceSettings):
    """Common settings, and those of the inbox stream, e-mail and webhooks."""

    stream_heartbeat_seconds: Seconds = 15
    streams_per_subject: int = 5
    streams_per_process: int = 2000

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_from: str = "paivand@localhost.localdomain"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: bool = False
    """TLS from the first byte (usually port 465)."""
    smtp_starttls: bool | None = None
    """True: required. False: never. Unset: when the server offers it, and required with a user name."""

    webhook_secret_key: SecretStr
    """Fernet key that encrypts the signing secrets of webhooks."""
    allow_private_webhooks: bool = False
    """Lets webhooks use http and private addresses. For the demonstration only: it opens the inner network."""
    webhook_retry_seconds: list[Seconds] = [5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400]
    """Pauses between attempts, also for e-mail; after the last one the delivery is dead."""
    delivery_lease_seconds: Seconds = 60
    """How long a delivery stays with the process that took it; a crashed process's deliveries wait so long."""
    delivery_poll_seconds: Seconds = 1

    @field_validator("webhook_secret_key")
    @classmethod
    def _is_fernet_key(cls, key: SecretStr) -> SecretStr:
        Fernet(key.get_secret_value())
        return key

    @model_validator(mode="after")
    def _password_needs_tls(self) -> Self:
        if self.smtp_username and self.smtp_starttls is False and not self.smtp_tls:
            raise ValueError("an SMTP user name needs smtp_tls or smtp_starttls")
        return self
