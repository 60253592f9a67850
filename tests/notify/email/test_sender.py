"""Mails as they arrive at a real SMTP server."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from paivand_contracts.codes import Priority
from paivand_contracts.referral import ReferralEventBase
from paivand_kit.database import Database
from paivand_notify.deliveries import repository as deliveries
from paivand_notify.deliveries.rules import Channel, Outcome, Result
from paivand_notify.deliveries.tables import DeliveryRow
from paivand_notify.email.sender import EmailSender
from paivand_notify.inbox.consumers import handle_referral_events
from paivand_notify.settings import Settings
from pydantic import SecretStr, ValidationError
from sqlalchemy import text

from tests.factories.referral_events import an_event
from tests.notify.network import Mailbox
from tests.notify.people import coordinator, member

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("no_other_subscriptions")]
PATH = "/notify/v1/email-subscription"


@pytest.fixture
async def no_other_subscriptions(database: Database, empty_queue: None) -> None:
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM email_subscriptions"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp_port(mailbox: Mailbox) -> Iterator[int]:
    with mailbox.running() as port:
        yield port


@pytest.fixture
def sender(settings: Settings, database: Database, smtp_port: int) -> EmailSender:
    changes = {"smtp_port": smtp_port, "smtp_from": "Paivand <paivand@network.example>"}
    return EmailSender(settings.model_copy(update=changes), database)


class Desk:
    """Lets events happen and takes the mails they make from the queue."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self._client, self._database = client, database

    async def subscribe(self, person: dict[str, str], **wanted: Any) -> None:
        answer = await self._client.put(PATH, json=wanted, headers=person)
        assert answer.status_code == 200, answer.text

    async def happens(self, *events: ReferralEventBase) -> list[DeliveryRow]:
        async with self._database.transaction() as session:
            await handle_referral_events(session, events)
        async with self._database.transaction() as session:
            return await deliveries.claim_unscoped(
                session, Channel.EMAIL, slots=100, per_target=100, busy_targets=[], lease_seconds=60
            )


@pytest.fixture
def desk(client: httpx.AsyncClient, database: Database) -> Desk:
    return Desk(client, database)


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Referral {}: accepted"), ("ru", "Направление {}: принято"), ("tg", "Роҳхат {}: қабул шуд")],
)
async def test_mail_holds_number_state_and_link_only(
    desk: Desk, sender: EmailSender, mailbox: Mailbox, settings: Settings, language: str, subject: str
) -> None:
    requester = uuid4()
    await desk.subscribe(member(requester, email="zarina@example.org"), language=language)
    event = an_event("accepted", requester=requester)
    [delivery] = await desk.happens(event)
    assert await sender(delivery) == Outcome(Result.DELIVERED, "sent")
    [mail] = mailbox.mails
    assert mail["Subject"] == subject.format(event.data.number)
    assert (mail["To"], mail["From"]) == ("zarina@example.org", "Paivand <paivand@network.example>")
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == (f"<{delivery.id}@network.example>", "auto-generated")
    first, _, _, link = mail.get_content().splitlines()
    assert (first, link) == (mail["Subject"], settings.public_url)
    [envelope] = mailbox.envelopes
    assert envelope.rcpt_tos == ["zarina@example.org"]
    raw = envelope.content.decode()
    for id_ in (event.id, event.data.referral_id, event.data.service_id, requester):
        assert str(id_) not in raw


async def test_same_message_id_at_each_attempt(desk: Desk, sender: EmailSender, mailbox: Mailbox) -> None:
    requester = uuid4()
    await desk.subscribe(member(requester, email="zarina@example.org"))
    [delivery] = await desk.happens(an_event("accepted", requester=requester))
    for _ in range(2):
        await sender(delivery)
    assert [mail["Message-ID"] for mail in mailbox.mails] == [f"<{delivery.id}@network.example>"] * 2


async def test_those_who_must_know_and_asked_get_one_mail(desk: Desk, sender: EmailSender, mailbox: Mailbox) -> None:
    requester, owner = uuid4(), uuid4()
    people = {
        "owner": member(owner, subject="s1", email="owner@example.org"),
        "colleague": member(owner, subject="s2", email="colleague@example.org"),
        "requester": member(requester, subject="s3", email="requester@example.org"),
        "coordinator": coordinator(subject="s4", email="coordinator@example.org"),
        "other": member(uuid4(), subject="s5", email="other@example.org"),
    }
    for person in people.values():
        await desk.subscribe(person)
    overdue = an_event("overdue", requester=requester, owner=owner)
    taken = await desk.happens(overdue, an_event("accepted", requester=requester, owner=owner))
    for delivery in taken:
        await sender(delivery)
    assert sorted(mail["To"] for mail in mailbox.mails if overdue.data.number in mail["Subject"]) == [
        *("colleague@example.org", "coordinator@example.org", "owner@example.org")
    ]
    assert [mail["To"] for mail in mailbox.mails if overdue.data.number not in mail["Subject"]] == [
        "requester@example.org"
    ]


