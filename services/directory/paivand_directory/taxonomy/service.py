"""The starter taxonomy. `terms.json` is its one source; the codes never change their meaning."""

import json
from dataclasses import dataclass
from importlib.resources import files
from uuid import NAMESPACE_URL, UUID, uuid5

TAXONOMY = "paivand-support-package"


@dataclass(frozen=True, slots=True)
class System:
    """A taxonomy of others that our terms are mapped to."""

    name: str
    uri: str
    version: str
    description: str

    @property
    def id(self) -> UUID:
        """The same everywhere."""
        return uuid5(NAMESPACE_URL, self.uri)


SYSTEMS = {
    "open-eligibility": System(
        "Open Eligibility",
        "https://github.com/auntbertha/openeligibility",
        "formats/services.csv",
        "Human services, by findhelp and others (CC BY-SA 3.0). Codes are the slugs of its table of services.",
    ),
    "sdoh-category": System(
        "SDOH categories",
        "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes",
        "2.3.0",
        "Categories of social determinants of health of the HL7 SDOH Clinical Care guide.",
    ),
}


@dataclass(frozen=True, slots=True)
class Mapping:
    """A code of others for a term of ours. `relationship` is a FHIR R5 concept map relationship."""

    system: str
    code: str
    display: str
    relationship: str

    @property
    def id(self) -> UUID:
        """Id of their term; made from system and code, so that it is the same everywhere."""
        return uuid5(NAMESPACE_URL, f"{SYSTEMS[self.system].uri}#{self.code}")


@dataclass(frozen=True, slots=True)
class TaxonomyTerm:
    """One term, with its names by language (ISO 639-1). `parent` is the code of the broader term."""

    code: str
    parent: str | None
    name: dict[str, str]
    description: str
    mappings: tuple[Mapping, ...]

    @property
    def id(self) -> UUID:
        """HSDS wants a UUID beside the code; made from the code, so that it is the same everywhere."""
        return uuid5(NAMESPACE_URL, f"urn:paivand:taxonomy:{TAXONOMY}:{self.code}")


def _load() -> dict[str, TaxonomyTerm]:
    items = json.loads(files("paivand_directory.taxonomy").joinpath("terms.json").read_text("utf-8"))
    return {
        item["code"]: TaxonomyTerm(**item | {"mappings": tuple(Mapping(**each) for each in item["mappings"])})
        for item in items
    }


TERMS = _load()
FOREIGN = {each.id: each for term in TERMS.values() for each in term.mappings}
"""The terms of others, by id."""


def unknown_codes(codes: list[str]) -> list[int]:
    """Places of the codes that are in no taxonomy."""
    return [place for place, code in enumerate(codes) if code not in TERMS]


def with_narrower(code: str) -> list[str]:
    """The code and those of all terms below it: who looks for a shelter wants emergency shelters too."""
    narrower = [term.code for term in TERMS.values() if term.parent == code]
    return [code, *(found for each in narrower for found in with_narrower(each))]


def mapped_to(foreign_id: UUID) -> list[str]:
    """Our codes, and those below them, that a term of others stands for."""
    codes = [term.code for term in TERMS.values() if any(each.id == foreign_id for each in term.mappings)]
    return list(dict.fromkeys(found for code in codes for found in with_narrower(code)))


def mapped_into(system_id: UUID) -> list[str]:
    """Our codes that have a term in a taxonomy of others."""
    return [term.code for term in TERMS.values() if any(SYSTEMS[each.system].id == system_id for each in term.mappings)]
