"""The guard where it counts: at the socket."""

import socket
from typing import Any

import httpcore
import pytest
from paivand_notify.webhooks import connections
from paivand_notify.webhooks.connections import (
    AddressNotAllowedError,
    GuardedBackend,
    NameNotFoundError,
    find_addresses,
)

from tests.notify.network import Receiver

# Every way to write loopback that the resolver of the C library or a URL parser accepts.
SPELLINGS = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "0",
]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_loopback_gets_through(host: str) -> None:
    with pytest.raises((AddressNotAllowedError, NameNotFoundError)):
        await find_addresses(host, 443, allow_private=False)


async def test_connection_is_judged_again_and_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the name is public when the webhook is added and leads inside when it is used."""
    answers = iter(["93.184.215.14", "127.0.0.1"])
    asked: list[str] = []

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    with Receiver().running() as receiver:
        port = httpcore.URL(receiver.url).port
        monkeypatch.setattr(connections.socket, "getaddrinfo", answer)
        assert await find_addresses("rebind.example.org", 80, allow_private=False) == ["93.184.215.14"]
        async with httpcore.AsyncConnectionPool(network_backend=GuardedBackend(allow_private=False)) as pool:
            with pytest.raises(AddressNotAllowedError):
                await pool.request("POST", f"http://rebind.example.org:{port}/hook", content=b"{}")
        assert receiver.received == []
    assert asked == ["rebind.example.org"] * 2


async def test_name_is_looked_up_once_for_judging_and_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judged address is the connected one: a second lookup of the name has nothing to say."""
    asked: list[str] = []
    look_up = connections._look_up

    def count(host: str, port: int) -> list[str]:
        asked.append(host)
        return look_up(host, port)

    monkeypatch.setattr(connections, "_look_up", count)
    with Receiver().running() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        async with httpcore.AsyncConnectionPool(network_backend=GuardedBackend(allow_private=True)) as pool:
            assert (await pool.request("POST", url, content=b"{}")).status == 204
    assert asked == ["localhost"]


async def test_unix_socket_is_never_opened() -> None:
    with pytest.raises(AddressNotAllowedError):
        await GuardedBackend(allow_private=True).connect_unix_socket("/run/anything.sock")
