"""Plays one referral in the demonstration network, as any client would: over HTTP, through the gateway."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from paivand_local import demonstration
from paivand_local.part import NotReadyError
from paivand_local.site import SetupError, Site

Report = Callable[[str, float], None]
Json = dict[str, Any]


class Session:
    """One signed-in person's calls through the gateway. Any answer but 2xx raises SetupError."""

    def __init__(self, site: Site, username: str) -> None:
        self._client = demonstration.http_client(site, Authorization=f"Bearer {demonstration.token(site, username)}")

    def get(self, path: str, **query: str) -> Json:
        return self._checked(self._client.get(path, params=query))

    def put(self, path: str, body: Json, etag: str | None = None) -> Json:
        return self._checked(self._client.put(path, json=body, headers={"If-Match": etag} if etag else {}))

    def post(self, path: str, body: Json | None = None, version: int | None = None) -> Json:
        headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": f'"{version}"'} if version else {})
        return self._checked(self._client.post(path, json=body, headers=headers))

    def status_of_get(self, path: str) -> int:
        return self._client.get(path).status_code

    @staticmethod
    def _checked(answer: httpx.Response) -> Json:
        if answer.is_error:
            raise SetupError(
                f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
            )
        return answer.json()


def play(site: Site, report: Report) -> Json:
    """One referral from the shelter to legal aid and back. Returns the closed referral.

    Raises: SetupError when a step is refused or its effect does not come.
    """
    with _step(report, "the shelter and the legal aid office sign in at Keycloak"):
        shelter, lawyers = Session(site, "farrukh"), Session(site, "dilnoza")
    with _step(report, "the shelter finds legal representation in the directory"):
        found = shelter.get("/directory/v1/services", taxonomy_term="legal-representation")["items"]
    with _step(report, "the shelter opens a pseudonymous case"):
        case = shelter.post("/referral/v1/cases", CASE)
    with _step(report, "the shelter sends the referral, with the person's consent"):
        sent = until(lambda: _send(shelter, case["id"], found[0]["id"]))
    with _step(report, "it is in the inbox of legal aid"):
        until(lambda: _inbox_has(lawyers, sent["id"], "requested"))
    for action, body in (("accept", None), ("start", None), ("complete", {"outcome": "help-given"})):
        with _step(report, f"legal aid: {action}"):
            sent = lawyers.post(f"/referral/v1/referrals/{sent['id']}/{action}", body, version=sent["version"])
    with _step(report, "the shelter's inbox says that it is completed"):
        until(lambda: _inbox_has(shelter, sent["id"], "completed"))
    return sent


CASE = {"age_band": "18-24", "gender": "female", "languages": ["tg", "ru"], "needs": ["legal-representation"]}


def _send(shelter: Session, case_id: str, service_id: str) -> Json:
    """The referral service learns of a new service from events, so for a moment it may not know it."""
    consent = {"given_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "scope": ["referral", "summary"]}
    request = {
        "case_id": case_id,
        "service_id": service_id,
        "priority": "urgent",
        "summary": "Needs a lawyer before a hearing next week.",
        "consent": consent,
    }
    try:
        return shelter.post("/referral/v1/referrals", request)
    except SetupError as refusal:
        raise NotReadyError(str(refusal)) from refusal


def _inbox_has(session: Session, referral_id: str, status: str) -> None:
    entries = session.get("/notify/v1/inbox")["items"]
    if not any(entry["referral_id"] == referral_id and entry["status"] == status for entry in entries):
        raise NotReadyError(f"no inbox entry says that the referral is {status}")


Result = TypeVar("Result")


def until(attempt: Callable[[], Result], seconds: float = 15) -> Result:
    """Repeat until it no longer raises NotReadyError.

    Raises: SetupError with the last reason when the time is over.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except NotReadyError as error:
            if time.monotonic() > deadline:
                raise SetupError(f"not within {seconds:.0f} s: {error}") from error
            time.sleep(0.05)


@contextmanager
def _step(report: Report, text: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    report(text, time.monotonic() - began)
