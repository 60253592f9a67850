"""The service as a whole: its document, its health, its tables."""

import httpx
import pytest
from paivand_directory.details.endpoints import ON_ORGANIZATIONS, ON_SERVICES

pytestmark = pytest.mark.integration


async def test_document_and_docs_are_public(client: httpx.AsyncClient) -> None:
    document = (await client.get("/directory/v1/openapi.json")).raise_for_status().json()
    assert set(document["paths"]) == {
        "/directory/v1/capacities/{capacity_id}",
        "/directory/v1/capacities/{capacity_id}/history",
        "/directory/v1/capacities/{capacity_id}/holds",
        "/directory/v1/capacities/{capacity_id}/holds/{hold_id}",
        "/directory/v1/holds/{hold_id}",
        "/directory/v1/holds/{hold_id}/confirm",
        "/directory/v1/holds/{hold_id}/release",
        "/directory/v1/match",
        "/directory/v1/services/{service_id}/capacities",
        "/directory/v1/services/{service_id}/eligibility",
        "/directory/v1/services/{service_id}/eligibility-check",
        "/directory/v1/audit",
        "/directory/v1/memberships",
        "/directory/v1/memberships/{membership_id}",
        "/directory/v1/memberships/{membership_id}/agreements",
        "/directory/v1/memberships/{membership_id}/history",
        *(
            f"/directory/v1/memberships/{{membership_id}}/{action}"
            for action in ("review", "activate", "suspend", "reinstate", "withdraw")
        ),
        "/directory/v1/people",
        "/directory/v1/people/{person_id}",
        "/directory/v1/organizations",
        "/directory/v1/organizations/{organization_id}",
        "/directory/v1/services",
        "/directory/v1/services/search",
        "/directory/v1/services/{service_id}",
        *(f"/directory/v1/services/{{service_id}}/{name}" for name in ON_SERVICES),
        *(f"/directory/v1/organizations/{{organization_id}}/{name}" for name in ON_ORGANIZATIONS),
        "/directory/v1/taxonomy_terms",
        *(
            f"/directory/hsds/{path}"
            for name, key in (
                ("services", "service_id"),
                ("organizations", "organization_id"),
                ("service_at_locations", "service_at_location_id"),
                ("taxonomies", "taxonomy_id"),
                ("taxonomy_terms", "taxonomy_term_id"),
            )
            for path in (name, f"{name}/{{{key}}}")
        ),
        "/directory/hsds/",
        "/directory/v1/locations",
        "/directory/v1/locations/nearby",
        "/directory/v1/locations/{location_id}",
        "/directory/v1/locations/{location_id}/release",
        "/directory/v1/locations/{location_id}/releases",
        "/directory/v1/service_at_locations",
        "/directory/v1/service_at_locations/{service_at_location_id}",
    }
    page = await client.get("/directory/v1/docs")
    assert page.status_code == 200
    assert "https://" not in page.text


async def test_alive_and_ready_without_nats(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "nats": "unreachable"})
