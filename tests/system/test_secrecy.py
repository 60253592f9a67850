"""Canaries: unmistakable words as identity and free text, then a search of everything that the network leaves behind.

A dump has every table; the files under the state directory are the database's heap, indexes and write-ahead log as
they lie on the disk, JetStream's store, the sent mail, and all logs. A word that may be seen, planted the same way,
is found in all the places where it should be: so the search can find.
"""

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from paivand_local import postgres
from paivand_local.stack import Stack
from paivand_referral.identities.rules import parts

from tests.factories.browser import strong_token
from tests.factories.collector import Collector
from tests.factories.waiting import until
from tests.system.actors import REFERRALS
from tests.system.conftest import People, Receiver

DATABASES = ("directory", "referral", "notify", "keycloak")


class Canaries:
    """Words that occur nowhere else, each with the place where it was planted. They begin alike, to be sought at once.

    Consonant and vowel in turn: such a word stays as it is when names are folded for the search.
    """

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}
        self._mark = self._letters(16)
        self._marks = list(self._forms(self._mark))

    def __call__(self, place: str) -> str:
        """A new word for a place."""
        word = self._mark + self._letters(8)
        assert parts(word) == {word}
        self.planted[word] = place
        return word

    def found_in(self, content: bytes) -> set[str]:
        """Places whose words the content gives away: as they are, in capitals, in hexadecimal or in base64."""
        if not any(form in content for form in self._marks):
            return set()
        words = self.planted.items()
        named = {place for word, place in words if any(form in content for form in self._forms(word))}
        return named or {"a part of a word"}

    @staticmethod
    def _letters(count: int) -> str:
        return "".join(secrets.choice("bdfgklmnprsvz") + secrets.choice("aiou") for _ in range(count // 2))

    @staticmethod
    def _forms(word: str) -> Iterator[bytes]:
        for text in (word, word.upper()):
            plain = text.encode()
            yield from (plain, plain.hex().encode())
            for shift in range(3):
                # The middle is the same wherever the word stands in what was encoded.
                yield base64.b64encode(b"\0" * shift + plain)[4:-4]


def identity_of(canary: Canaries) -> dict[str, Any]:
    """An identity with a canary in each text."""
    safety = {
        "is_safe": True,
        "when": canary("when"),
        "who_answers": canary("who answers"),
        "introduce_as": canary("introduce as"),
        "never_say": [canary("never say")],
    }
    return {
        "names": [{"text": f"{canary('name')} {canary('surname')}", "latin": canary("latin name")}],
        "date_of_birth": "1999-12-31",
        "contacts": [
            {"system": "phone", "value": canary("phone"), "whose": canary("whose"), "safety": safety},
            {"system": "email", "value": f"{canary('e-mail')}@example.org", "safety": safety},
        ],
        "documents": [{"type": "passport", "number": canary("document")}],
        "notes": canary("identity notes"),
    }


async def play(people: People, stack: Stack, canary: Canaries) -> None:
    """Everything that can be done with a person's data, the refused ways among them."""
    case = (await people.request_of(people.lawyer))["case_id"]
    path, identity = f"/referral/v1/cases/{case}/identity", identity_of(canary)
    shelter = people.shelter.client
    refused = await shelter.put(
        path, json=identity | {"date_of_birth": canary("refused date")}, headers={"If-Match": "*"}
    )
    assert refused.status_code == 422
    for version in range(2):
        written = await shelter.put(path, json=identity, headers={"If-Match": f'"{version}"'})
        assert written.status_code == 200, written.text
    strong = {"Authorization": f"Bearer {strong_token(stack.site, people.shelter.username)}"}
    read = await shelter.get(path, headers=strong)
    assert read.json()["notes"] == identity["notes"]
    question = {"name": identity["names"][0]["text"]}
    found = await shelter.post("/referral/v1/cases/search", json=question, headers=strong)
    assert [each["id"] for each in found.json()["items"]] == [case]
    nobody = {"name": canary("searched name"), "phone": canary("searched phone")}
    assert (await shelter.post("/referral/v1/cases/search", json=nobody, headers=strong)).json()["items"] == []
    await play_referral(people, canary)
    await play_erasure(people, canary)


async def play_referral(people: People, canary: Canaries) -> None:
    """Summary and notes on their ways."""
    request = await people.request_of(people.lawyer, summary=canary("summary"))
    unknown = await people.shelter.try_post(REFERRALS, request | {canary("unknown field"): canary("its value")})
    assert unknown.status_code == 422
    key = secrets.token_hex(8)
    referral, again = [await people.shelter.post(REFERRALS, request, key=key) for _ in range(2)]
    assert again == referral
    for action, body in (
        ("accept", None),
        ("start", None),
        ("hold", {"reason": "other", "note": canary("note of a hold")}),
        ("resume", None),
        ("complete", {"outcome": "help-given", "note": canary("last note")}),
    ):
        referral = await people.lawyer.act(referral, action, body)
    await people.shelter.get(f"{REFERRALS}/{referral['id']}/history")
    late = await people.lawyer.try_post(
        f"{REFERRALS}/{referral['id']}/fail", {"reason": "other", "note": canary("refused note")}, etag="*"
    )
    assert late.status_code == 409
    await people.shelter.told(referral["id"], "completed")
    redirected = await people.referral_to(people.lawyer, summary=canary("redirected summary"))
    body = {"reason": "other", "note": canary("redirect"), "service_id": await people.service_of(people.clinic)}
    onward = await people.lawyer.act(redirected, "redirect", body)
    await people.clinic.told(onward["redirected_to"], "requested")


async def play_erasure(people: People, canary: Canaries) -> None:
    """A person who is written and erased again."""
    request = await people.request_of(people.lawyer, summary=canary("erased summary"))
    await people.shelter.post(REFERRALS, request)
    path = f"/referral/v1/cases/{request['case_id']}"
    identity = {"names": [{"text": canary("erased name")}]}
    await people.shelter.client.put(f"{path}/identity", json=identity, headers={"If-Match": '"0"'})
    number = (await people.shelter.get(path))["number"]
    await people.shelter_manager.post(f"{path}/erase", {"number": number, "reason": "person-asked"})


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Everything on the disk of the network but its key files and passwords."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "secrets" not in path.parts:
            try:
                yield str(path.relative_to(folder)), path.read_bytes()
            except FileNotFoundError:
                continue  # the database removed it meanwhile


async def test_no_word_about_a_person_is_left_anywhere_in_clear(
    people: People, stack: Stack, collector: Collector, receiver: Receiver
) -> None:
    canary, public = Canaries(), Canaries()
    visible = public("name of a service")
    hook = await people.shelter_manager.post("/notify/v1/webhooks", {"url": receiver.url})
    receiver.secret = hook["secret"]
    await people.shelter_manager.post(
        "/directory/v1/services", {"name": visible, "taxonomy_terms": ["emergency-shelter"]}
    )
    await play(people, stack, canary)
    assert len(canary.planted) >= 25
    await until(lambda: any(span.name == "publish paivand.referral.case.erased.v1" for span in collector.spans))
    postgres.query(stack.site, "postgres", "CHECKPOINT")  # what is in memory goes to the files too

    dumps = {name: postgres.dump(stack.site, "postgres", database=name).encode() for name in DATABASES}
    on_disk = dict(files(stack.site.state_dir))
    leaks = {
        name: where
        for name, content in [*dumps.items(), *on_disk.items(), *enumerate(collector.raw)]
        if (where := canary.found_in(content))
    }
    assert leaks == {}
    assert receiver.received
    assert canary.found_in(repr(receiver.received).encode()) == set()
    for person in (people.shelter, people.lawyer, people.clinic, people.coordinator):
        assert canary.found_in(repr(await person.inbox()).encode()) == set()

    assert public.found_in(dumps["directory"])
    found = {name for name, content in on_disk.items() if public.found_in(content)}
    for place in ("postgres/base/", "postgres/pg_wal/", "nats/"):
        assert any(name.startswith(place) for name in found), place
    await people.shelter_manager.client.delete(
        f"/notify/v1/webhooks/{hook['id']}", headers={"If-Match": f'"{hook["version"]}"'}
    )


async def test_words_in_an_address_are_not_asked_for_and_not_logged(people: People, stack: Stack) -> None:
    """A client that puts a name into the URL all the same finds no endpoint for it, and leaves no trace of it."""
    canary = Canaries()
    word = canary("query")
    answer: httpx.Response = await people.shelter.client.get("/referral/v1/cases", params={"name": word})
    assert answer.status_code in (200, 422)
    log = stack.site.logs_dir / "envoy.log"
    await until(lambda: "/referral/v1/cases" in log.read_text())
    assert (
        canary.found_in(b"".join(content for name, content in files(stack.site.state_dir) if "logs/" in name)) == set()
    )
