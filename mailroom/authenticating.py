"""Whether a mail comes from the domain that its From line names: by its signatures, or by our border server's word.

Aligned as DMARC has it: the signing domain is the one of the From line, or shares its registered domain. What the
platform's DMARC record may tighten (adkim=s) is kept. SPF is not asked: what reaches the portal comes from our own mail
server, whose border has seen the client. See docs/adr/0010.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import tldextract
from django.conf import settings

from mailroom.border import dmarc_result
from mailroom.children import CannotRead, Children
from mailroom.parsing import Credentials, limits
from mailroom.resolving import Unreachable, texts
from mailroom.states import Authentication

ASKED = 3  # keys; aligned signatures beyond that are not looked at
RECORD = 4_000  # characters of a key
_CHILDREN = Children("mailroom.signature_child.main")
_REGISTERED = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@dataclass(frozen=True)
class Proof:
    """The verdict; by whose word (a domain, or our border server); lines of the head that nobody vouches for."""

    result: Authentication
    by: str = ""
    loose: frozenset[str] = frozenset()


def prove(read: Callable[[], bytes], *, sender: str, credentials: Credentials) -> Proof:
    """`sender` is the one address of a sound From line; `read` gives the mail, where a signature has to be held to it.

    Asks the DNS; not to be called within a transaction.

    Our own verification comes first, since only it says what is covered. Where the border server alone vouches for a
    mail that bears an aligned signature, nobody has said so: it may be an old mail with other lines, sent on.
    """
    domain = sender.rpartition("@")[2].lower()
    own = _own(read, domain, credentials)
    if own.result == Authentication.SIGNED or not (settings.MAIL_AUTHSERV_ID and _border_passed(domain, credentials)):
        return own
    sent_on = own.result not in (Authentication.UNSIGNED, Authentication.UNALIGNED)
    loose = credentials.present if sent_on else credentials.doubled
    return Proof(Authentication.BORDER, by=settings.MAIL_AUTHSERV_ID, loose=loose)


def _own(read: Callable[[], bytes], domain: str, credentials: Credentials) -> Proof:
    if not credentials.signatures:
        return Proof(Authentication.UNSIGNED)
    try:
        aligned = [pair for pair in credentials.signatures if _is_aligned(pair[0], domain)][:ASKED]
        keys = {f"{selector}._domainkey.{signer}": _key(signer, selector) for signer, selector in aligned}
        return _by_signatures(read, {name: key for name, key in keys.items() if key}, bool(aligned), credentials)
    except Unreachable:
        return Proof(Authentication.NO_KEY_NOW)
    except CannotRead:
        return Proof(Authentication.UNDECIDED)


def _border_passed(domain: str, credentials: Credentials) -> bool:
    host = settings.MAIL_BORDER_HOST or settings.MAIL_AUTHSERV_ID
    said = dmarc_result(credentials.trace, server=settings.MAIL_AUTHSERV_ID, host=host, domain=domain)
    return said == "pass"


def _by_signatures(read: Callable[[], bytes], keys: dict[str, str], aligned: bool, credentials: Credentials) -> Proof:
    if not aligned:
        return Proof(Authentication.UNALIGNED)
    found = json.loads(_CHILDREN.ask(read(), {**limits(), "records": keys}).output) if keys else []
    holding = [each for each in found if each["holds"]]
    whole = [each for each in holding if not each["cut"]]
    if not whole:
        return Proof(Authentication.CUT if holding else Authentication.BROKEN)
    best = min(whole, key=lambda each: len(credentials.present - set(each["covers"])))
    loose = credentials.doubled | (credentials.present - set(best["covers"]))
    return Proof(Authentication.SIGNED, by=best["domain"], loose=loose)


def _is_aligned(signer: str, domain: str) -> bool:
    """Raises Unreachable where the platform's policy cannot be asked for."""
    if signer == domain:
        return True
    registered = _REGISTERED(domain).top_domain_under_public_suffix
    if not registered or _REGISTERED(signer).top_domain_under_public_suffix != registered:
        return False
    return not _wants_strict(domain, registered)


def _wants_strict(domain: str, registered: str) -> bool:
    """adkim=s in the policy of the domain, or else of its registered domain."""
    for name in dict.fromkeys((domain, registered)):
        policies = [_tags(text) for text in texts(f"_dmarc.{name}")]
        policies = [tags for tags in policies if tags.get("v") == "DMARC1"]
        if policies:
            return len(policies) > 1 or policies[0].get("adkim", "r") == "s"
    return False


def _key(signer: str, selector: str) -> str:
    """The one record under this name, where it is a key that may sign mail; nothing otherwise.

    The library reads the key itself; what it passes over is asked here: a key in testing, one for other hashes or
    other services, one withdrawn.
    """
    records = texts(f"{selector}._domainkey.{signer}")
    if len(records) != 1 or len(records[0]) > RECORD or not records[0].isascii():
        return ""
    tags = _tags(records[0])
    flags, services, hashes = ({part.strip() for part in tags.get(tag, default).split(":")}
                               for tag, default in (("t", ""), ("s", "*"), ("h", "sha256")))  # fmt: skip
    fit = tags.get("v", "DKIM1") == "DKIM1" and tags.get("p") and "y" not in flags
    return records[0] if fit and services & {"*", "email"} and "sha256" in hashes else ""


def _tags(text: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs if name.strip()}
