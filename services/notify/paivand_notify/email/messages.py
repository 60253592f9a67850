"""The mail itself: number, state and a link; nothing else."""

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from ..deliveries.tables import DeliveryRow
from ..inbox.news import news_of, told_event
from ..texts import Language, text_of
from .tables import EmailSubscriptionRow

FOOTERS = {
    Language.ENGLISH: "Sign in to read it. You asked for this mail; you can stop it there.",
    Language.RUSSIAN: "Войдите, чтобы прочитать. Вы просили об этом письме; там же его можно отменить.",
    Language.TAJIK: "Барои хондан ворид шавед. Шумо ин номаро дархост кардаед; онро ҳамон ҷо бекор кардан мумкин аст.",
}


def compose(delivery: DeliveryRow, subscription: EmailSubscriptionRow, *, sender: str, public_url: str) -> EmailMessage:
    """The mail of a delivery; the same Message-ID at each attempt, so that a mail sent twice can be recognised.

    Raises:
        ValueError: the event or its number is not one, or a header would break its line.
    """
    language = Language(subscription.language)
    news = news_of(told_event.validate_python(delivery.event))
    text = text_of(news.kind, news.reference, language, times=news.times)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = subscription.address
    message["Subject"] = text
    message["Date"] = format_datetime(delivery.created_at)
    message["Message-ID"] = f"<{delivery.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language.value
    message.set_content(f"{text}\n\n{FOOTERS[language]}\n{public_url}\n", cte="quoted-printable")
    return message
