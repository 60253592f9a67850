"""Connections to webhooks: the address is looked up, judged and pinned here, so no later lookup can change it.

No proxy, no redirect, no Unix socket; the name in the URL still decides which TLS certificate is right.
"""

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import httpcore

from .rules import are_public

LOOKUP_SECONDS = 5.0
# Own threads: a name server that lets us wait must not hold up the lookups of the rest of the process.
_lookups = ThreadPoolExecutor(max_workers=32, thread_name_prefix="webhook-lookup")


class AddressNotAllowedError(Exception):
    """The name leads to an address that webhooks may not reach."""


class NameNotFoundError(Exception):
    """The name has no address."""


async def find_addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host.

    Raises:
        NameNotFoundError: it has none, or the name server does not say in time.
        AddressNotAllowedError: one of them is not public (unless private ones are allowed).
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await loop.run_in_executor(_lookups, _look_up, host, port)
    except (OSError, UnicodeError):  # TimeoutError is an OSError
        raise NameNotFoundError from None
    # One bad address is enough: whoever mixes them hopes that we try them in turn.
    if not allow_private and not are_public(found):
        raise AddressNotAllowedError
    return found


def _look_up(host: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]).partition("%")[0] for *_, address in answers]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that were judged a moment before, and to exactly those."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to the first address that answers."""
        fault: Exception = NameNotFoundError()
        for address in await find_addresses(host, port, allow_private=self._allow_private):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise AddressNotAllowedError

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await self._inner.sleep(seconds)
