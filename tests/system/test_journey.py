"""Referrals from the first word to the last, as the people on both sides live them."""

import asyncio
from uuid import uuid4

import httpx
from paivand_local import demonstration
from paivand_local.stack import Stack

from tests.system.actors import REFERRALS
from tests.system.conftest import Mail, People, Receiver


async def test_from_request_to_completion_everybody_is_told_by_every_way(
    people: People, receiver: Receiver, mail: Mail
) -> None:
    subscription = await people.shelter_manager.client.put("/notify/v1/email-subscription", json={"language": "ru"})
    assert subscription.status_code == 200, subscription.text
    hook = await people.shelter_manager.post("/notify/v1/webhooks", {"url": receiver.url})
    receiver.secret = hook["secret"]

    async with people.shelter.stream() as stream:
        referral = await people.referral_to(people.lawyer, summary="Before Friday.")
        entry = await people.lawyer.told(referral["id"], "requested")
        assert entry["text"] == f"Referral {referral['number']}: requested"

        told = []
        for action, word, body in (
            ("accept", "accepted", None),
            ("start", "started", None),
            ("complete", "completed", {"outcome": "help-given", "note": "Heard in court."}),
        ):
            referral = await people.lawyer.act(referral, action, body)
            await people.shelter.told(referral["id"], word)
            live = await next_about(stream, referral["id"])
            assert live["kind"] == word
            told.append(word)
            await receiver.got(referral["id"], "requested", *told)
            await mail.came(referral["number"], len(told))

    assert referral["status"] == "completed"
    everything = str(await mail.about(referral["number"])) + str(receiver.received)
    assert "Friday" not in everything
    assert "court" not in everything
    await people.shelter_manager.client.delete(
        f"/notify/v1/webhooks/{hook['id']}", headers={"If-Match": f'"{hook["version"]}"'}
    )


async def test_a_rejection_with_redirect_reaches_the_other_service(people: People) -> None:
    referral = await people.referral_to(people.lawyer)
    clinic_service = await people.service_of(people.clinic)
    rejected = await people.lawyer.act(referral, "redirect", {"reason": "not-eligible", "service_id": clinic_service})
    entry = await people.clinic.told(rejected["redirected_to"], "requested")
    await people.shelter.told(referral["id"], "rejected")
    passed_on = await people.clinic.get(f"{REFERRALS}/{entry['referral_id']}")
    assert passed_on["part_of"] == referral["id"]
    accepted = await people.clinic.act(passed_on, "accept")
    assert accepted["status"] == "accepted"
    assert (await people.lawyer.client.get(f"{REFERRALS}/{passed_on['id']}")).status_code == 404


async def test_a_request_taken_back_is_gone_from_the_owners_list(people: People) -> None:
    referral = await people.referral_to(people.lawyer)
    await people.shelter.act(referral, "cancel", {"reason": "help-found-elsewhere"})
    await people.lawyer.told(referral["id"], "cancelled")
    open_ones = await people.lawyer.get(REFERRALS, box="inbox", status=["requested", "accepted"], limit=200)
    assert referral["id"] not in {item["id"] for item in open_ones["items"]}


async def test_help_pauses_and_goes_on(people: People) -> None:
    referral = await people.referral_to(people.lawyer)
    for action, word, body in (
        ("accept", "accepted", None),
        ("start", "started", None),
        ("hold", "held", {"reason": "waiting-for-documents"}),
        ("resume", "resumed", None),
        ("fail", "failed", {"reason": "lost-contact"}),
    ):
        referral = await people.lawyer.act(referral, action, body)
        await people.shelter.told(referral["id"], word)
    history = await people.shelter.get(f"{REFERRALS}/{referral['id']}/history")
    assert [item["status"] for item in history["items"]] == [
        "requested", "accepted", "in-progress", "on-hold", "in-progress", "failed",
    ]  # fmt: skip


async def test_a_request_that_nobody_answers_reaches_the_coordinator(people: People) -> None:
    """The stack of the tests gives priority `stat` two seconds."""
    referral = await people.referral_to(people.lawyer, priority="stat")
    await people.coordinator.told(referral["id"], "overdue")
    await people.lawyer.told(referral["id"], "overdue")
    overdue = await people.coordinator.get("/referral/v1/overdue", limit=200)
    assert referral["id"] in {item["id"] for item in overdue["items"]}
    late = await people.lawyer.get(f"{REFERRALS}/{referral['id']}")
    assert (await people.lawyer.act(late, "accept"))["status"] == "accepted"
    entries = [entry for entry in await people.coordinator.inbox() if entry["referral_id"] == referral["id"]]
    assert len(entries) == 1


async def test_an_organizations_own_system_acts_for_it(people: People, stack: Stack) -> None:
    """The legal aid office's case system takes a referral with the client's own token (client credentials)."""
    referral = await people.referral_to(people.lawyer)
    headers = {"Authorization": f"Bearer {demonstration.integrator_token(stack.site, 'adolat')}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, trust_env=False) as system:
        keyed = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
        accepted = await system.post(f"{REFERRALS}/{referral['id']}/accept", headers=keyed)
        assert accepted.status_code == 200, accepted.text
        assert (await system.get("/notify/v1/webhooks")).status_code == 403
    await people.shelter.told(referral["id"], "accepted")


async def test_a_stream_resumes_where_it_was_cut(people: People) -> None:
    first = await people.referral_to(people.lawyer)
    seen = await people.lawyer.told(first["id"], "requested")
    missed = [await people.referral_to(people.lawyer) for _ in range(3)]
    async with people.lawyer.stream(last_event_id=str(seen["position"])) as stream:
        got = [(await next_about(stream, referral["id"]))["referral_id"] for referral in missed]
    assert got == [referral["id"] for referral in missed]


async def test_twenty_clients_with_one_key_make_one_referral(people: People) -> None:
    key, body = str(uuid4()), await people.request_of(people.lawyer)
    answers = await asyncio.gather(*(people.shelter.try_post(REFERRALS, body, key=key) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    sent = await people.shelter.get(REFERRALS, box="outbox", limit=200)
    assert len([item for item in sent["items"] if item["case_id"] == body["case_id"]]) == 1


async def next_about(stream, referral_id: str):
    """The next live entry about a referral; others pass by."""
    async with asyncio.timeout(20):
        async for entry in stream:
            if entry["referral_id"] == referral_id:
                return entry
    raise AssertionError("the stream ended")
