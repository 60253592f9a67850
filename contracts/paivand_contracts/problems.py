"""The error document of every service and of the gateway: RFC 9457 problem details."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class ProblemType(StrEnum):
    """Stable names of what went wrong. The `type` member of a problem is `urn:paivand:problem:<name>`."""

    status: int
    caption: str

    def __new__(cls, name: str, status: int, title: str) -> "ProblemType":
        """A member: its name, its HTTP status, and its title, which is the same wherever the problem comes from."""
        member = str.__new__(cls, name)
        member._value_, member.status, member.caption = name, status, title
        return member

    MALFORMED = "malformed", 400, "The request cannot be read"
    IDEMPOTENCY_KEY_REQUIRED = "idempotency-key-required", 400, "Idempotency-Key is missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused", 422, "Idempotency-Key was used for another request"
    UNAUTHENTICATED = "unauthenticated", 401, "Sign in first"
    INSUFFICIENT_USER_AUTHENTICATION = "insufficient-user-authentication", 401, "Sign in again, more strongly"
    FORBIDDEN = "forbidden", 403, "Not allowed"
    CONSENT_NOT_COVERING = "consent-not-covering", 403, "The consent does not cover this"
    NOT_FOUND = "not-found", 404, "Not found"
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "Method not allowed"
    CONFLICT = "conflict", 409, "In conflict with what is there"
    NO_ROOM = "no-room", 409, "Not enough room"
    TRANSITION_NOT_ALLOWED = "transition-not-allowed", 409, "Not possible in this state"
    STALE = "stale", 412, "Changed in the meantime"
    TOO_LARGE = "too-large", 413, "Too large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "Media type not supported"
    INVALID = "invalid", 422, "The input breaks a rule"
    CONSENT_MISSING = "consent-missing", 422, "Consent is missing"
    PRECONDITION_REQUIRED = "precondition-required", 428, "If-Match is missing"
    TOO_MANY_REQUESTS = "too-many-requests", 429, "Too many requests"
    INTERNAL = "internal", 500, "Our mistake"
    UNAVAILABLE = "unavailable", 503, "Not available now"
    TIMEOUT = "timeout", 504, "No answer in time"

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
    missing: list[str] | None = Field(
        default=None, description="For a consent that does not cover it: what it lacks.", examples=[["summary"]]
    )
