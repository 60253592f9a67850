"""Hearings in the inbox: who is told, at once, with the old and the new time."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from paivand_contracts.envelope import Event
from paivand_contracts.hearings import (
    HearingAdjourned,
    HearingApproaching,
    HearingChanged,
    HearingFacts,
    HearingStatus,
    HearingType,
    HearingUnprepared,
    NoticeFacts,
)
from paivand_kit.database import Database
from paivand_notify.inbox.consumers import handle_referral_events, referral_event

from tests.notify.people import member

pytestmark = pytest.mark.integration
SHELTER, LAWYER, HEARING = uuid4(), uuid4(), uuid4()
FIRST, SECOND = datetime(2026, 12, 1, 4, 30, tzinfo=UTC), datetime(2026, 12, 10, 9, tzinfo=UTC)


def facts(**changes: Any) -> HearingFacts:
    values = {
        "hearing_id": HEARING,
        "proceeding_id": uuid4(),
        "case_number": "C-7K2M-9QXD-4D",
        "hearing_type": HearingType.TRIAL,
        "status": HearingStatus.SCHEDULED,
        "starts_at": FIRST,
        "ends_at": FIRST,
        "time_zone": "Asia/Dushanbe",
        "organization_id": SHELTER,
        "lawyer_organization_ids": [LAWYER],
        "version": 2,
        **changes,
    }
    return HearingFacts(**values)


def notice(organization_id: UUID) -> NoticeFacts:
    return NoticeFacts(
        hearing_id=HEARING,
        case_number="C-7K2M-9QXD-4D",
        hearing_type=HearingType.TRIAL,
        starts_at=FIRST,
        time_zone="Asia/Dushanbe",
        organization_id=organization_id,
    )


async def told(client: httpx.AsyncClient, database: Database, event: Event) -> dict[UUID, list[str]]:
    """What each organization reads of an event that comes twice."""
    read = referral_event.validate_python(event.model_dump())
    for _ in range(2):
        async with database.transaction() as session:
            await handle_referral_events(session, [read])
    texts: dict[UUID, list[str]] = {}
    for organization_id in (SHELTER, LAWYER):
        entries = (await client.get("/notify/v1/inbox", headers=member(organization_id))).json()["items"]
        texts[organization_id] = [entry["text"] for entry in entries]
    return texts


async def test_both_sides_read_the_old_and_the_new_time_once(client: httpx.AsyncClient, database: Database) -> None:
    moved = HearingChanged(subject=str(HEARING), data=facts(previous_starts_at=FIRST, starts_at=SECOND))
    line = "Case C-7K2M-9QXD-4D: hearing changed: 2026-12-01 09:30 → 2026-12-10 14:00 (Asia/Dushanbe)"
    for texts in (await told(client, database, moved)).values():
        assert texts[0] == line
        assert texts.count(line) == 1
    status = HearingStatus.ADJOURNED
    adjourned = HearingAdjourned(
        subject=str(HEARING), data=facts(status=status, next_hearing_id=uuid4(), next_starts_at=SECOND)
    )
    for texts in (await told(client, database, adjourned)).values():
        assert texts[0].endswith("hearing adjourned: 2026-12-01 09:30 → 2026-12-10 14:00 (Asia/Dushanbe)")
    entry = (await client.get("/notify/v1/inbox", headers=member(LAWYER))).json()["items"][0]
    assert (entry["subject_type"], entry["subject_id"]) == ("hearing", str(HEARING))
    assert (entry["status"], entry["priority"], entry["referral_id"]) == ("adjourned", "urgent", None)


async def test_what_time_brings_about_reaches_the_one_it_names(client: httpx.AsyncClient, database: Database) -> None:
    texts = await told(client, database, HearingApproaching(subject=str(HEARING), data=notice(LAWYER)))
    line = "Case C-7K2M-9QXD-4D: the hearing is near: 2026-12-01 09:30 (Asia/Dushanbe)"
    assert texts[LAWYER][0] == line
    assert line not in texts[SHELTER]
    lacking = HearingUnprepared(subject=str(HEARING), data=notice(SHELTER))
    assert "still lacks" in (await told(client, database, lacking))[SHELTER][0]
