"""Who the person is: written, read with a fresh sign-in, found in any spelling, and unreadable in the database."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from paivand_contracts.codes import Role
from paivand_kit.database import Database
from paivand_local.testing import PostgresServer
from paivand_referral.identities import rules
from paivand_referral.identities.index import BlindIndex
from paivand_referral.identities.schemas import PersonQuery
from paivand_referral.settings import Settings
from sqlalchemy import text

from tests.factories.running import Person
from tests.referral.conftest import CASE, Network, Story

pytestmark = pytest.mark.integration
CASES = "/referral/v1/cases"
IDENTITY: dict[str, Any] = {
    "names": [
        {"use": "official", "text": "Раҳимова Зарина Бахтиёровна", "script": "Cyrl", "latin": "Zarina Rahimova"},
        {"use": "nickname", "text": "Зара"},
    ],
    "date_of_birth": "2006-01-02",
    "contacts": [
        {
            "system": "phone",
            "value": "+992 90 123 45 67",
            "whose": "Sister",
            "safety": {
                "is_safe": True,
                "when": "Weekdays 10-12",
                "how": ["text-message"],
                "who_answers": "Her sister, trusted",
                "introduce_as": "The dentist",
                "never_say": ["shelter", "police"],
                "may_leave_message": False,
            },
        }
    ],
    "documents": [{"type": "passport", "number": "A 1234567", "country": "TJ", "expires_on": "2029-05-01"}],
    "notes": "A scar on the left hand.",
}


async def new_case(person: Person) -> str:
    answer = await person.post(CASES, CASE)
    assert answer.status_code == 201
    return answer.json()["id"]


async def write(person: Person, case_id: str, **changes: Any) -> None:
    answer = await person.put(f"{CASES}/{case_id}/identity", IDENTITY | changes, etag="*")
    assert answer.status_code == 200, answer.text


async def found(person: Person, **query: str) -> dict[str, str]:
    """Case ids and how they matched."""
    answer = await person.with_second_factor().post(f"{CASES}/search", query)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each["match"] for each in answer.json()["items"]}


class TestReadAndWrite:
    async def test_owner_reads_what_was_written(self, story: Story) -> None:
        path = f"{CASES}/{story.case_id}/identity"
        shelter = story.shelter.with_second_factor()
        empty = await shelter.get(path)
        assert (empty.status_code, empty.headers["etag"], empty.json()["names"]) == (200, '"0"', [])
        receipt = await story.shelter.put(path, IDENTITY, etag='"0"')
        assert (receipt.status_code, receipt.headers["etag"]) == (200, '"1"')
        assert "Зарина" not in receipt.text
        read = (await shelter.get(path)).json()
        assert {name: read[name] for name in ("date_of_birth", "notes")} == {
            name: IDENTITY[name] for name in ("date_of_birth", "notes")
        }
        assert read["names"][0] == IDENTITY["names"][0]
        assert read["contacts"][0]["safety"] == IDENTITY["contacts"][0]["safety"]
        assert read["documents"][0]["number"] == "A 1234567"

    async def test_reading_and_finding_need_a_fresh_second_factor(self, story: Story) -> None:
        for answer in (
            await story.shelter.get(f"{CASES}/{story.case_id}/identity"),
            await story.shelter.post(f"{CASES}/search", {"name": "Zarina"}),
        ):
            assert answer.status_code == 401
            assert answer.json()["type"] == "urn:paivand:problem:insufficient-user-authentication"

    async def test_nobody_else_reads_or_writes(self, story: Story, network: Network) -> None:
        """Not the service that was asked, not a coordinator, not another member; and no difference to no case."""
        await story.referral()
        await write(story.shelter, story.case_id)
        stranger = await network.member("Stranger")
        for other in (story.lawyer, stranger):
            for case_id in (story.case_id, str(uuid4())):
                path = f"{CASES}/{case_id}/identity"
                answers = [await other.with_second_factor().get(path), await other.put(path, IDENTITY, etag='"1"')]
                assert {answer.status_code for answer in answers} == {404}
        coordinator = network.coordinator().with_second_factor()
        assert (await coordinator.get(f"{CASES}/{story.case_id}/identity")).status_code == 403

    async def test_each_reading_is_in_the_audit_trail_of_the_case(self, story: Story) -> None:
        await write(story.shelter, story.case_id)
        for _ in range(2):
            await story.shelter.with_second_factor().get(f"{CASES}/{story.case_id}/identity")
        await found(story.shelter, name="Зарина")
        manager = story.shelter.with_role(Role.MANAGER)
        trail = (await manager.get("/referral/v1/audit", case_id=story.case_id)).json()["items"]
        read = [entry for entry in trail if entry["action"] == "read_identity"]
        assert [(entry["access"], entry["subject"]) for entry in read] == [("R", story.shelter.subject)] * 2
        assert "write_identity" in {entry["action"] for entry in trail}
        mine = (await manager.get("/referral/v1/audit", case_id=story.case_id)).text
        assert "Зарина" not in mine

    async def test_change_needs_the_version_that_was_read(self, story: Story) -> None:
        path = f"{CASES}/{story.case_id}/identity"
        assert (await story.shelter.put(path, IDENTITY)).status_code == 428
        assert (await story.shelter.put(path, IDENTITY, etag='"1"')).status_code == 412
        answers = await asyncio.gather(*(story.shelter.put(path, IDENTITY, etag='"0"') for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"date_of_birth": "2006-02-30"}, "/date_of_birth"),
            ({"date_of_birth": "02.01.2006"}, "/date_of_birth"),
            ({"names": [{"text": ""}]}, "/names/0/text"),
            ({"names": [{"text": "x"}] * 21}, "/names"),
            ({"contacts": [{"system": "phone", "value": "1"}]}, "/contacts/0/safety"),
            ({"documents": [{"type": "passport", "number": "1", "country": "Tajikistan"}]}, "/documents/0/country"),
            ({"version": 7}, "/version"),
        ],
    )
    async def test_bad_input_is_named_and_not_repeated(
        self, story: Story, changes: dict[str, Any], pointer: str
    ) -> None:
        answer = await story.shelter.put(f"{CASES}/{story.case_id}/identity", IDENTITY | changes, etag='"0"')
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
        assert "Зарина" not in answer.text

    async def test_older_version_put_back_is_not_taken_for_the_newest(
        self, story: Story, postgres: PostgresServer
    ) -> None:
        owner = Database(postgres.owner_url("referral"))
        await write(story.shelter, story.case_id)
        async with owner.transaction() as session:
            old = await session.scalar(text("SELECT sealed FROM identities WHERE case_id = :id"), {"id": story.case_id})
        await write(story.shelter, story.case_id, notes="Other.")
        async with owner.transaction() as session:
            put_back = text("UPDATE identities SET sealed = :old WHERE case_id = :id")
            await session.execute(put_back, {"old": old, "id": story.case_id})
        await owner.close()
        assert (await story.shelter.with_second_factor().get(f"{CASES}/{story.case_id}/identity")).status_code == 500


class TestFinding:
    @pytest.mark.parametrize(
        ("query", "match"),
        [
            ({"name": "Зарина Раҳимова"}, "exact"),
            ({"name": "rakhimova zarina"}, "exact"),
            ({"name": "ЗАРА"}, "exact"),
            ({"name": "Рахимова", "date_of_birth": "2006-01-02"}, "exact"),
            ({"name": "Rahymova Zorina"}, "phonetic"),
            ({"document_number": "а1234567"}, "exact"),
            ({"phone": "901234567"}, "exact"),
        ],
    )
    async def test_person_is_found_in_another_spelling(self, story: Story, query: dict[str, str], match: str) -> None:
        await write(story.shelter, story.case_id)
        assert await found(story.shelter, **query) == {story.case_id: match}

    @pytest.mark.parametrize(
        "query",
        [
            {"name": "Сабрина"},
            {"name": "Зарина Каримова"},
            {"name": "Зарина", "date_of_birth": "2006-01-03"},
            {"phone": "901234568"},
            {"document_number": "B1234567"},
        ],
    )
    async def test_all_that_is_said_must_match(self, story: Story, query: dict[str, str]) -> None:
        await write(story.shelter, story.case_id)
        assert await found(story.shelter, **query) == {}

    async def test_only_the_own_organization_is_searched(self, story: Story) -> None:
        await story.referral()
        await write(story.shelter, story.case_id)
        assert await found(story.lawyer, name="Зарина") == {}
        colleague = story.shelter.with_role(Role.MANAGER)
        assert await found(colleague, name="Зарина") == {story.case_id: "exact"}

    async def test_former_name_finds_nothing_after_a_correction(self, story: Story) -> None:
        await write(story.shelter, story.case_id)
        await write(story.shelter, story.case_id, names=[{"text": "Мадина"}])
        assert await found(story.shelter, name="Зарина") == {}
        assert await found(story.shelter, name="Мадина") == {story.case_id: "exact"}

    async def test_pages_show_each_case_once(self, story: Story) -> None:
        cases = [story.case_id, *[await new_case(story.shelter) for _ in range(4)]]
        for case_id in cases:
            await write(story.shelter, case_id)
        seen: list[str] = []
        person, path = story.shelter.with_second_factor(), f"{CASES}/search?limit=2"
        while path:
            answer = await person.post(path, {"name": "Зарина"})
            seen += [each["id"] for each in answer.json()["items"]]
            path = answer.links.get("next", {}).get("url")
        assert seen == sorted(cases, reverse=True)

    @pytest.mark.parametrize("query", [{}, {"name": "З."}, {"name": "—"}, {"surname": "x"}])
    async def test_question_must_ask_something(self, story: Story, query: dict[str, str]) -> None:
        answer = await story.shelter.with_second_factor().post(f"{CASES}/search", query)
        assert answer.status_code == 422


async def test_dump_and_sources_yield_no_name_without_the_key(
    story: Story, database: Database, settings: Settings, tmp_path: Path
) -> None:
    """A dictionary attack: every common name, every token that our own code makes of it under keys that a thief can
    make, against every byte of the dump. With the real key the same attack finds every name, so the test can fail.
    """
    for name in COMMON_NAMES[:20]:
        await write(story.shelter, await new_case(story.shelter), names=[{"text": name}])
    async with database.transaction() as session:
        tables = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        dump = ""
        for table in tables:
            if await session.scalar(text("SELECT has_table_privilege(:table, 'SELECT')"), {"table": table}):
                dump += "\n".join(await session.scalars(text(f"SELECT t::text FROM {table} t")))  # noqa: S608
    organization = story.shelter.organization_id
    assert organization is not None
    BlindIndex.create(tmp_path / "index.key")
    thief, real = BlindIndex(tmp_path / "index.key"), BlindIndex(settings.index_key_file)

    def names_found(index: BlindIndex) -> set[str]:
        return {
            name
            for name in COMMON_NAMES
            for wanted in index.wanted(organization, PersonQuery(name=name))
            if any(token.hex() in dump for token in wanted.tokens)
        }

    assert names_found(real) >= set(COMMON_NAMES[:20])
    assert names_found(thief) == set()
    for name in COMMON_NAMES:
        for form in (name, *rules.parts(name)):
            if len(form) > 3:
                assert form.encode().hex() not in dump
                assert form not in dump


COMMON_NAMES = [
    "Абдулло", "Азиз", "Алишер", "Амина", "Анора", "Баҳром", "Бахтиёр", "Гулнора", "Далер", "Дилноза", "Диловар",
    "Зайнаб", "Замира", "Зулфия", "Исмоил", "Лайло", "Мадина", "Манижа", "Меҳрангез", "Муҳаммад", "Нигора",
    "Нилуфар", "Нозанин", "Парвина", "Раҳмон", "Рустам", "Сабрина", "Садбарг", "Саида", "Сафаргул", "Сиёвуш",
    "Сорбон", "Суҳроб", "Тахмина", "Умеда", "Фаррух", "Фарзона", "Фирӯза", "Фотима", "Хуршед", "Чамангул", "Шабнам",
    "Шаҳноза", "Шукрона", "Юсуф", "Ҷамила", "Раҳимов", "Каримов", "Саидов", "Назаров", "Шарипов", "Холов", "Мирзоев",
    "Раҷабов", "Одинаев", "Ғафуров", "Қосимов", "Ҳасанов",
]  # fmt: skip
