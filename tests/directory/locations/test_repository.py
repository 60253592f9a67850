"""The triangulation attack: distances from many chosen points must not tell more than a cell of the grid."""

import random
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

import httpx
import pytest
from paivand_directory.locations.tables import GRID

from tests.factories.directory import admit, key, locate, member_of

pytestmark = pytest.mark.integration
# A cell that no other test uses, in the Pamir.
SOUTH, WEST = 38.25, 72.75


def kilometres(from_: tuple[float, float], to: tuple[float, float]) -> float:
    """Great-circle distance, reckoned apart from the SQL."""
    north, east = radians(to[0] - from_[0]), radians(to[1] - from_[1])
    chord = sin(north / 2) ** 2 + cos(radians(from_[0])) * cos(radians(to[0])) * sin(east / 2) ** 2
    return 12742 * asin(sqrt(chord))


def inside(generator: random.Random) -> tuple[float, float]:
    """A place in the cell, away from its border."""
    return SOUTH + generator.uniform(0.01, GRID - 0.01), WEST + generator.uniform(0.01, GRID - 0.01)


class TestNearby:
    @pytest.fixture
    async def places(self, client: httpx.AsyncClient) -> dict[str, tuple[float, float]]:
        """Twenty redacted locations in one cell and one that is not, by id."""
        generator, organization_id = random.Random(5), await admit(client)
        self.owner: UUID = organization_id
        found: dict[str, tuple[float, float]] = {}
        for number in range(21):
            latitude, longitude = inside(generator)
            made = await locate(client, organization_id, latitude=latitude, longitude=longitude, is_redacted=number > 0)
            found[made["id"]] = (latitude, longitude)
        return found

    async def distances(
        self,
        client: httpx.AsyncClient,
        point: tuple[float, float],
        places: dict[str, tuple[float, float]],
        **query: float,
    ) -> list[tuple[str, float]]:
        body = {"latitude": point[0], "longitude": point[1], "within_km": 500, "limit": 200} | query
        headers = member_of(await admit(client)) | key()
        answer = await client.post("/directory/v1/locations/nearby", json=body, headers=headers)
        items = answer.raise_for_status().json()["items"]
        return [(item["location"]["id"], item["distance_km"]) for item in items if item["location"]["id"] in places]

    async def test_many_queries_do_not_narrow_a_redacted_location_below_its_cell(
        self, client: httpx.AsyncClient, places: dict[str, tuple[float, float]]
    ) -> None:
        """Of twenty places all over the cell no query tells one from another, by distance, order or reach."""
        generator = random.Random(6)
        [open_id, *redacted_ids] = places
        points = [inside(generator) for _ in range(40)] + [places[each] for each in redacted_ids[:10]]
        points += [(SOUTH + north, WEST + east) for north in (-2, 0, 2) for east in (-2, 0, 2)]
        for point in points:
            found = await self.distances(client, point, places)
            redacted = [(id_, distance) for id_, distance in found if id_ != open_id]
            assert [id_ for id_, _ in redacted] == sorted(redacted_ids)
            assert len({distance for _, distance in redacted}) == 1
            within = generator.uniform(1, 40)
            reached = {id_ for id_, _ in await self.distances(client, point, places, within_km=within)}
            assert reached & set(redacted_ids) in (set(), set(redacted_ids))

    async def test_the_same_attack_finds_a_location_that_is_not_redacted(
        self, client: httpx.AsyncClient, places: dict[str, tuple[float, float]]
    ) -> None:
        """Shows that the attack above works at all, and that distances are right."""
        open_id, *_ = places
        for point in ((SOUTH - 1, WEST), (SOUTH, WEST + 2), places[open_id]):
            found = dict(await self.distances(client, point, places))
            assert found[open_id] == pytest.approx(kilometres(point, places[open_id]), abs=0.1)

    async def test_distance_is_to_the_middle_of_the_cell_for_the_owner_too(
        self, client: httpx.AsyncClient, places: dict[str, tuple[float, float]]
    ) -> None:
        point = (SOUTH - 1, WEST - 1)
        body = {"latitude": point[0], "longitude": point[1], "within_km": 500, "limit": 200}
        headers = member_of(self.owner) | key()
        answer = await client.post("/directory/v1/locations/nearby", json=body, headers=headers)
        found = {item["location"]["id"]: item["distance_km"] for item in answer.json()["items"]}
        middle = (SOUTH + GRID / 2, WEST + GRID / 2)
        for id_ in list(places)[1:]:
            assert found[id_] == pytest.approx(kilometres(point, middle), abs=0.1)

    async def test_a_point_that_is_none_is_refused(self, client: httpx.AsyncClient) -> None:
        headers = member_of(await admit(client)) | key()
        body = {"latitude": 95, "longitude": 0}
        answer = await client.post("/directory/v1/locations/nearby", json=body, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/latitude")
