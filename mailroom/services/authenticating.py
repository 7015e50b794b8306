"""Asks once for each mail whether it comes from the domain of its sender, and keeps the answer."""

from django.db.models.functions import Now

from mailroom.authenticating import Proof, prove
from mailroom.children import CannotRead
from mailroom.models import IncomingMail
from mailroom.parsing import Credentials, parse
from mailroom.services.inbox import SEAL_ERRORS, read_raw, read_text
from mailroom.states import Authentication


def authenticate(*, mail: IncomingMail) -> None:
    """Look up keys and verify, unless that was done. Takes a while: not to be called within a transaction.

    Written into the mail's row; `mail` itself is left as it was read.
    Whatever goes wrong is an answer, too: nothing here can keep a mail from being filed.
    """
    if mail.authentication:
        return
    proof = _proof(mail)
    IncomingMail.objects.filter(pk=mail.pk, authentication="").update(
        authentication=proof.result,
        authenticated_by=proof.by,
        loose_lines=sorted(proof.loose),
        authenticated_at=Now(),
    )


def _proof(mail: IncomingMail) -> Proof:
    try:
        return prove(lambda: read_raw(mail), sender=mail.sender, credentials=_credentials(mail))
    except (CannotRead, *SEAL_ERRORS):
        return Proof(Authentication.UNDECIDED)


def _credentials(mail: IncomingMail) -> Credentials:
    """As they were read with the mail's words; mails of before that was kept are read once more."""
    kept = read_text(mail).credentials
    return Credentials.from_kept(kept) if kept else parse(read_raw(mail)).credentials
