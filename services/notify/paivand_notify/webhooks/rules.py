"""Where a webhook may point to. Pure: no I/O."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

# IANA special-purpose address registries (RFC 6890 and later), and multicast. Own list: the standard library's answer
# changed between patch releases, and it knows nothing of addresses that carry another one inside.
_FORBIDDEN_V4 = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
240.0.0.0/4
"""
# Only 2000::/3 is global unicast; these lie inside it and are not, or carry an IPv4 address (6to4, Teredo).
_FORBIDDEN_V6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20"
_GLOBAL_V6 = IPv6Network("2000::/3")


def _networks(texts: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(text) for text in texts.split()]


_FORBIDDEN = _networks(_FORBIDDEN_V4 + _FORBIDDEN_V6)


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet.

    Everything private, local, reserved or multicast is not, nor is an address that stands for another one, such as
    IPv4-mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96).
    """
    if isinstance(address, IPv6Address) and address not in _GLOBAL_V6:
        return False
    return not any(address.version == network.version and address in network for network in _FORBIDDEN)


def are_public(addresses: Iterable[str]) -> bool:
    """Whether all of a name's addresses are public, and there is at least one."""
    found = [ip_address(text) for text in addresses]
    return bool(found) and all(is_public(address) for address in found)
