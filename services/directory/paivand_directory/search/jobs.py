"""The timed job of search."""

from paivand_kit.database import Database

from . import repository


async def learn_words(database: Database) -> None:
    """Learns words that triggers left out, because another transaction was learning. Safe in several replicas."""
    async with database.transaction() as session:
        await repository.learn(session)
