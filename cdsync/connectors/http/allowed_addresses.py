"""Which network addresses may be called. Judges addresses that were looked up already; looks up and opens nothing.

Public ones always. Private ones and this machine's own only where the installation says so; link-local ones, those
where clouds hand out credentials, and those that are nobody's host never, whatever is said.
Sources: IANA's special-purpose registries; metadata services of AWS (169.254.169.254, fd00:ec2::254), Google
(fd20:ce::254), Alibaba (100.100.100.200), Oracle (192.0.0.192), Scaleway (fd00:42::42), Azure (168.63.129.16).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LINK_LOCAL, METADATA, NO_HOST, PRIVATE, LOOPBACK = (
    "link-local",
    "metadata",
    "no host's",
    "private",
    "this machine's own",
)
_NEVER = (LINK_LOCAL, METADATA, NO_HOST)
_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254", "169.254.170.2", "169.254.42.42", "100.100.100.200", "192.0.0.192", "168.63.129.16",
            "fd00:ec2::254", "fd20:ce::254", "fd00:42::42", "fe80::a9fe:a9fe",
        ),
    )
)  # fmt: skip
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_EVERYTHING = (ip_network("0.0.0.0/0"), ip_network("::/0"))
# 64:ff9b:1::/48 is a network's own way to IPv4 (RFC 8215), and which address lies behind it cannot be told from here
_NOBODY = tuple(map(ip_network, ("0.0.0.0/8", "240.0.0.0/4", "::/128", "64:ff9b:1::/48")))
_IPV4_AT_THE_END = tuple(map(ip_network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))  # NAT64, SIIT, compatible

_allowed: tuple[Network, ...] = ()
_rehearsal: frozenset[str] = frozenset()


class NotAllowedError(Exception):
    """A connection was not opened: the name leads to an address that must not be called.

    kind: what is wrong with the address, in English words.
    """

    def __init__(self, address: str, kind: str) -> None:
        super().__init__(f"{address} is {kind}")
        self.address, self.kind = address, kind


def networks(text: str) -> tuple[Network, ...]:
    """What CDSYNC_ALLOW_PRIVATE_ADDRESSES says: "no" (or nothing), "loopback", "yes" (all private ones), or networks
    with commas between ("192.168.1.0/24, 10.1.2.3"). Raises ValueError for anything else."""
    match text.strip().lower():
        case "" | "no":
            return ()
        case "loopback":
            return _LOOPBACK
        case "yes":
            return _EVERYTHING
        case listed:
            return tuple(ip_network(each.strip(), strict=False) for each in listed.split(","))


def allow(chosen: Iterable[Network]) -> None:
    """Private and loopback addresses that may be called from this process, beside all public ones."""
    global _allowed  # noqa: PLW0603 - an installation is a process's own
    _allowed = tuple(chosen)


def allow_rehearsal(places: Iterable[str]) -> None:
    """Host and port of the rehearsal's systems, which run on this machine: just these may be called there."""
    global _rehearsal  # noqa: PLW0603 - there is one rehearsal
    _rehearsal = frozenset(places)


def judge(found: str, host: str, port: int) -> None:
    """An address that a host's name stands for. Raises NotAllowedError when it must not be called."""
    kinds = [(each, _kind(each)) for each in _meant(ip_address(found.partition("%")[0]))]
    for each, kind in kinds:
        if kind in _NEVER or (kind and not any(each in network for network in _allowed)):
            if kind == LOOPBACK and f"{host}:{port}" in _rehearsal:
                continue
            raise NotAllowedError(found, kind)


def _meant(address: Address) -> Iterator[Address]:
    """The address, and each IPv4 address it is another spelling of, or a way to."""
    if isinstance(address, IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if int(address) > 1 and any(address in network for network in _IPV4_AT_THE_END):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _kind(address: Address) -> str:
    """What kind of a special address it is; "" when it is a public one."""
    if address in _METADATA:
        return METADATA
    if address.is_link_local:
        return LINK_LOCAL
    if address.is_multicast or any(address in network for network in _NOBODY):
        return NO_HOST
    if address.is_loopback:
        return LOOPBACK
    is_private = not address.is_global or (isinstance(address, IPv6Address) and address.is_site_local)
    return PRIVATE if is_private else ""
