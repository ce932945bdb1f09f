"""Words that tell people, sessions and networks apart without naming them.

Keyed with SECRET_KEY: without it nobody can try out all customers' numbers until one fits. With
another key everybody is somebody new, and what was learned of them stays.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address

from django.conf import settings
from django.utils.crypto import salted_hmac

# One subscriber has a whole network of IPv6; of IPv4 an office or a village shares one.
IPV4_OCTETS = 3
IPV6_OCTETS = 7


def pseudonym(kind: str, client: str, name: str) -> str:
    """22 characters for a ``name`` of that kind, told by that client; "" for no name."""
    if not name:
        return ""
    told = "\0".join((kind, client, name)).encode()
    digest = blake2b(told, key=_key(settings.SECRET_KEY), digest_size=16).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def network(address: IPv4Address | IPv6Address | None) -> str:
    """The pseudonym of the network that an IP address belongs to; "" for no address.

    The same for all clients: who promotes himself does so from one place, whatever site he uses.
    """
    if address is None:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    octets = IPV6_OCTETS if isinstance(address, IPv6Address) else IPV4_OCTETS
    return pseudonym("network", "", address.packed[:octets].hex())


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return salted_hmac("micasillero.events", "pseudonyms", secret=secret).digest()
