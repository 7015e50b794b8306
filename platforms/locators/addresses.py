"""Which hosts are places on the public internet, and whose they are."""

import ipaddress
import re

import tldextract

from platforms.locators.errors import LinkError

# The bundled list only: nothing is fetched and no cache folder is written.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_LOCAL = ("localhost", "local", "internal", "lan", "home", "corp", "intranet", "private", "localdomain", "home.arpa")
_IPV6_PUBLIC = ipaddress.ip_network("2000::/3")
# Inside 2000::/3, yet not plainly a host on the internet: Teredo and its neighbours, ORCHID, documentation, 6to4.
_IPV6_SPECIAL = [ipaddress.ip_network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


def owner_of(host: str) -> str:
    """The registered domain of a host name, or the address itself, as the platform that can be asked.

    `host` is lower case, in ASCII, an IPv6 address in brackets. Private suffixes (github.io, blogspot.com) count as
    registered domains: whoever runs them is asked about their users' sites, and the key keeps the whole host.
    Raises LinkError.
    """
    if host.startswith("[") or re.fullmatch(r"[0-9.]+", host):
        return _public(host.strip("[]"))
    if any(host == name or host.endswith("." + name) for name in _LOCAL):
        raise LinkError("private_address")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise LinkError("malformed")
    if len(labels) == 1:
        raise LinkError("private_address")
    found = _suffixes(host)
    if not found.suffix or not found.domain:
        raise LinkError("no_domain")
    return f"{found.domain}.{found.suffix}"


def _public(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise LinkError("malformed") from None
    if isinstance(address, ipaddress.IPv4Address):
        public = address.is_global and not address.is_multicast and not address.is_reserved
    else:
        # Forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) are refused whatever they carry.
        public = address in _IPV6_PUBLIC and not any(address in net for net in _IPV6_SPECIAL) and address.is_global
    if not public:
        raise LinkError("private_address")
    return str(address)
