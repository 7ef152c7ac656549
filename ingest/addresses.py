"""Which addresses of the net may be talked to; refuses to resolve and to connect.

The rule is an allow rule: globally routed unicast, less every range that reaches back into a machine,
a cloud or another family of addresses. Ranges: IANA special-purpose registries (RFC 6890 and updates),
RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo), and Azure's 168.63.129.16.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_DENIED_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_DENIED_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip


def is_allowed(address: str, networks: Iterable[str] = ()) -> bool:
    """Whether this address (as `getaddrinfo` writes it) may be connected to. `networks` are opened by hand."""
    if "%" in address:
        return False  # a zone: link-local by nature
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if any(_is_in(parsed, network) for network in networks):
        return True
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not any(parsed in network for network in _DENIED_4)
    return parsed in _GLOBAL_6 and parsed.is_global and not any(parsed in network for network in _DENIED_6)


def _is_in(address: Address, network: str) -> bool:
    opened = ipaddress.ip_network(network)
    return opened.version == address.version and address in opened
