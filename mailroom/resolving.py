"""Text records of the domain name system. MAIL_DNS names the function that asks; the sandbox and the tests have a file.

Asked for the names that a platform's own domain holds, never for what a stranger's mail names.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

RECORDS = 10  # of one name; nobody needs more
RECORD_CHARACTERS = 8_000


class Unreachable(Exception):
    """No answer in time, or none that can be relied on. That a name has no record is an answer."""


def texts(name: str) -> list[str]:
    """The name's TXT records, each joined; none where there are none. Raises Unreachable."""
    ask: Callable[[str], list[str]] = import_string(settings.MAIL_DNS)
    return [record[:RECORD_CHARACTERS] for record in ask(name)[:RECORDS]]


def system(name: str) -> list[str]:
    """From MAIL_DNS_SERVERS, or else the name servers of this machine, within MAIL_DNS_SECONDS."""
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=settings.MAIL_DNS_SECONDS, search=False)
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as failure:
        raise Unreachable(type(failure).__name__) from None
    return [b"".join(record.strings).decode("ascii", "replace") for record in answer]


def _resolver() -> Resolver:
    if not settings.MAIL_DNS_SERVERS:
        return Resolver()
    resolver = Resolver(configure=False)
    hosts = [server.rpartition(":") for server in settings.MAIL_DNS_SERVERS]
    resolver.nameservers = [Do53Nameserver(host, int(port)) for host, _colon, port in hosts]
    return resolver


def zone_file(name: str) -> list[str]:
    """From the file MAIL_DNS_ZONE: on each line a name, a blank, and the text of its record."""
    try:
        lines = Path(settings.MAIL_DNS_ZONE).read_text().splitlines()
    except OSError as failure:
        raise Unreachable(type(failure).__name__) from None
    pairs = (line.partition(" ") for line in lines)
    return [text.strip() for owner, _blank, text in pairs if owner.rstrip(".").lower() == name.rstrip(".").lower()]


def refuse_files_in_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """For `check --deploy`: keys out of a file would prove nothing about a platform."""
    if settings.MAIL_DNS == "mailroom.resolving.system":
        return []
    return [Error("MAIL_DNS is not the system's: signatures would not be verified.", id="mailroom.E001")]
