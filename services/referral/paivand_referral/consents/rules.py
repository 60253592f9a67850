"""What a consent covers, and who may give it. FHIR Consent words where they fit. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What the person's data may be used for (FHIR `Consent.provision.purpose`)."""

    REFERRAL = "referral"
    ONWARD_REFERRAL = "onward-referral"


class Category(StrEnum):
    """Which data may be shown (FHIR `Consent.provision.class`)."""

    PROFILE = "profile"
    SUMMARY = "summary"
    IDENTITY = "identity"


class RecipientType(StrEnum):
    """What a recipient is (FHIR `Consent.provision.actor`)."""

    ORGANIZATION = "organization"
    SERVICE = "service"


class Method(StrEnum):
    """How it was given."""

    SPOKEN = "spoken"
    WRITTEN = "written"
    SIGN_LANGUAGE = "sign-language"
    ELECTRONIC = "electronic"


class GivenBy(StrEnum):
    """Who agreed (FHIR `Consent.performer`)."""

    PERSON = "person"
    PARENT = "parent"
    GUARDIAN = "guardian"
    AUTHORITY = "authority"


class Assent(StrEnum):
    """What the person themself says to it, when somebody else agreed."""

    GIVEN = "given"
    NOT_ABLE = "not-able"


class ConsentStatus(StrEnum):
    """FHIR R5 Consent.status codes that a record here can have."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class ConsentEnd(StrEnum):
    """Why a consent is inactive."""

    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Missing(StrEnum):
    """What a consent lacks for a disclosure."""

    ACTIVE = "active"
    PERIOD = "period"
    RECIPIENT = "recipient"
    REFERRAL = "referral"
    PROFILE = "profile"
    SUMMARY = "summary"
    IDENTITY = "identity"


CHILDREN = frozenset({"0-11", "12-17"})
BY_OTHERS = frozenset({GivenBy.PARENT, GivenBy.GUARDIAN, GivenBy.AUTHORITY})
# Parents decide for children only; an adult under guardianship has a guardian or an authority.
BY_OTHERS_FOR_ADULTS = BY_OTHERS - {GivenBy.PARENT}


@dataclass(frozen=True)
class Terms:
    """What a consent says."""

    status: ConsentStatus
    valid_from: datetime
    valid_until: datetime | None
    purposes: frozenset[Purpose]
    categories: frozenset[Category]
    recipient_organization_ids: frozenset[UUID]
    recipient_service_ids: frozenset[UUID]


@dataclass(frozen=True)
class Disclosure:
    """What somebody is about to be shown."""

    organization_id: UUID
    service_id: UUID
    categories: frozenset[Category]
    at: datetime
    is_onward: bool = False


def may_give(age_band: str) -> frozenset[GivenBy]:
    """Who may agree for a person of this age. For a child somebody else does; an unknown age leaves both open."""
    if age_band in CHILDREN:
        return BY_OTHERS
    if age_band == "unknown":
        return frozenset(GivenBy)
    return BY_OTHERS_FOR_ADULTS | {GivenBy.PERSON}


def needs_assent(given_by: GivenBy) -> bool:
    """Whether the person must be asked as well. Somebody who says no has not agreed, whoever else did."""
    return given_by != GivenBy.PERSON


def scopes(purposes: Collection[str], categories: Collection[str]) -> list[str]:
    """The short form of a consent that a referral shows: `referral`, `summary`, `redirect`."""
    said = {
        "redirect": Purpose.ONWARD_REFERRAL in purposes,
        "referral": Purpose.REFERRAL in purposes,
        "summary": Category.SUMMARY in categories,
    }
    return [scope for scope, is_said in said.items() if is_said]


def missing(terms: Terms, wanted: Disclosure) -> list[Missing]:
    """What the consent lacks for a disclosure; nothing when it covers it."""
    is_named = (
        wanted.organization_id in terms.recipient_organization_ids or wanted.service_id in terms.recipient_service_ids
    )
    may_pass_on = wanted.is_onward and Purpose.ONWARD_REFERRAL in terms.purposes
    is_current = terms.valid_from <= wanted.at and (terms.valid_until is None or wanted.at < terms.valid_until)
    lacks = {
        Missing.ACTIVE: terms.status != ConsentStatus.ACTIVE,
        Missing.PERIOD: not is_current,
        Missing.RECIPIENT: not (is_named or may_pass_on),
        Missing.REFERRAL: Purpose.REFERRAL not in terms.purposes,
    }
    found = [what for what, is_lacking in lacks.items() if is_lacking]
    return found + [
        Missing(category.value) for category in Category if category in wanted.categories - terms.categories
    ]
