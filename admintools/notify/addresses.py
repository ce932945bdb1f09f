"""Where a webhook may go. Whoever writes a URL must not reach what only our machines reach.

The host must be on the operator's list; then its name is resolved once, every address that comes
of it must be a public one, and the connection is made to that very address.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext_noop as _

from .faults import Passing, Permanent

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses of IPv4 in those of IPv6, which a translator on the way would take out.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")


@dataclass(frozen=True)
class Target:
    """A URL, taken apart. ``path`` has the query with it."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def read(url: str) -> Target:
    """Raises Permanent for what is no URL of the web."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        host, port = "", None
    if not host or parts.scheme not in ("http", "https") or any(c <= " " for c in url):
        raise Permanent("bad_url", _("This is no address of the web: write https://host/path."))
    if parts.username is not None or parts.password is not None:
        raise Permanent("bad_url", _("Leave user and password out of the address."))
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port or (443 if secure else 80), path)


def permitted(url: str) -> Target:
    """The URL of a webhook. Raises Permanent where the operator's settings do not let it be one."""
    target = read(url)
    if not target.secure and not settings.NOTIFY_ALLOW_HTTP:
        raise Permanent("not_https", _("The address must begin with https://."))
    if not settings.NOTIFY_ALLOWED_HOSTS:
        raise Permanent(
            "no_hosts",
            _("No webhook may be used here: the operator sets its host in NOTIFY_ALLOWED_HOSTS."),
        )
    if not validate_host(target.host, settings.NOTIFY_ALLOWED_HOSTS):
        raise Permanent(
            "host_not_allowed",
            _("%(host)s is not among the hosts that may be used (NOTIFY_ALLOWED_HOSTS)."),
            host=target.host,
        )
    return target


def resolved(target: Target) -> list[str]:
    """Its addresses. Raises Passing when the name is not known now, Permanent when one of them is
    not of the public internet: all of a name's addresses belong to whoever owns the name."""
    found = lookup(target)
    for address in found:
        if not may_be_reached(ipaddress.ip_address(address)):
            raise Permanent(
                "private_address",
                _("%(host)s leads to %(address)s, which is not of the public internet."),
                host=target.host,
                address=address,
            )
    return found


def lookup(target: Target) -> list[str]:
    """Its addresses, whatever they are. Raises Passing."""
    try:
        infos = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Passing(
            "unknown_host", _("The name %(host)s is not known."), host=target.host
        ) from None
    # Without the zone of a link-local address, which no check would read.
    return list(dict.fromkeys(str(info[4][0]).partition("%")[0] for info in infos))


def may_be_reached(address: Address) -> bool:
    return all(_is_public(each) or _is_ours(each) for each in (address, *_within(address)))


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_ours(address: Address) -> bool:
    """A network inside the house that the operator named."""
    networks: Iterable[str] = settings.NOTIFY_PRIVATE_NETWORKS
    return any(address in ipaddress.ip_network(network) for network in networks)


def _within(address: Address) -> list[Address]:
    """Addresses of IPv4 that one of IPv6 carries."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64 or address in COMPATIBLE:
        carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in carried if each is not None]
