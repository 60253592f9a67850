"""Composition root: everything the referral service is made of."""

from fastapi import FastAPI
from paivand_kit.audit.alerts import tell_of_unusual_reading
from paivand_kit.caller import TokenVerifier
from paivand_kit.consumer import EventConsumer, forget_old_inbox_rows
from paivand_kit.leadership import run_every
from paivand_kit.relay import Relay
from paivand_kit.service import Service

from .accompaniments.endpoints import router as accompaniments
from .agenda.endpoints import router as agenda
from .calendars.endpoints import router as calendars
from .cases.endpoints import router as cases
from .cases.service import owns_case
from .cause_lists.endpoints import router as cause_lists
from .cause_lists.jobs import handle_cause_lists
from .consents.endpoints import router as consents
from .copies.endpoints import router as copies
from .court_files.endpoints import router as court_files
from .deadlines.endpoints import router as deadlines
from .directory.consumers import directory_event, handle_directory_events
from .disclosures.endpoints import router as disclosures
from .erasures.endpoints import router as erasures
from .hearings.endpoints import router as hearings
from .hearings.jobs import follow_time_zones
from .identities.endpoints import questions as person_questions
from .identities.endpoints import router as identities
from .identities.index import BlindIndex
from .lawyers.endpoints import router as lawyers
from .overdue.endpoints import router as overdue
from .overdue.jobs import escalate_overdue
from .proceedings.endpoints import router as proceedings
from .referrals.endpoints import router as referrals
from .reminders.endpoints import router as reminders
from .reminders.jobs import reminding
from .rights.endpoints import router as rights
from .settings import Settings
from .tasks.endpoints import router as tasks
from .vault.provider import key_provider
from .vault.rotation import rewrap
from .vault.service import Vault
from .withdrawals.endpoints import router as withdrawals
from .withdrawals.jobs import expire_consents

DESCRIPTION = """
Cases and referrals: ask a service to take a case, answer, follow it to its end.

States are FHIR Task codes. Every change names the version it was decided on (`If-Match`), every POST carries an
`Idempotency-Key`, every error is a problem document (RFC 9457).
"""


ROUTERS = [
    cases,
    person_questions,
    identities,
    erasures,
    consents,
    disclosures,
    copies,
    referrals,
    withdrawals,
    overdue,
    proceedings,
    lawyers,
    hearings,
    reminders,
    deadlines,
    calendars,
    accompaniments,
    agenda,
    tasks,
    rights,
    court_files,
    cause_lists,
]
TAGS = [
    {"name": "cases", "description": "The pseudonymous records of the people you help."},
    {"name": "consents", "description": "What the person agreed to, and what was disclosed on it."},
    {"name": "identities", "description": "Who the person of a case is; for the case's owner only."},
    {"name": "erasures", "description": "The right to be forgotten, and the legal holds before it."},
    {"name": "referrals", "description": "Requests to services, and what became of them."},
    {"name": "overdue", "description": "Requests that nobody answered in time."},
    {"name": "audit", "description": "Who did what."},
    {"name": "proceedings", "description": "What goes on before courts and authorities, and who is of record."},
    {"name": "hearings", "description": "Dates, what becomes of them, and what the person needs there."},
    {"name": "deadlines", "description": "By when the law wants something done, and how that was counted."},
    {"name": "calendar", "description": "Hearings in the calendar program that you already use."},
    {"name": "cause lists", "description": "What courts state of their hearings."},
    {"name": "tasks", "description": "What somebody must do for the person, and by when."},
    {"name": "rights", "description": "The victim's rights in a proceeding, and what was missed."},
]


def create_app(settings: Settings | None = None, *, verifier: TokenVerifier | None = None) -> FastAPI:
    """The ASGI application. Without settings they are read from the environment."""
    settings = settings or Settings()  # pyright: ignore[reportCallIssue] - from the environment
    service = Service("referral", settings, verifier)
    database, messaging, keys = service.database, service.messaging, key_provider(settings)
    relay = Relay("referral", database, messaging)
    directory = EventConsumer(
        service="referral",
        producer="directory",
        events=directory_event,
        handle=handle_directory_events,
        database=database,
        messaging=messaging,
    )
    app = service.application(
        title="Paivand referral",
        description=DESCRIPTION,
        routers=ROUTERS,
        jobs=lambda: [
            relay.run(),
            directory.run(),
            run_every(settings.overdue_check_seconds, "escalate overdue", lambda: escalate_overdue(database)),
            run_every(settings.expiry_check_seconds, "expire consents", lambda: expire_consents(database)),
            run_every(2, "handle cause lists", lambda: handle_cause_lists(database)),
            run_every(3600, "follow time zones", lambda: follow_time_zones(database)),
            run_every(60, "wrap keys anew", lambda: rewrap(database, keys)),
            run_every(60, "tell of unusual reading", lambda: tell_of_unusual_reading(database, settings.usual_reading)),
            *reminding(database, settings),
            run_every(3600, "forget inbox rows", lambda: forget_old_inbox_rows(database)),
        ],
        tags=TAGS,
        owns_case=owns_case,
    )
    app.state.public_url = settings.public_url
    app.state.respond_within = settings.respond_within
    app.state.blind_index = BlindIndex(settings.index_key_file)
    app.state.vault = Vault(keys)
    return app
