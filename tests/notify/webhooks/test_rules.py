"""Addresses that a webhook may reach: attacks as a table."""

from ipaddress import ip_address

import pytest
from paivand_notify.webhooks.rules import are_public, is_public

FORBIDDEN = {
    "unspecified": "0.0.0.0",  # noqa: S104 - an address, not a binding
    "this network": "0.1.2.3",
    "loopback": "127.0.0.1",
    "loopback, another": "127.255.255.254",
    "private 10": "10.0.0.1",
    "private 172": "172.31.255.255",
    "private 192": "192.168.1.1",
    "carrier NAT": "100.64.0.1",
    "link-local": "169.254.1.1",
    "cloud metadata": "169.254.169.254",
    "cloud metadata, another": "100.100.100.200",
    "protocol assignments": "192.0.0.8",
    "documentation": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "6to4 relay": "192.88.99.1",
    "benchmarks": "198.19.255.255",
    "multicast": "224.0.0.1",
    "multicast, last": "239.255.255.255",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 unspecified": "::",
    "v6 loopback": "::1",
    "v4-mapped loopback": "::ffff:127.0.0.1",
    "v4-mapped public": "::ffff:8.8.8.8",
    "v4-compatible": "::127.0.0.1",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of metadata": "64:ff9b::169.254.169.254",
    "local NAT64": "64:ff9b:1::1",
    "discard": "100::1",
    "Teredo": "2001::1",
    "ORCHID": "2001:20::1",
    "v6 documentation": "2001:db8::1",
    "v6 documentation 2": "3fff::1",
    "6to4 of loopback": "2002:7f00:1::1",
    "6to4 of private": "2002:c0a8:101::1",
    "unique local": "fd00::1",
    "v6 cloud metadata": "fd00:ec2::254",
    "v6 link-local": "fe80::1",
    "site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "segment routing": "5f00::1",
}
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.128.0.1",
    "172.32.0.1",
    "193.0.6.139",
    "2606:4700::1111",
    "2a00:1450:4001:82a::200e",
]


@pytest.mark.parametrize("address", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_bad_address_spoils_the_name() -> None:
    assert are_public(["1.1.1.1", "2606:4700::1111"])
    assert not are_public(["1.1.1.1", "127.0.0.1"])
    assert not are_public([])
