"""What every refusal of the gateway must look like."""

import httpx
from paivand_local.gateway import UNTRACED


def assert_problem(answer: httpx.Response, status: int, kind: str) -> None:
    """An RFC 9457 problem of our own kind, with a trace id."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:paivand:problem:{kind}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    if status in UNTRACED:
        assert "trace_id" not in problem
    else:
        assert len(bytes.fromhex(problem["trace_id"])) == 16
    assert int(answer.headers["content-length"]) == len(answer.content)
