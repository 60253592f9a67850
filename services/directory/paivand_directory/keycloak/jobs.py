"""Does what the queue says. Keycloak down only delays it."""

import logging

import httpx
from paivand_contracts.codes import OrganizationStatus
from paivand_kit.database import Database
from paivand_kit.leadership import run_every
from sqlalchemy.ext.asyncio import AsyncSession

from ..organizations import service as organizations
from ..people import service as people
from ..people.rules import PRESENT, PersonStatus
from ..people.tables import PersonRow
from ..settings import Settings
from . import repository, rules, service
from .admin import AccountTaken, KeycloakAdmin
from .tables import KeycloakJobRow

log = logging.getLogger(__name__)


async def following(database: Database, settings: Settings) -> None:
    """Works until cancelled."""
    admin = KeycloakAdmin(settings.keycloak_url, settings.issuer, settings.keycloak_client_key.get_secret_value())
    try:
        await run_every(settings.keycloak_check_seconds, "tell Keycloak", lambda: work_off(database, admin))
    finally:
        await admin.close()


async def work_off(database: Database, admin: KeycloakAdmin) -> int:
    """Does the due jobs, one of an organization at a time. Safe in several replicas. Returns how many.

    The job's row stays locked while Keycloak is asked: if this process dies, the next one does it again. One that
    fails holds back no other: an address that no mail reaches must not delay a suspension.
    """
    done = 0
    while True:
        async with database.transaction() as session:
            job = await repository.claim_due_unscoped(session)
            if job is None:
                return done
            try:
                await _follow(session, admin, job)
            except (httpx.HTTPError, LookupError, ValueError) as error:
                # Neither the address nor the answer: both may hold a person's e-mail.
                reason = type(error).__name__
                if isinstance(error, httpx.HTTPStatusError):
                    reason = f"HTTP {error.response.status_code}"
                log.warning("Keycloak job %d waits: %s", job.position, reason)
                await repository.postpone(session, job, reason, rules.pause_after(job.attempts))
                if isinstance(error, httpx.TransportError):
                    return done
            else:
                await repository.finish(session, job)
                done += 1


async def _follow(session: AsyncSession, admin: KeycloakAdmin, job: KeycloakJobRow) -> None:
    await repository.lock_organization_unscoped(session, job.organization_id)
    organization = await organizations.get_unscoped(session, job.organization_id)
    is_active = organization.status == OrganizationStatus.ACTIVE
    keycloak_id = await admin.put_organization(organization.id, organization.name, is_enabled=is_active)
    if job.person_id is not None:
        person = await people.get_unscoped(session, job.person_id)
        await _follow_person(session, admin, person, keycloak_id, is_active=is_active)
    elif is_active:
        await admin.let_in_systems(keycloak_id)
        # One job each, so that one that fails does not hold back the others.
        for person in await people.list_present_unscoped(session, organization.id):
            await service.enqueue(session, organization.id, person.id)
    else:
        await admin.lock_out_members(keycloak_id)


async def _follow_person(
    session: AsyncSession, admin: KeycloakAdmin, person: PersonRow, keycloak_id: str, *, is_active: bool
) -> None:
    if person.status == PersonStatus.REMOVED:
        await admin.remove_person(person.organization_id, keycloak_id, person.user_id, person.email)
    if person.status not in PRESENT or not is_active:
        # Invitations wait: when the organization is active again, all of its people are followed.
        return
    try:
        user_id = await admin.put_person(person.organization_id, keycloak_id, person.email, person.role)
    except AccountTaken:
        await people.refuse(session, person)
        return
    if person.status == PersonStatus.PENDING:
        await admin.invite(user_id)
        await people.note_invited(session, person, user_id)
