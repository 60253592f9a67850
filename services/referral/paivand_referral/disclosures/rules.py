"""Kinds of disclosure. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """How somebody came to see it."""

    SENT = "sent"
    PASSED_ON = "passed-on"
    READ = "read"
