"""Asks once for each mail whether it comes from the domain of its sender, and keeps the answer."""

from django.db.models.functions import Now

from mailroom.authenticating import Proof, prove
from mailroom.children import CannotRead
from mailroom.models import IncomingMail
from mailroom.parsing import Credentials, parse
from mailroom.prepared import Change, given
from mailroom.services.inbox import SEAL_ERRORS, Opened, read_raw
from mailroom.states import Authentication

_AUTHENTICATE = Change(
    lambda: IncomingMail.objects.filter(pk=given("mail"), authentication=""),
    authentication=given("result"),
    authenticated_by=given("by"),
    loose_lines=given("loose"),
    authenticated_at=Now(),
)


def authenticate(opened: Opened) -> None:
    """Look up keys and verify, unless that was done. Takes a while: not to be called within a transaction.

    Written into the mail's row; the object is left as it was read.
    Whatever goes wrong is an answer, too: nothing here can keep a mail from being filed.
    """
    mail = opened.mail
    if mail.authentication:
        return
    proof = _proof(opened)
    _AUTHENTICATE.count(mail=mail.pk, result=proof.result.value, by=proof.by, loose=sorted(proof.loose))


def _proof(opened: Opened) -> Proof:
    mail = opened.mail
    try:
        return prove(lambda: read_raw(mail), sender=mail.sender, credentials=_credentials(opened))
    except (CannotRead, *SEAL_ERRORS):
        return Proof(Authentication.UNDECIDED)


def _credentials(opened: Opened) -> Credentials:
    """As they were read with the mail's words; mails of before that was kept are read once more."""
    kept = opened.text.credentials
    return Credentials.from_kept(kept) if kept else parse(read_raw(opened.mail)).credentials
