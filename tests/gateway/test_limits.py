"""Slow, greedy and malformed clients."""

import socket
from collections.abc import Iterator

import pytest
from paivand_local import demonstration
from paivand_local.site import LOOPBACK
from paivand_local.stack import Stack

from tests.gateway.edge import Edge, edge
from tests.gateway.problems import assert_problem

pytestmark = pytest.mark.system

PATH = "/directory/v1/services"
MEBIBYTE = 1 << 20


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 65536):
        yield b"x" * 65536
    yield b"x" * (size % 65536)


def test_a_body_of_one_mebibyte_passes(mirrored: Edge, token: str) -> None:
    assert mirrored.request("POST", PATH, token, content=b"x" * MEBIBYTE).json()["length"] == MEBIBYTE


def test_a_larger_body_is_refused(mirrored: Edge, token: str) -> None:
    assert_problem(mirrored.request("POST", PATH, token, content=b"x" * (MEBIBYTE + 1)), 413, "too-large")


def test_a_larger_body_without_a_length_is_refused(mirrored: Edge, token: str) -> None:
    assert_problem(mirrored.request("POST", PATH, token, content=chunks(MEBIBYTE + 1)), 413, "too-large")


def test_large_headers_are_refused(mirrored: Edge, token: str) -> None:
    answer = mirrored.get(PATH, token, headers={"X-Large": "x" * 40_000})
    assert_problem(answer, 431, "too-large")


def test_a_client_that_is_slow_with_its_headers_is_cut_off(mirrored: Edge) -> None:
    """The limit of this gateway is one second; without it the connection would stay for ever."""
    with socket.create_connection((LOOPBACK, mirrored.port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        answer = connection.makefile("rb").read()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408")


def test_an_escaped_slash_is_refused(mirrored: Edge, token: str) -> None:
    assert_problem(mirrored.get("/directory/v1/organizations%2F..%2Fdocs", token), 400, "malformed")


@pytest.mark.parametrize("path", ["/directory/v1/docs/../organizations", "/directory//v1/organizations"])
def test_another_spelling_of_a_path_needs_the_same_token(mirrored: Edge, path: str) -> None:
    """Raw, because HTTP clients tidy paths up themselves."""
    with socket.create_connection((LOOPBACK, mirrored.port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert connection.makefile("rb").readline() == b"HTTP/1.1 401 Unauthorized\r\n"


def test_a_subject_is_limited_alone(stack: Stack) -> None:
    """Two a second, ten at once; another person is not held up."""
    busy, quiet = (demonstration.token(stack.site, name) for name in ("zarina", "farrukh"))
    with edge(stack, requests_per_second=2) as strict:
        answers = [strict.get("/notify/v1/inbox/stream", busy) for _ in range(30)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert answers[0].status_code == 200
        assert_problem(refused[-1], 429, "too-many-requests")
        assert refused[-1].headers["retry-after"] == "1"
        assert strict.get("/notify/v1/inbox/stream", quiet).status_code == 200


def test_an_address_without_a_token_is_limited(stack: Stack) -> None:
    with edge(stack, requests_per_second=2) as strict:
        answers = [strict.get("/directory/v1/docs") for _ in range(30)]
        assert answers[0].status_code == 200
        assert_problem(answers[-1], 429, "too-many-requests")


def test_a_service_that_is_down_is_a_problem_not_a_hang(stack: Stack, token: str) -> None:
    with edge(stack) as beside:
        (beside.stack.site.run_dir / "directory.sock").unlink()
        # The client waits ten seconds at most, the gateway must answer sooner.
        assert_problem(beside.get("/directory/v1/organizations", token), 503, "unavailable")
        assert beside.get("/referral/v1/cases", token).status_code == 200
