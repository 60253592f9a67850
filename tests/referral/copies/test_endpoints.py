"""The person's own copy over HTTP."""

from uuid import uuid4

import pytest
from paivand_contracts.codes import Role

from tests.referral.conftest import Story

IDENTITY = {
    "names": [{"text": "Зарина Раҳимова", "latin": "Zarina Rahimova"}],
    "date_of_birth": "2001-05-17",
    "contacts": [{"system": "phone", "value": "+992 90 123 45 67", "safety": {"is_safe": True}}],
}


def path(story: Story) -> str:
    return f"/referral/v1/cases/{story.case_id}/copy"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["What we hold about you", "opened it", "asked"]),
        ("ru", ["Что мы храним о вас", "открывал", "запрошено"]),
        ("tg", ["Мо дар бораи шумо чӣ нигоҳ медорем", "кушод", "дархост шуд"]),
    ],
)
async def test_it_says_what_is_held_and_who_saw_it(story: Story, language: str, words: list[str]) -> None:
    shelter = story.shelter.with_second_factor()
    written = await shelter.put(f"/referral/v1/cases/{story.case_id}/identity", IDENTITY, etag='"0"')
    assert written.status_code == 200, written.text
    sent = await story.referral(summary="Needs a lawyer before Friday.")
    await story.lawyer.get(f"/referral/v1/referrals/{sent['id']}")
    await shelter.get(f"/referral/v1/cases/{story.case_id}/identity")

    answer = await shelter.get(path(story), language=language)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    held = ["Зарина Раҳимова", "2001-05-17", "+992 90 123 45 67", "Needs a lawyer before Friday.", "Adolat legal aid"]
    for each in [*held, sent["number"], *words]:
        assert each in answer.text, each


async def test_it_comes_as_pdf_without_a_name_in_the_files_name(story: Story) -> None:
    shelter = story.shelter.with_second_factor()
    shelter.headers["Accept"] = "application/pdf"
    answer = await shelter.get(path(story), language="tg")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    case = (await story.shelter.get(f"/referral/v1/cases/{story.case_id}")).json()
    assert answer.headers["content-disposition"] == f'inline; filename="{case["number"]}.pdf"'


async def test_each_reading_of_it_is_in_the_next_one(story: Story) -> None:
    shelter = story.shelter.with_second_factor()
    for count in range(3):
        assert (await shelter.get(path(story))).text.count("<td>our staff</td>") == count


async def test_a_new_case_has_a_copy_too(story: Story) -> None:
    assert (await story.shelter.with_second_factor().get(path(story))).text.count("Nothing.") == 5


async def test_only_the_owner_of_the_case_gets_it_after_a_strong_sign_in(story: Story) -> None:
    await story.referral()
    assert (await story.shelter.get(path(story))).status_code == 401
    lawyer = story.lawyer.with_second_factor()
    foreign = await lawyer.get(path(story))
    absent = await lawyer.get(f"/referral/v1/cases/{uuid4()}/copy")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.json() | {"trace_id": None} == absent.json() | {"trace_id": None}
    for role in (Role.COORDINATOR, Role.AUDITOR):
        stranger = (await story.network.member("Ministry", role)).with_second_factor()
        assert (await stranger.get(path(story))).status_code == 403
