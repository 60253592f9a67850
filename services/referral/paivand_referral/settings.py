"""Settings of the referral service (environment variables with the prefix PAIVAND_)."""

from datetime import timedelta
from pathlib import Path

from paivand_contracts.codes import Priority
from paivand_kit.audit.alerts import Usual
from paivand_kit.settings import ServiceSettings

from .reminders.rules import REMIND_BEFORE, Recipient
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
    remind_before: dict[Recipient, list[timedelta]] = REMIND_BEFORE
    """How long before a hearing whom to remind: organizations of lawyers of record, and the one that accompanies."""
    acknowledge_within: timedelta = timedelta(hours=24)
    """How long a lawyer has to confirm a new date before the manager is told."""
    reminder_poll_seconds: float = 0.5
    unusual_reading_cases: int = 20
    """Of how many cases an account reads what is secret, within that time, before a coordinator is told."""
    unusual_reading_within: timedelta = timedelta(hours=1)
    index_key_file: Path
    """The key of the blind indexes by which a person is found; made together with the other."""

    @property
    def usual_reading(self) -> Usual:
        """What no coordinator is told of."""
        return Usual(self.unusual_reading_cases, self.unusual_reading_within)
