"""The court's file number: sealed, and shown to those who see the proceeding."""

from paivand_kit.database import Database
from sqlalchemy import text

from tests.referral.conftest import LegalStory

FILE = {"court": "Court of Sino district", "number": "1-482/2026"}


def path_of(legal: LegalStory) -> str:
    return f"/referral/v1/proceedings/{legal.proceeding['id']}/court-file"


async def test_it_is_written_and_read_by_both(legal: LegalStory) -> None:
    path = path_of(legal)
    assert (await legal.owner.get(path)).status_code == 404
    assert (await legal.lawyer.put(path, FILE)).status_code == 428
    written = await legal.lawyer.put(path, FILE, etag='"1"')
    assert (written.status_code, written.headers["etag"]) == (200, '"2"')
    for person in (legal.owner, legal.lawyer):
        assert (await person.get(path)).json() == {
            **FILE,
            "proceeding_id": legal.proceeding["id"],
            "version": 2,
        }
    assert (await legal.owner.put(path, FILE, etag='"1"')).status_code == 412


async def test_nothing_of_it_is_stored_in_clear(legal: LegalStory, database: Database) -> None:
    await legal.owner.put(path_of(legal), {**FILE, "number": "CANARY-7731"}, etag='"1"')
    async with database.transaction() as session:
        for table in ("proceedings", "proceeding_history", "outbox", "idempotency_keys"):
            rows = (await session.execute(text(f"SELECT t::text FROM {table} t"))).scalars().all()  # noqa: S608 - own names
            assert not [row for row in rows if "CANARY-7731" in row], table
            assert not [row for row in rows if b"CANARY-7731".hex() in row], table


async def test_a_number_needs_letters_or_digits(legal: LegalStory) -> None:
    refused = await legal.owner.put(path_of(legal), {**FILE, "number": "---"}, etag='"1"')
    assert refused.json()["errors"][0]["pointer"] == "/number"


async def test_a_stranger_finds_nothing(legal: LegalStory) -> None:
    await legal.owner.put(path_of(legal), FILE, etag='"1"')
    for stranger in (await legal.shelter_of(), legal.network.colleague(legal.lawyer)):
        assert (await stranger.get(path_of(legal))).status_code == 404
        assert (await stranger.put(path_of(legal), FILE, etag='"2"')).status_code == 404
