"""Settings of the referral service (environment variables with the prefix PAIVAND_)."""

from datetime import timedelta
from pathlib import Path

from paivand_contracts.codes import Priority
from paivand_kit.settings import ServiceSettings

from .vault.provider import VaultSettings


class Settings(ServiceSettings, VaultSettings):
    """What only the referral service needs to be told."""

    respond_within: dict[Priority, timedelta] = {
        Priority.STAT: timedelta(hours=1),
        Priority.ASAP: timedelta(hours=4),
        Priority.URGENT: timedelta(hours=24),
        Priority.ROUTINE: timedelta(hours=72),
    }
    overdue_check_seconds: float = 5.0
    expiry_check_seconds: float = 5.0
    index_key_file: Path
    """The key of the blind indexes by which a person is found; made together with the other."""
