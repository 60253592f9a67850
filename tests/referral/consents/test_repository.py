"""The statement that creates a referral and the rule must mean the same by "covers"."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from paivand_contracts.envelope import new_id
from paivand_kit.database import Database
from paivand_referral.consents.service import lacking
from paivand_referral.consents.tables import ConsentRow

from tests.referral.conftest import Story
from tests.referral.consents.test_endpoints import REFERRALS, standing_on

DAY = timedelta(days=1)


def consent_of(story: Story, **terms: Any) -> ConsentRow:
    """A row that is written as it is, past every check."""
    at = datetime.now(UTC)
    return ConsentRow(
        id=new_id(),
        case_id=UUID(story.case_id),
        organization_id=story.shelter.organization_id,
        recipient_organization_ids=[],
        given_at=at - 9 * DAY,
        recorded_by="test",
        created_at=at,
        version=1,
        **terms,
    )


async def test_statement_and_rule_agree_on_every_combination(story: Story, database: Database) -> None:
    at = datetime.now(UTC)
    ended = {"status": "inactive", "ended_at": at, "ended_as": "withdrawn"}
    combinations = product(
        (["referral"], ["onward-referral"], ["referral", "onward-referral"]),
        (["profile"], ["summary"], ["profile", "summary"]),
        ([story.service_id], [new_id()]),
        ({"status": "active"}, ended),
        ((at - DAY, None), (at - DAY, at + DAY), (at - 2 * DAY, at - DAY), (at + DAY, None)),
    )
    answers: set[int] = set()
    for purposes, categories, services, status, (start, end) in combinations:
        terms = {"purposes": purposes, "categories": categories, "recipient_service_ids": services, **status}
        consent = consent_of(story, valid_from=start, valid_until=end, **terms)
        consent_id = consent.id
        async with database.transaction() as session:
            session.add(consent)
        for summary in (None, "Before Friday."):
            shown = ["profile", "summary"] if summary else ["profile"]
            assert story.shelter.organization_id
            async with database.transaction() as session:
                lacks, _ = await lacking(
                    session,
                    story.shelter.organization_id,
                    UUID(story.case_id),
                    consent_id,
                    story.service_id,
                    shown,
                )
            request = standing_on(story, {"id": str(consent_id)}, summary=summary)
            answer = await story.shelter.post(REFERRALS, request)
            assert answer.status_code == (403 if lacks else 201), (terms, start, end, lacks)
            answers.add(answer.status_code)
    assert answers == {201, 403}
