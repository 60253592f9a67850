"""Codes that more than one service, or the outside, must agree on. FHIR and HSDS words."""

from enum import StrEnum


class Role(StrEnum):
    """What a person or service account may do in the network (Keycloak realm role)."""

    MEMBER = "member"
    MANAGER = "manager"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    COURT = "court"


class ReferralStatus(StrEnum):
    """State of a referral: FHIR R4 Task.status codes (value set task-status)."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


class Priority(StrEnum):
    """How soon an answer is needed: FHIR R4 request-priority codes."""

    ROUTINE = "routine"
    URGENT = "urgent"
    ASAP = "asap"
    STAT = "stat"


class OrganizationStatus(StrEnum):
    """Whether an organization takes part in the network. One that came by import has `applied`, and is vetted first."""

    APPLIED = "applied"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class ServiceStatus(StrEnum):
    """HSDS `service.status`."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"
