"""Where a mail belongs. A match says where it is filed, never whether it may act."""

from collections.abc import Iterable, Sequence

from mailroom.addresses import Box, OwnAddress
from mailroom.models import OutgoingMail
from mailroom.prepared import Prepared, one_of_given
from mailroom.states import REPORTS, Kind, MatchedBy

STRENGTH = [MatchedBy.TOKEN, MatchedBy.VERP, MatchedBy.IN_REPLY_TO, MatchedBy.REFERENCES, MatchedBy.PERSON]
_NAMED = Prepared(
    lambda: OutgoingMail.objects.defer("sealed").filter(
        one_of_given("token", "tokens") | one_of_given("message_id", "names")
    )
)


def _named(recipients: Iterable[OwnAddress], in_reply_to: str, references: Sequence[str]) -> Iterable[OutgoingMail]:
    """Every letter of ours that is named by its token or by its Message-ID."""
    tokens = [address.token for address in recipients if address.token]
    names = [name for name in (in_reply_to, *references) if name]
    return _NAMED.objects(tokens=tokens, names=names)


def by_recipients(recipients: Iterable[OwnAddress], named: Iterable[OutgoingMail]) -> dict[OutgoingMail, MatchedBy]:
    """Letters whose token stands in a recipient as our own server was told it; a header's word for it is not asked."""
    tokens = {address.token: address.box for address in recipients if address.token}
    how = {Box.REPLY: MatchedBy.TOKEN, Box.BOUNCE: MatchedBy.VERP}
    return {letter: how[tokens[letter.token]] for letter in named if letter.token in tokens}


def by_thread(
    in_reply_to: str, references: Sequence[str], named: Iterable[OutgoingMail]
) -> dict[OutgoingMail, MatchedBy]:
    """The letter that it says it answers; failing that, the latest of ours in its thread."""
    ours = {letter.message_id: letter for letter in named}
    if in_reply_to in ours:
        return {ours[in_reply_to]: MatchedBy.IN_REPLY_TO}
    for name in reversed(references):
        if name in ours:
            return {ours[name]: MatchedBy.REFERENCES}
    return {}


def letters_for(
    *, kind: Kind, recipients: Iterable[OwnAddress], in_reply_to: str = "", references: Sequence[str] = ()
) -> dict[OutgoingMail, MatchedBy]:
    """Every letter that a strong signal names. Where the reply address and the answered message disagree, both stand:
    a person decides. References only speak when nothing stronger does, since a thread names older letters too.

    What answers a mail that wants no answers is tied to nothing: a person finds it among the mails without a request.
    A report about delivery belongs to the letter whose return address it came to, and to no other: anybody who has
    seen a Message-ID of ours can write "it was not delivered" under it.
    """
    named = _named(recipients, in_reply_to, references)
    found = by_recipients(recipients, named)
    if kind in REPORTS:
        return {letter: how for letter, how in found.items() if how == MatchedBy.VERP}
    for letter, how in by_thread(in_reply_to, references, named).items():
        if how == MatchedBy.IN_REPLY_TO or not found:
            found.setdefault(letter, how)
    return {letter: how for letter, how in found.items() if letter.wants_answers}


def strongest(ways: Iterable[str]) -> MatchedBy:
    present = set(ways)
    return next((way for way in STRENGTH if way in present), MatchedBy.NONE)
