"""Fills in the demonstration network, as its coordinators and managers would: over HTTP, through the gateway.

Every step looks first, so that what is there already stays as it is.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from paivand_local import demonstration
from paivand_local.demo import Json, Session
from paivand_local.site import Site

MANAGERS = {"mehrubon": "zarina", "adolat": "dilnoza", "shifo": "rustam"}
COLLEAGUES = {"mehrubon": ["farrukh"]}
COORDINATORS = ("nigora", "karim")
"""The one who reviews, and the one who lets in: the same person may not do both."""

MEMBERS: dict[str, Json] = {
    "mehrubon": {
        "description": "Safe accommodation for women and children (demonstration).",
        "service": {
            "name": "Emergency shelter",
            "taxonomy_terms": ["emergency-shelter"],
            "description": "A bed the same night, with children, for up to three months.",
        },
        "criteria": [
            {"attribute": "gender", "operator": "any-of", "codes": ["female"]},
            {"attribute": "children", "operator": "within", "minimum": 0, "maximum": 4},
            {"attribute": "languages", "operator": "any-of", "codes": ["tg", "ru"]},
            {"attribute": "area", "operator": "any-of", "codes": ["TJ-DU", "TJ-KT"]},
        ],
        "capacities": [
            {"unit": "bed", "name": "Beds", "maximum": 8, "available": 6},
            {"unit": "family-room", "name": "Family rooms", "maximum": 3, "available": 2},
        ],
        "location": {
            "name": "The house",
            "region": "Khatlon",
            "district": "Bokhtar",
            "latitude": 37.8361,
            "longitude": 68.7806,
            "address_1": "12 Nowhere Street (demonstration)",
            "city": "Bokhtar",
            "postal_code": "735140",
        },
    },
    "adolat": {
        "description": "Lawyers for victims of trafficking, free of charge (demonstration).",
        "service": {"name": "Legal representation", "taxonomy_terms": ["legal-representation"], "minimum_age": 0},
        "criteria": [{"attribute": "languages", "operator": "any-of", "codes": ["tg", "ru", "en"]}],
        "capacities": [{"unit": "caseload", "name": "Cases", "maximum": 40, "available": 25}],
        "location": {
            "name": "Office",
            "is_redacted": False,
            "region": "Dushanbe",
            "district": "Ismoili Somoni",
            "latitude": 38.5737,
            "longitude": 68.7738,
            "address_1": "1 Example Avenue (demonstration)",
            "city": "Dushanbe",
            "postal_code": "734000",
        },
    },
    "shifo": {
        "description": "Health care and counselling without questions (demonstration).",
        "service": {"name": "Health care", "taxonomy_terms": ["medical"]},
        "criteria": [],
        "capacities": [{"unit": "appointment-slot", "name": "This week", "maximum": 30, "available": 12}],
        "location": {
            "name": "Clinic",
            "is_redacted": False,
            "region": "Dushanbe",
            "district": "Sino",
            "latitude": 38.5500,
            "longitude": 68.7500,
            "address_1": "2 Example Avenue (demonstration)",
            "city": "Dushanbe",
            "postal_code": "734001",
        },
    },
}
AGREEMENTS = ("data-protection", "code-of-conduct")
REASON = "Part of the demonstration."


def seed(site: Site) -> None:
    """Makes the demonstration's members and what they offer.

    Raises: SetupError when a service refuses.
    """
    reviewer, activator = (Session(site, name) for name in COORDINATORS)
    for alias, organization in demonstration.organizations().items():
        member = MEMBERS[alias]
        path = f"/directory/v1/organizations/{organization.id}"
        if reviewer.status_of_get(path) == 404:
            entry = {"name": organization.name, "description": member["description"], "status": "applied"}
            reviewer.put(path, entry)
        _let_in(reviewer, activator, alias, member)
        manager = Session(site, MANAGERS[alias])
        _invite_colleagues(manager, COLLEAGUES.get(alias, []))
        _offer(manager, str(organization.id), member)


def _let_in(reviewer: Session, activator: Session, alias: str, member: Json) -> None:
    organization = demonstration.organizations()[alias]
    path = f"/directory/v1/memberships/{organization.id}"
    if reviewer.status_of_get(path) == 404:
        application = {"organization_id": str(organization.id), "name": organization.name, "reason": REASON}
        email = demonstration.accounts()[MANAGERS[alias]].email
        reviewer.post(
            "/directory/v1/memberships",
            application | {"description": member["description"], "manager_email": email},
        )
    membership = reviewer.get(path)
    today = datetime.now(UTC).date()
    for kind in AGREEMENTS:
        if membership["expires_on"] is None:
            days = {"signed_on": str(today), "expires_on": str(today + timedelta(days=365))}
            agreement = {"kind": kind, "agreement_version": "demonstration-1", **days}
            membership = reviewer.post(f"{path}/agreements", agreement, version=membership["version"])
    if membership["status"] == "applied":
        membership = reviewer.post(f"{path}/review", {"reason": REASON}, version=membership["version"])
    if membership["status"] == "under-review":
        activator.post(f"{path}/activate", {"reason": REASON}, version=membership["version"])


def _invite_colleagues(manager: Session, usernames: list[str]) -> None:
    known = {each["email"] for each in manager.get("/directory/v1/people")["items"]}
    for username in usernames:
        email = demonstration.accounts()[username].email
        if email not in known:
            manager.post("/directory/v1/people", {"email": email, "role": "member"})


def _offer(manager: Session, organization_id: str, member: Json) -> None:
    """The member's service, for whom it is, its room and its place."""
    owned = {"organization_id": organization_id}
    known = {each["name"]: each for each in manager.get("/directory/v1/services", **owned)["items"]}
    service = known.get(member["service"]["name"]) or manager.post("/directory/v1/services", member["service"])
    path = f"/directory/v1/services/{service['id']}"
    stated = manager.get(f"{path}/eligibility")
    if member["criteria"] and stated["version"] == 0:
        manager.put(f"{path}/eligibility", {"criteria": member["criteria"]}, etag='"0"')
    counted = {each["name"] for each in manager.get(f"{path}/capacities")["items"]}
    for capacity in member["capacities"]:
        if capacity["name"] not in counted:
            manager.post(f"{path}/capacities", capacity)
    if not manager.get("/directory/v1/locations", **owned)["items"]:
        place = manager.post("/directory/v1/locations", _location(member["location"]))
        there = {"service_id": service["id"], "location_id": place["id"]}
        manager.post("/directory/v1/service_at_locations", there)


def _location(place: Json) -> dict[str, Any]:
    """Body of a location with its address."""
    in_address = ("address_1", "city", "postal_code")
    address = {name: place[name] for name in in_address} | {"state_province": place["region"], "country": "TJ"}
    shown = {name: value for name, value in place.items() if name not in in_address}
    return shown | {"location_type": "physical", "country": "TJ", "addresses": [address]}
