"""The starter taxonomy's codes: what a case needs and what a service offers. Names and mappings are the directory's."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

TERM_CODES = (
    *("shelter", "emergency-shelter", "medical", "sexual-reproductive-health", "mental-health"),
    *("legal-advice", "legal-representation", "interpretation", "documents-identity", "family-tracing"),
    *("safe-return-reintegration", "vocational-training", "employment", "cash", "childcare", "education"),
)


def _known(code: str) -> str:
    if code not in TERM_CODES:
        raise PydanticCustomError("taxonomy_term", "Send a code from /directory/v1/taxonomy_terms.")
    return code


TermCode = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""The shape of a code."""
KnownTermCode = Annotated[TermCode, AfterValidator(_known)]
"""A code that stands in the taxonomy."""