async def test_wishes_are_kept(desk: Desk) -> None:
    owner = uuid4()
    await desk.subscribe(member(owner, email="zarina@example.org"), is_only_urgent=True, kinds=["requested"])
    urgent = an_event("requested", owner=owner, priority=Priority.STAT)
    taken = await desk.happens(
        urgent, an_event("requested", owner=owner), an_event("cancelled", owner=owner, priority=Priority.STAT)
    )
    assert [delivery.event_id for delivery in taken] == [urgent.id]


async def test_nothing_goes_out_after_unsubscribing(
    desk: Desk, sender: EmailSender, mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    owner = uuid4()
    person = member(owner, subject="leaver", email="zarina@example.org")
    await desk.subscribe(person)
    [delivery] = await desk.happens(an_event("requested", owner=owner))
    await client.delete(PATH, headers=person)
    assert await sender(delivery) == Outcome(Result.REFUSED, "unsubscribed")
    assert await desk.happens(an_event("requested", owner=owner)) == []
    assert mailbox.mails == []


async def test_header_cannot_be_injected_even_past_the_checks(
    desk: Desk, sender: EmailSender, mailbox: Mailbox, database: Database
) -> None:
    owner = uuid4()
    await desk.subscribe(member(owner, email="zarina@example.org"))
    [delivery] = await desk.happens(an_event("requested", owner=owner))
    delivery.event = {**delivery.event, "data": {**delivery.event["data"], "number": "R-1\r\nBcc: all@example.org"}}
    assert await sender(delivery) == Outcome(Result.REFUSED, "invalid-message")
    delivery.event["data"]["number"] = "R-7K2M-9QXD-4"
    async with database.transaction() as session:
        address = "zarina@example.org\r\nBcc: all@example.org"
        await session.execute(text("UPDATE email_subscriptions SET address = :address"), {"address": address})
    assert await sender(delivery) == Outcome(Result.REFUSED, "invalid-message")
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        ("550 No such mailbox", Outcome(Result.REFUSED, "smtp-550")),
        ("450 Try again later", Outcome(Result.RETRY, "smtp-450")),
    ],
)
async def test_refusal_for_good_and_for_now(
    desk: Desk, sender: EmailSender, mailbox: Mailbox, refusal: str, outcome: Outcome
) -> None:
    owner = uuid4()
    await desk.subscribe(member(owner, email="zarina@example.org"))
    [delivery] = await desk.happens(an_event("requested", owner=owner))
    mailbox.refusal = refusal
    assert await sender(delivery) == outcome


async def test_no_server_is_tried_again(desk: Desk, settings: Settings, database: Database) -> None:
    with Mailbox().running() as port:
        pass
    owner = uuid4()
    await desk.subscribe(member(owner, email="zarina@example.org"))
    [delivery] = await desk.happens(an_event("requested", owner=owner))
    sender = EmailSender(settings.model_copy(update={"smtp_port": port}), database)
    assert await sender(delivery) == Outcome(Result.RETRY, "smtp-unavailable")


async def test_required_tls_is_not_given_up(
    desk: Desk, settings: Settings, database: Database, smtp_port: int, mailbox: Mailbox
) -> None:
    """The server offers no STARTTLS: nothing is sent in the clear, least of all a password."""
    owner = uuid4()
    await desk.subscribe(member(owner, email="zarina@example.org"))
    [delivery] = await desk.happens(an_event("requested", owner=owner))
    for changes in ({"smtp_starttls": True}, {"smtp_username": "paivand", "smtp_password": SecretStr("secret")}):
        sender = EmailSender(settings.model_copy(update={"smtp_port": smtp_port, **changes}), database)
        assert await sender(delivery) == Outcome(Result.RETRY, "smtp-unavailable")
    assert mailbox.mails == []


def test_password_without_tls_is_no_setting(settings: Settings) -> None:
    changes = {"smtp_username": "paivand", "smtp_starttls": False}
    with pytest.raises(ValidationError, match="smtp_tls or smtp_starttls"):
        Settings.model_validate(settings.model_dump() | changes)
