"""Sends mails by SMTP."""

from aiosmtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, send
from paivand_kit.database import Database

from ..deliveries.rules import Outcome, Result
from ..deliveries.tables import DeliveryRow
from ..settings import Settings
from . import repository
from .messages import compose

SMTP_SECONDS = 20.0


class EmailSender:
    """Sends one delivery as a mail. A connection each: mails are few, and idle connections get closed."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        # A password never goes out in the clear; without one the server's offer decides unless the settings do.
        self._start_tls = False if settings.smtp_tls else True if settings.smtp_username else settings.smtp_starttls

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """One attempt. A recipient or a text that is refused with 5xx is so for good; everything else may pass."""
        async with self._database.transaction() as session:
            subscription = await repository.get_unscoped(session, delivery.target_id)
        if subscription is None:
            return Outcome(Result.REFUSED, "unsubscribed")
        settings = self._settings
        try:
            message = compose(delivery, subscription, sender=settings.smtp_from, public_url=settings.public_url)
        except (ValueError, KeyError):
            return Outcome(Result.REFUSED, "invalid-message")
        try:
            await send(
                message,
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_username,
                password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
                use_tls=settings.smtp_tls,
                start_tls=self._start_tls,
                timeout=SMTP_SECONDS,
            )
        except SMTPRecipientsRefused as refused:
            return _refusal(max(each.code for each in refused.recipients))
        except SMTPDataError as refused:
            return _refusal(refused.code)
        except (SMTPException, OSError):
            return Outcome(Result.RETRY, "smtp-unavailable")
        return Outcome(Result.DELIVERED, "sent")


def _refusal(code: int) -> Outcome:
    return Outcome(Result.REFUSED if code >= 500 else Result.RETRY, f"smtp-{code}")
