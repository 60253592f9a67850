"""What the directory is told from outside."""

from paivand_kit.settings import ServiceSettings
from pydantic import SecretStr


class Settings(ServiceSettings):
    """How often the timed jobs look."""

    hold_check_seconds: float = 5
    stale_check_seconds: float = 60
    record_check_seconds: float = 600
    membership_check_seconds: float = 600
    keycloak_check_seconds: float = 2
    keycloak_url: str = ""
    """Keycloak's address past the gateway, with its path; without one nobody is told of members and people."""
    keycloak_client_key: SecretStr = SecretStr("")
