"""Composition root: everything the notify service is made of."""

from functools import partial

from fastapi import FastAPI
from paivand_kit.caller import TokenVerifier
from paivand_kit.consumer import EventConsumer, forget_old_inbox_rows
from paivand_kit.database import Database
from paivand_kit.leadership import run_every
from paivand_kit.listener import Listener
from paivand_kit.relay import Relay
from paivand_kit.service import Service

from .deliveries.endpoints import router as dead_letters
from .deliveries.rules import Channel
from .deliveries.service import forget_delivered
from .deliveries.worker import Worker
from .email.endpoints import router as email
from .email.sender import EmailSender
from .email.service import forget_departures
from .inbox.consumers import directory_event, handle_directory_events, handle_referral_events, referral_event
from .inbox.endpoints import router as inbox
from .inbox.feed import Feed
from .settings import Settings
from .webhooks.endpoints import router as webhooks
from .webhooks.secrets import SecretBox
from .webhooks.sender import WebhookSender
from .webhooks.service import Webhooks


def create_app(settings: Settings | None = None, *, verifier: TokenVerifier | None = None) -> FastAPI:
    """The ASGI application; settings come from the environment unless given."""
    settings = settings or Settings()  # pyright: ignore[reportCallIssue] - from the environment
    service = Service("notify", settings, verifier)
    database, listener = service.database, Listener(service.database.engine)
    box = SecretBox(settings.webhook_secret_key)
    consumer = partial(EventConsumer, service=service.name, database=database, messaging=service.messaging)
    consumers = [
        consumer(producer="referral", events=referral_event, handle=handle_referral_events),
        consumer(producer="directory", events=directory_event, handle=handle_directory_events),
    ]
    relay = Relay(service.name, database, service.messaging)
    feed = Feed(database, listener, per_subject=settings.streams_per_subject, per_process=settings.streams_per_process)
    workers = _workers(settings, database, listener, box)
    app = service.application(
        title="Paivand notify",
        description="Who must know: inboxes with a live stream, e-mail to people, signed webhooks to systems.",
        routers=[inbox, email, webhooks, dead_letters],
        jobs=lambda: [
            *(each.run() for each in consumers),
            relay.run(),
            listener.run(),
            feed.run(),
            *(each.run() for each in workers),
            run_every(3600, "forget handled events", lambda: forget_old_inbox_rows(database)),
            run_every(3600, "forget old deliveries", lambda: forget_delivered(database)),
            run_every(3600, "forget departures", lambda: forget_departures(database)),
        ],
    )
    app.state.settings, app.state.feed = settings, feed
    app.state.webhooks = Webhooks(box, allow_private=settings.allow_private_webhooks)
    return app


def _workers(settings: Settings, database: Database, listener: Listener, box: SecretBox) -> list[Worker]:
    """One worker per channel; a slow endpoint fills only its own places."""
    webhooks = WebhookSender(database, box, allow_private=settings.allow_private_webhooks)
    worker = partial(
        Worker,
        database=database,
        listener=listener,
        pauses=settings.webhook_retry_seconds,
        places_per_target=4,
        lease_seconds=settings.delivery_lease_seconds,
        poll_seconds=settings.delivery_poll_seconds,
    )
    return [
        worker(Channel.EMAIL, EmailSender(settings, database), places=8),
        worker(Channel.WEBHOOK, webhooks, places=64),
    ]
