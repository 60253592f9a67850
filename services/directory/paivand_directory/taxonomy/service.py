"""The starter taxonomy. `terms.json` is its one source; the codes never change their meaning."""

import json
from dataclasses import dataclass
from importlib.resources import files
from uuid import NAMESPACE_URL, UUID, uuid5

TAXONOMY = "paivand-support-package"


@dataclass(frozen=True, slots=True)
class TaxonomyTerm:
    """One term, with its names by language (ISO 639-1). `parent` is the code of the broader term."""

    code: str
    parent: str | None
    name: dict[str, str]
    description: str

    @property
    def id(self) -> UUID:
        """HSDS wants a UUID beside the code; made from the code, so that it is the same everywhere."""
        return uuid5(NAMESPACE_URL, f"urn:paivand:taxonomy:{TAXONOMY}:{self.code}")


def _load() -> dict[str, TaxonomyTerm]:
    items = json.loads(files("paivand_directory.taxonomy").joinpath("terms.json").read_text("utf-8"))
    return {item["code"]: TaxonomyTerm(**item) for item in items}


TERMS = _load()


def unknown_codes(codes: list[str]) -> list[int]:
    """Places of the codes that are in no taxonomy."""
    return [place for place, code in enumerate(codes) if code not in TERMS]


def with_narrower(code: str) -> list[str]:
    """The code and those of all terms below it: who looks for a shelter wants emergency shelters too."""
    narrower = [term.code for term in TERMS.values() if term.parent == code]
    return [code, *(found for each in narrower for found in with_narrower(each))]
