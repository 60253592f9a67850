"""Composition root: everything the directory service is made of."""

from collections.abc import Sequence

from fastapi import FastAPI
from paivand_contracts.referral import ReferralEvent, referral_event
from paivand_kit.caller import TokenVerifier
from paivand_kit.consumer import EventConsumer, forget_old_inbox_rows
from paivand_kit.leadership import run_every
from paivand_kit.relay import Relay
from paivand_kit.service import Service
from sqlalchemy.ext.asyncio import AsyncSession

from .capacity.endpoints import router as capacity
from .capacity.jobs import ask_to_confirm
from .details.endpoints import router as details
from .eligibility.endpoints import questions as eligibility_questions
from .eligibility.endpoints import router as eligibility
from .holds.consumers import answering as answering_holds
from .holds.endpoints import router as holds
from .holds.jobs import tell_of_expired
from .hsds.endpoints import router as hsds
from .keycloak.jobs import following
from .locations.endpoints import questions as location_questions
from .locations.endpoints import router as locations
from .matching.consumers import answering as answering_matches
from .matching.endpoints import router as matching
from .memberships.endpoints import router as memberships
from .memberships.jobs import suspend_ended, warn_of_ending
from .organizations.endpoints import router as organizations
from .people.endpoints import router as people
from .releases.consumers import handle_referral_events as follow_parties
from .releases.endpoints import questions as release_questions
from .releases.endpoints import router as releases
from .responses.consumers import handle_referral_events as follow_answers
from .responses.jobs import reckon_records
from .search.jobs import learn_words
from .service_at_locations.endpoints import router as service_at_locations
from .services.endpoints import questions as service_questions
from .services.endpoints import router as services
from .settings import Settings
from .taxonomy.endpoints import router as taxonomy

ROUTERS = (
    organizations,
    memberships,
    people,
    service_questions,
    services,
    details,
    taxonomy,
    locations,
    location_questions,
    releases,
    release_questions,
    service_at_locations,
    hsds,
    capacity,
    holds,
    eligibility,
    eligibility_questions,
    matching,
)


async def follow_referrals(session: AsyncSession, events: Sequence[ReferralEvent]) -> None:
    """What the features need to know of referrals, in the transaction that moves the cursor."""
    await follow_parties(session, events)
    await follow_answers(session, events)


def create_app(settings: Settings | None = None, *, verifier: TokenVerifier | None = None) -> FastAPI:
    """The ASGI application; settings come from the environment unless given."""
    settings = settings or Settings()  # pyright: ignore[reportCallIssue] - from the environment
    service = Service("directory", settings, verifier)
    database, messaging = service.database, service.messaging
    relay = Relay(service.name, database, messaging)
    referrals = EventConsumer(
        service="directory",
        producer="referral",
        events=referral_event,
        handle=follow_referrals,
        database=database,
        messaging=messaging,
    )
    app = service.application(
        title="Paivand directory",
        description="Who can help: member organizations and their services, in the words of HSDS 3.1.",
        routers=ROUTERS,
        jobs=lambda: [
            relay.run(),
            referrals.run(),
            run_every(3600, "forget inbox rows", lambda: forget_old_inbox_rows(database)),
            run_every(settings.record_check_seconds, "reckon records", lambda: reckon_records(database)),
            run_every(3600, "learn words", lambda: learn_words(database)),
            *answering_holds(database, messaging),
            answering_matches(database, messaging),
            run_every(settings.hold_check_seconds, "tell of expired holds", lambda: tell_of_expired(database)),
            run_every(settings.membership_check_seconds, "warn of ending", lambda: warn_of_ending(database)),
            run_every(settings.membership_check_seconds, "suspend ended", lambda: suspend_ended(database)),
            *([following(database, settings)] if settings.keycloak_url else []),
            run_every(settings.stale_check_seconds, "ask to confirm", lambda: ask_to_confirm(database)),
        ],
    )
    app.state.public_url = settings.public_url
    return app
