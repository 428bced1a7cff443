"""Where events may be sent: to a name on the public internet, over HTTPS, and nowhere else.

Whoever may subscribe chooses an address, and we go there from inside our own network: without
these rules they could reach what only we can (OWASP's cheat sheet on server-side request forgery).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.saying import Saying

PORTS = (443, 8443)
LONGEST = 2000
"""Letters of an address."""
_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9-]{1,63}")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label like this makes a host an IPv4 address (https://url.spec.whatwg.org/#host-parsing)."""
_ONLY_INSIDE = ("local", "localhost", "internal", "intranet", "lan", "home", "corp", "arpa")
_REACHED = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out for the public internet."""
_NOT_REACHED = tuple(
    ipaddress.ip_network(each)
    for each in (
        "192.0.0.0/24",  # the protocols' own, with a cloud's metadata in it
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # a cloud's own server, inside each of its networks
        "2001::/23",  # Teredo, ORCHID and other IPv6 that leads elsewhere
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2001:db8::/32",  # documentation
        "3fff::/20",
    )
)
_LOOPBACK_NAMES = ("localhost",)


class AddressError(ValueError):
    """Nothing is sent there; says what is wrong with it."""

    def __init__(self, says: Saying) -> None:
        super().__init__(says)
        self.says = says


@dataclass(frozen=True, slots=True)
class Target:
    """An address, checked, in its parts."""

    scheme: str
    host: str
    """In lower case."""
    port: int
    path: str
    """With the query; begins with a slash."""

    @property
    def url(self) -> str:
        """The same as one text."""
        usual = self.port == (443 if self.scheme == "https" else 80)
        return f"{self.scheme}://{self.host}{'' if usual else f':{self.port}'}{self.path}"


def target(url: str, *, to_loopback: bool = False) -> Target:
    """An address to which events may be sent, taken apart. Raises AddressError.

    ``to_loopback`` lets our own machine be one as well, by HTTP and on any port: for development.
    What its name leads to is checked when it is connected to: see ``is_public``.
    """
    if len(url) > LONGEST:
        raise AddressError(Saying("it must have at most %(most)s letters", most=LONGEST))
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise AddressError(Saying("it must be plain ASCII, without spaces or backslashes"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError(
            Saying("it must be an address like https://shop.example/delauto")
        ) from None
    host = (parts.hostname or "").lower()
    ours = to_loopback and _is_our_machine(host)
    if parts.scheme != "https" and not (ours and parts.scheme == "http"):
        raise AddressError(Saying("it must begin with https://"))
    if "@" in parts.netloc:
        raise AddressError(Saying("it must hold no user name and no password"))
    if "#" in url:
        raise AddressError(Saying("it must have no part behind a #"))
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    if not ours:
        _check(host, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path)


def _check(host: str, port: int) -> None:
    labels = host.split(".")
    if ":" in host or _NUMERIC.fullmatch(labels[-1]):
        raise AddressError(Saying("it must have a name, not a number, as its host"))
    if not _NAME.fullmatch(host):
        raise AddressError(Saying("its host must be a name like hooks.shop.example"))
    if len(labels) < 2 or labels[-1] in _ONLY_INSIDE:
        raise AddressError(Saying("its host must be a name of the public internet"))
    if port not in PORTS:
        raise AddressError(Saying("its port must be %(names)s", names=" or ".join(map(str, PORTS))))


def _is_our_machine(host: str) -> bool:
    return host in _LOOPBACK_NAMES or is_loopback(host)


def is_public(address: str) -> bool:
    """Is this numeric address one of the public internet's?

    Everything that stands for another address (IPv4 in IPv6, NAT64, 6to4, Teredo) is not, nor what
    is reserved, multicast, shared or private, or only ever a cloud's own.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (found.scope_id or found not in _REACHED):
        return False
    if any(found.version == net.version and found in net for net in _NOT_REACHED):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def is_loopback(address: str) -> bool:
    """Is this numeric address our own machine's?"""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
