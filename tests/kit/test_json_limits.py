"""Bodies that are deep, of many parts, or no JSON get a clear answer, at once."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from paivand_contracts.problems import ProblemType
from paivand_kit import problems
from paivand_kit.json_limits import DEEPEST, MOST_PARTS, check_body


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """An endpoint that answers what it was sent. That all real ones are limited: tests/architecture."""
    app = FastAPI()
    problems.install(app)

    @app.put("/thing")
    async def thing(request: Request) -> dict[str, object]:
        await check_body(request)
        return await request.json()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        yield client


def nested(levels: int) -> str:
    """An object, with arrays in it."""
    return '{"a": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(nested(DEEPEST + 1), "levels deep", id="a level too deep"),
        pytest.param(nested(250_000), "levels deep", id="so deep that Python's parser gives up"),
        pytest.param("[" * 1_000_000, "levels deep", id="never closed"),
        pytest.param(json.dumps({"a": list(range(MOST_PARTS + 1))}), "members and elements", id="many elements"),
        pytest.param(json.dumps(dict.fromkeys(map(str, range(MOST_PARTS + 1)))), "members and", id="many members"),
        pytest.param(json.dumps({"a": [{}] * MOST_PARTS}), "members and", id="many objects"),
        pytest.param('{"a": NaN}', "no JSON numbers", id="NaN"),
        pytest.param('{"a": -Infinity}', "no JSON numbers", id="infinity"),
    ],
)
async def test_beyond_a_limit(client: httpx.AsyncClient, body: str, says: str) -> None:
    answer = await client.put("/thing", content=body)
    assert answer.status_code == 400
    assert answer.json()["type"] == ProblemType.MALFORMED.urn
    assert says in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(nested(DEEPEST), id="as deep as may be"),
        pytest.param(json.dumps({"a": list(range(MOST_PARTS - 1))}), id="as many as may be"),
        pytest.param(json.dumps({"a": "[{" * 5_000}), id="brackets in a string"),
        pytest.param(json.dumps({"a": "x, " * 20_000}), id="commas in a string"),
        pytest.param(json.dumps({"a": 'NaN " \\ Infinity \\" [' + "[" * 40}), id="quotes and escapes in a string"),
    ],
)
async def test_within_the_limits(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.put("/thing", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json() == json.loads(body)
