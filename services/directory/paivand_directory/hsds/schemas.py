"""Queries and envelope of the HSDS API Specification. The same query is taken from the URL or, if sensitive, a body."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from paivand_kit.inputs import Input
from pydantic import BaseModel, Field, StringConstraints

from ..search.schemas import TYPED

Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]


class PageOf(Input):
    """Which page. Offset pages, because the specification says so; at most 200,000 items deep."""

    page: int = Field(default=1, ge=1, le=1000, description="From 1.")
    per_page: int = Field(default=50, ge=1, le=200)


class TermFilters(PageOf):
    """What is looked for. Conditions narrow each other."""

    search: Text | None = Field(default=None, description=TYPED)
    taxonomy_term_id: UUID | None = Field(default=None, description="Finds its narrower terms too.")
    taxonomy_id: UUID | None = Field(default=None, description="Any term of this taxonomy.")


class OrganizationQuery(TermFilters):
    """Filters of organizations. Terms are those of their services."""

    full: bool = Field(default=False, description="Each with all that belongs to it.")
    full_service: bool = Field(default=False, description="With its services, each with all that belongs to it.")


class ServiceQuery(TermFilters):
    """Filters of services."""

    organization_id: UUID | None = None
    modified_after: datetime | None = Field(default=None, description="On or after this time.")
    minimal: bool = Field(default=False, description="Only `id` and `modified_date`.")
    full: bool = Field(default=False, description="Each with all that belongs to it.")


class ServiceAtLocationQuery(TermFilters):
    """Filters of services at locations. For distances, ask `/directory/v1/locations/nearby`."""

    organization_id: UUID | None = None
    modified_after: datetime | None = Field(default=None, description="On or after this time.")
    full: bool = Field(default=False, description="Each with all that belongs to it.")
    postcode: Text | None = Field(default=None, description="Finds locations that are not redacted only.")


class TaxonomyQuery(PageOf):
    """Filters of taxonomies."""

    search: Text | None = Field(default=None, description="Part of the name.")


class TaxonomyTermQuery(TaxonomyQuery):
    """Filters of taxonomy terms."""

    taxonomy_id: UUID | None = None
    top_only: bool = Field(default=False, description="Only terms that have no broader one.")
    parent_id: UUID | None = None


class HsdsPage(BaseModel):
    """HSDS `Page`."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]] = Field(description="Objects as in the HSDS 3.1 schemas.")


class About(BaseModel):
    """What this interface is."""

    version: str = Field(description="Version of HSDS.")
    profile: str = Field(description="Where it is described.")
    openapi_url: str
