"""The error document of every service and of the gateway: RFC 9457 problem details."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class ProblemType(StrEnum):
    """Stable names of what went wrong. The `type` member of a problem is `urn:paivand:problem:<name>`."""

    MALFORMED = "malformed"
    IDEMPOTENCY_KEY_REQUIRED = "idempotency-key-required"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    CONFLICT = "conflict"
    NO_ROOM = "no-room"
    TRANSITION_NOT_ALLOWED = "transition-not-allowed"
    STALE = "stale"
    TOO_LARGE = "too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    INVALID = "invalid"
    CONSENT_MISSING = "consent-missing"
    PRECONDITION_REQUIRED = "precondition-required"
    TOO_MANY_REQUESTS = "too-many-requests"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"

    @property
    def urn(self) -> str:
        """The `type` URI of RFC 9457 section 3.1.1."""
        return f"urn:paivand:problem:{self.value}"


class InvalidField(BaseModel):
    """One fault in the input. Names the place and the rule, never the value that was sent."""

    pointer: str | None = Field(
        default=None, description="JSON pointer into the body (RFC 6901).", examples=["/priority"]
    )
    parameter: str | None = Field(default=None, description="Name of the query, path or header parameter.")
    rule: str = Field(description="Stable name of the rule that was broken.", examples=["missing", "enum"])
    detail: str = Field(description="What to do about it.")


class Problem(BaseModel):
    """RFC 9457 problem details, with the trace id to quote to the operators."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stable URI of the kind of problem.", examples=["urn:paivand:problem:invalid"])
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The HTTP status.", ge=400, le=599)
    detail: str = Field(description="What happened here and what to do.")
    trace_id: str | None = Field(default=None, description="Id of the trace (W3C Trace Context).")
    errors: list[InvalidField] | None = Field(default=None, description="One entry for each fault in the input.")
    allowed: list[str] | None = Field(default=None, description="For a refused transition: the actions allowed now.")
