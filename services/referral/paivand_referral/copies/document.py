"""What the copy says, as headings and tables; `printing` makes HTML and PDF of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from ..cases.tables import CaseRow
from ..consents.tables import ConsentRow
from ..identities.schemas import Identity
from .texts import Words

Table = list[list[str]]


@dataclass(frozen=True)
class Section:
    """A heading, and a table whose first row names its columns; or pairs, when `is_pairs`."""

    heading: str
    rows: Table
    is_pairs: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Document:
    """The whole copy."""

    language: str
    title: str
    paragraphs: list[str]
    sections: list[Section] = field(default_factory=list)


@dataclass(frozen=True)
class Held:
    """What is held about the person of a case."""

    case: CaseRow
    identity: Identity | None
    consents: Sequence[ConsentRow]
    referrals: Sequence[Mapping[str, Any]]
    disclosures: Sequence[RowMapping]
    readings: Sequence[datetime]
    most: int
    """Longer lists were cut to so many."""


def compose(held: Held, say: Words, made_at: datetime) -> Document:
    """The copy in one language."""
    return Document(
        language=say.language.value,
        title=say("title"),
        paragraphs=[say("lead"), say("keep_safe"), say("court"), f"{say('made_at')}: {_moment(made_at)}"],
        sections=[
            Section(say("case"), _case(held.case, say), is_pairs=True),
            Section(say("identity"), _identity(held.identity, say) or [[say("nothing"), ""]], is_pairs=True),
            _list(held, say, "consents", ["when", "what", "given_by", "until", "state"], _consents(held, say)),
            _list(held, say, "referrals", ["when", "who", "state", "written"], _referrals(held, say)),
            _list(held, say, "disclosures", ["when", "who", "what", "state"], _disclosures(held, say)),
            _list(held, say, "readings", ["when", "who"], [[_moment(at), say("staff")] for at in held.readings]),
        ],
    )


def _list(held: Held, say: Words, heading: str, columns: list[str], rows: Table) -> Section:
    remark = say("shortened") if len(rows) > held.most else "" if rows else say("nothing")
    head = [[say(column) for column in columns]] if rows else []
    return Section(say(heading), head + rows[: held.most], remark=remark)


def _moment(at: datetime) -> str:
    return at.strftime("%d.%m.%Y %H:%M UTC")


def _case(case: CaseRow, say: Words) -> Table:
    return [
        [say("number"), case.number],
        [say("since"), _moment(case.created_at)],
        [say("age"), say(case.age_band)],
        [say("gender"), say(case.gender)],
        [say("languages"), ", ".join(case.languages)],
        [say("needs"), ", ".join(case.needs)],
    ]


def _identity(identity: Identity | None, say: Words) -> Table:
    if identity is None:
        return []
    rows = [[say("name"), " / ".join(filter(None, (name.text, name.latin)))] for name in identity.names]
    rows += [[say("born"), identity.date_of_birth]] if identity.date_of_birth else []
    rows += [[say("contact"), contact.value] for contact in identity.contacts]
    rows += [[say("document"), document.number] for document in identity.documents]
    return rows + ([[say("notes"), identity.notes]] if identity.notes else [])


def _what(categories: Sequence[str], say: Words) -> str:
    return ", ".join(say("category-identity" if each == "identity" else each) for each in categories)


def _consents(held: Held, say: Words) -> Table:
    return [
        [
            _moment(each.given_at),
            ", ".join(
                [_what(each.categories, say), *(say(purpose) for purpose in each.purposes if purpose != "referral")]
            ),
            say(each.given_by or "unstated"),
            _moment(each.valid_until) if each.valid_until else "—",
            say(each.ended_as or each.status),
        ]
        for each in held.consents
    ]


def _referrals(held: Held, say: Words) -> Table:
    return [
        [
            _moment(each["created_at"]),
            f"{each['owner_organization_name']}: {each['service_name']} ({each['number']})",
            say(each["status"]),
            each["summary"] or "—",
        ]
        for each in held.referrals
    ]


def _disclosures(held: Held, say: Words) -> Table:
    return [
        [
            _moment(each["at"]),
            str(each["recipient_organization_name"] or each["recipient_organization_id"]),
            _what(each["categories"], say),
            say(each["kind"]),
        ]
        for each in held.disclosures
    ]
