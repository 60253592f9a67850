"""Events of the audit trails: how long each service's chain is, signed, so that others can hold it to that."""

# Narrowing a field in a subclass is safe, since the models are frozen.
# pyright: reportIncompatibleVariableOverride=false

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from .envelope import Event, Message


class AuditHead(Message):
    """The end of a service's audit chain at a time."""

    size: int = Field(ge=1, description="How many entries the chain had.", examples=[1207])
    note: str = Field(
        description="Name of the chain, size, last hash (base64) and time, signed with Ed25519 (C2SP signed-note).",
        examples=["paivand.referral/audit\n1207\nuN0N…=\n2026-11-24T10:00:00Z\n\n— paivand.referral/audit Az3g…=\n"],
    )


class DirectoryAuditHeadSigned(Event):
    """The directory's audit chain has grown, and its end is signed."""

    source: Literal["/paivand/directory"] = "/paivand/directory"
    type: Literal["paivand.directory.audit.head-signed.v1"] = "paivand.directory.audit.head-signed.v1"
    data: AuditHead


class ReferralAuditHeadSigned(Event):
    """The referral service's audit chain has grown, and its end is signed."""

    source: Literal["/paivand/referral"] = "/paivand/referral"
    type: Literal["paivand.referral.audit.head-signed.v1"] = "paivand.referral.audit.head-signed.v1"
    data: AuditHead


class NotifyAuditHeadSigned(Event):
    """Notify's audit chain has grown, and its end is signed."""

    source: Literal["/paivand/notify"] = "/paivand/notify"
    type: Literal["paivand.notify.audit.head-signed.v1"] = "paivand.notify.audit.head-signed.v1"
    data: AuditHead


AuditHeadSigned = DirectoryAuditHeadSigned | ReferralAuditHeadSigned | NotifyAuditHeadSigned
_HEADS: dict[str, type[AuditHeadSigned]] = {
    "directory": DirectoryAuditHeadSigned,
    "referral": ReferralAuditHeadSigned,
    "notify": NotifyAuditHeadSigned,
}


def head_signed(service: str, head: AuditHead) -> AuditHeadSigned:
    """The event that publishes a service's signed head."""
    return _HEADS[service](subject=service, data=head)


class UnusualReading(Message):
    """An account that has read what is secret of more cases, within a time, than people usually need to."""

    account_id: UUID = Field(description="The account (OIDC `sub`).")
    organization_id: UUID | None = Field(description="The organization it acted for.")
    cases: int = Field(ge=1, description="Of how many cases it read what is kept secret.", examples=[25])
    since: AwareDatetime = Field(description="Start of the time that was looked at (UTC).")


class UnusualReadingFound(Event):
    """An account opens unusually many identities: a coordinator should ask why. Said once an hour."""

    source: Literal["/paivand/referral"] = "/paivand/referral"
    type: Literal["paivand.referral.audit.unusual-reading-found.v1"] = "paivand.referral.audit.unusual-reading-found.v1"
    data: UnusualReading
