"""The vault's door: how other features get at the keys of cases."""

from uuid import UUID

from paivand_contracts.problems import ProblemType
from paivand_kit.caller import Caller
from paivand_kit.problems import ProblemError
from paivand_kit.sealing import new_key
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from . import repository
from .case_keys import CaseKey, RememberedKeys
from .keys import KeyProvider, Wrapped


class Vault:
    """Makes and opens the keys of cases.

    Whoever reads a sealed value brings the stored key along, in the same statement (`case_keys.wrapped AS key_wrapped,
    case_keys.kek_id AS key_kek_id`): a key that was destroyed is noticed at once, in every replica. A key from memory
    alone is used to seal only, by a statement that refuses a case whose key was destroyed.
    """

    def __init__(self, keys: KeyProvider) -> None:
        self.keys = keys
        self._remembered = RememberedKeys()

    async def give_key(self, session: AsyncSession, case_id: UUID) -> None:
        """Makes the key of a case."""
        await repository.add_key(session, case_id, await self.keys.wrap(new_key(), case_id))

    async def own_key(self, executor: AsyncSession | AsyncConnection, caller: Caller, case_id: UUID) -> CaseKey | None:
        """The key of a case of the caller's organization, to seal with; None when it has no such case, or it is erased.

        The memory is asked by organization too: an absent case and somebody else's take the same time.
        """
        organization = caller.organization()
        if known := self._remembered.get(case_id, organization):
            return known
        row = await repository.read_key(executor, caller, case_id)
        key = await self.key_of(case_id, row) if row else None
        return self._remembered.put(case_id, organization, key) if key else None

    async def key_of(self, case_id: UUID, row: RowMapping) -> CaseKey | None:
        """The key that a statement brought along; None when it was destroyed."""
        if row["key_wrapped"] is None:
            return None
        wrapped = Wrapped(kek_id=row["key_kek_id"], wrapped=row["key_wrapped"])
        if known := self._remembered.get(case_id, wrapped.wrapped):
            return known
        opened = CaseKey(case_id, await self.keys.unwrap(wrapped, case_id))
        return self._remembered.put(case_id, wrapped.wrapped, opened)


def erased() -> ProblemError:
    """Nothing more can be written about a person who was erased."""
    return ProblemError(ProblemType.CONFLICT, "The case was erased: nothing more can be written about the person.")
