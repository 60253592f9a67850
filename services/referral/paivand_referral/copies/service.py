"""Use case of the copies."""

from uuid import UUID

from paivand_contracts.envelope import now
from paivand_kit.caller import Caller
from sqlalchemy.ext.asyncio import AsyncSession

from ..cases import service as cases
from ..consents import service as consents
from ..disclosures import service as disclosures
from ..identities import service as identities
from ..referrals import service as referrals
from ..vault.service import Vault
from . import repository
from .document import Document, Held, compose
from .texts import CopyLanguage, Words

MOST = 500
"""Entries of each list; a person with more asks for the rest."""


async def make(
    session: AsyncSession, vault: Vault, caller: Caller, case_id: UUID, language: CopyLanguage
) -> tuple[str, Document]:
    """The case's number, and the copy for the person of an own case; 404 for anybody else's."""
    case = await cases.read_case(session, caller, case_id)
    limit = MOST + 1
    held = Held(
        case=case,
        identity=await identities.find_identity(session, vault, caller, case_id),
        consents=await consents.list_of_case(session, caller, case_id, before=None, limit=limit),
        referrals=await referrals.list_of_case(session, vault, caller, case_id, limit=limit),
        disclosures=await disclosures.list_of_case(session, caller, case_id, consent_id=None, before=None, limit=limit),
        readings=await repository.list_readings(session, caller, case_id, limit=limit),
        most=MOST,
    )
    return case.number, compose(held, Words(language), now())
