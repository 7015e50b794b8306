"""The two machines of the post office, as data, and the codes that its rows carry."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OutgoingState(TextChoices):
    QUEUED = "queued", _("Waiting to leave")
    SENDING = "sending", _("Leaving")
    ACCEPTED = "accepted", _("Sent")
    REJECTED = "rejected", _("Refused by the mail server")
    UNCERTAIN = "uncertain", _("Uncertain")
    # Of letters that no mail carries: their recipient is a web form.
    BY_HAND = "by_hand", _("To be entered in the web form")
    HANDED = "handed", _("Entered in the web form")


OUTGOING_TRANSITIONS: dict[OutgoingState, frozenset[OutgoingState]] = {
    # Straight to accepted: the archive's copy of an earlier try turned up while the letter waited for another.
    OutgoingState.QUEUED: frozenset({OutgoingState.SENDING, OutgoingState.ACCEPTED}),
    OutgoingState.SENDING: frozenset(
        {OutgoingState.QUEUED, OutgoingState.ACCEPTED, OutgoingState.REJECTED, OutgoingState.UNCERTAIN}
    ),
    OutgoingState.UNCERTAIN: frozenset({OutgoingState.ACCEPTED, OutgoingState.QUEUED}),
    OutgoingState.ACCEPTED: frozenset(),
    OutgoingState.REJECTED: frozenset(),
    OutgoingState.BY_HAND: frozenset({OutgoingState.HANDED}),
    OutgoingState.HANDED: frozenset(),
}
# They left the house, at `accepted_at`.
LEFT = frozenset({OutgoingState.ACCEPTED, OutgoingState.HANDED})


class Phase(TextChoices):
    """How far a try has come. DATA is committed before the command is spoken: from there on a copy may exist."""

    CONNECTING = "connecting", _("Connecting")
    ENVELOPE = "envelope", _("Naming sender and recipient")
    DATA = "data", _("Handing over the letter")


class Ending(TextChoices):
    """How a try ended; empty while it runs."""

    ACCEPTED = "accepted", _("Taken")
    REJECTED = "rejected", _("Refused for good")
    DEFERRED = "deferred", _("Put off by the mail server")
    UNREACHABLE = "unreachable", _("The mail server could not be reached")
    LOST = "lost", _("The connection was lost before the letter was handed over")
    LAPSED = "lapsed", _("The sender stopped before the letter was handed over")
    UNCERTAIN = "uncertain", _("Interrupted while the letter was handed over")
    UNREADABLE = "unreadable", _("The sealed letter cannot be opened")


STATE_AFTER: dict[Ending, OutgoingState] = {
    Ending.ACCEPTED: OutgoingState.ACCEPTED,
    Ending.REJECTED: OutgoingState.REJECTED,
    Ending.DEFERRED: OutgoingState.QUEUED,
    Ending.UNREACHABLE: OutgoingState.QUEUED,
    Ending.LOST: OutgoingState.QUEUED,
    Ending.LAPSED: OutgoingState.QUEUED,
    Ending.UNCERTAIN: OutgoingState.UNCERTAIN,
    Ending.UNREADABLE: OutgoingState.REJECTED,
}


class Step(TextChoices):
    """The word of the dialogue at which a try ended. From the recipient on, an answer speaks of the recipient."""

    CONNECT = "connect", _("Greeting and log-in")
    SENDER = "sender", _("Our address")
    RECIPIENT = "recipient", _("The recipient's address")
    ARCHIVE = "archive", _("The archive's address")
    DATA = "data", _("Before the letter")
    CONTENT = "content", _("The letter itself")


class Decision(TextChoices):
    ACCEPTED = "accepted", _("It arrived")
    RESEND = "resend", _("Send it once more")


class NotResent(TextChoices):
    """Why a letter of which nobody knows whether it arrived is not sent once more by itself (yet)."""

    SWITCHED_OFF = "switched_off", _("Sending again by itself is switched off.")
    RESENT_BEFORE = "resent_before", _("It was sent once more by itself already.")
    DISTRUST = "distrust", _("Another letter left twice. Until a person closes that alarm, nothing is sent again.")
    ARCHIVE_REFUSED = "archive_refused", _("The mail server refused the archive's address, so no copy could come.")
    COPY_DIFFERS = "copy_differs", _("A mail with its Message-ID came in.")
    ANSWERED = "answered", _("A mail about it came in.")
    TOO_EARLY = "too_early", _("Its archive copy can still come.")
    MAIL_UNREAD = "mail_unread", _("There is mail for the archive that has not been read, or cannot be.")
    DOOR_CLOSED = "door_closed", _("Our own mail door is closed or was closed a short time ago.")
    NO_CANARY = "no_canary", _("No mail to ourselves has left and come back since.")
    COPIES_MISSING = (
        "copies_missing",
        _("Other letters and mails to ourselves of that time have no archive copy either."),
    )


# No time heals these: a person decides.
NEVER_RESENT = frozenset(
    {
        NotResent.RESENT_BEFORE,
        NotResent.ARCHIVE_REFUSED,
        NotResent.COPY_DIFFERS,
        NotResent.ANSWERED,
    }
)


class Breaker(TextChoices):
    CLOSED = "closed", _("Letters leave")
    OPEN = "open", _("Stopped")
    HALF_OPEN = "half_open", _("One letter tries")


BREAKER_TRANSITIONS: dict[Breaker, frozenset[Breaker]] = {
    Breaker.CLOSED: frozenset({Breaker.OPEN}),
    Breaker.OPEN: frozenset({Breaker.HALF_OPEN, Breaker.CLOSED}),
    Breaker.HALF_OPEN: frozenset({Breaker.OPEN, Breaker.CLOSED}),
}


class TroubleKind(TextChoices):
    REFUSED = "refused", _("Refused")
    PUT_OFF = "put_off", _("Put off")
    BROKEN_OFF = "broken_off", _("Broken off")
    BOUNCED = "bounced", _("Returned")


class AlarmKind(TextChoices):
    LETTER_REFUSED = "letter_refused", _("A letter was refused for good.")
    LETTER_RESENT = "letter_resent", _("A letter was sent once more by itself.")
    LETTER_DOUBLED = "letter_doubled", _("A letter that was sent once more seems to have left twice.")
    DOMAIN_STOPPED = "domain_stopped", _("Letters to a domain were stopped.")
    ARCHIVE_REFUSED = "archive_refused", _("The mail server refuses our archive's address.")
    ARCHIVE_SILENT = "archive_silent", _("Mail to ourselves does not come back.")
    OWN_LOOP = "own_loop", _("Our own mail came back.")
    MAIL_NOT_FILED = "mail_not_filed", _("A mail could not be filed: something in the portal failed.")


class Part(TextChoices):
    """The processes of the post office, by what they do for the house."""

    SENDER = "sender", pgettext_lazy("part of the post office", "Letters leave")
    DOOR = "door", _("Mail servers bring mail")
    FETCHER = "fetcher", _("Mail is fetched from the mailbox")
    READER = "reader", _("Mail is read and filed")


class Flow(StrEnum):
    """What the page of the mail knows the last moment of."""

    SENT = "sent"
    UNREAD = "unread"
    CANARY_LEFT = "canary_left"
    CANARY_HOME = "canary_home"


class IncomingState(TextChoices):
    WAITING = "waiting", _("Waiting to be read")
    PARSED = "parsed", _("Read")
    POISON = "poison", _("Given up")


INCOMING_TRANSITIONS: dict[IncomingState, frozenset[IncomingState]] = {
    IncomingState.WAITING: frozenset({IncomingState.PARSED, IncomingState.POISON}),
    # Read once more: the same bytes came in for another of our addresses. Or filing it failed again and again.
    IncomingState.PARSED: frozenset({IncomingState.WAITING, IncomingState.POISON}),
    IncomingState.POISON: frozenset({IncomingState.WAITING}),
}


class Kind(TextChoices):
    ORDINARY = "ordinary", _("Mail")
    AUTO_REPLY = "auto_reply", _("Automatic reply")
    BOUNCE = "bounce", _("Delivery report")
    DELAY = "delay", _("Delivery delayed")
    ARCHIVE_COPY = "archive_copy", _("Archive copy")
    ARCHIVE_FAIL = "archive_fail", _("Delivery report about our archive")
    OWN_LOOP = "own_loop", _("Our own mail came back")
    CANARY = "canary", _("Mail to ourselves")


class MatchedBy(TextChoices):
    """What tied a mail to a letter of ours, strongest first."""

    TOKEN = "token", _("Reply address")
    VERP = "verp", _("Return address")
    IN_REPLY_TO = "in_reply_to", _("Answers our message")
    REFERENCES = "references", _("Belongs to the thread of our message")
    PERSON = "person", _("Filed by a person")
    NONE = "none", _("Nothing")


REPORTS = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.ARCHIVE_FAIL})


class ReportAction(TextChoices):
    """What a mail server did with a recipient. Failed is final, whatever the status: it has stopped trying."""

    FAILED = "failed", _("Not delivered")
    DELAYED = "delayed", _("Delayed, not failed")
    DELIVERED = "delivered", _("Delivered")
    RELAYED = "relayed", _("Passed on")
    EXPANDED = "expanded", _("Delivered to a list")


class ReportAbout(TextChoices):
    """Whom a report counts for. Only with our own return address it counts at all."""

    RECIPIENT = "recipient", _("The letter's recipient")
    ARCHIVE = "archive", _("Our archive")
    OTHER = "other", _("Somebody else")


class ReportSource(TextChoices):
    FIELDS = "fields", _("Fields of a delivery report")
    HEADER = "header", _("A header of the mail")
    WORDS = "words", _("The words of the mail")


class SenderDefect(TextChoices):
    """Why the From header cannot be believed even before anybody asks whose address it is."""

    MISSING = "missing", _("There is no sender line.")
    SEVERAL_HEADERS = "several_headers", _("There are several sender lines.")
    SEVERAL_ADDRESSES = "several_addresses", _("The sender line names several addresses.")
    GROUP = "group", _("The sender line names a group.")
    FOLDED = "folded", _("The sender line runs over several lines.")
    MALFORMED = "malformed", _("The sender line is malformed.")


class Authentication(TextChoices):
    """Whether a mail comes from the domain that its sender line names. Only the first two say that it does."""

    SIGNED = "signed", _("The sender's domain signed it, and the signature holds.")
    BORDER = "border", _("Our own mail server found it to come from the sender's domain.")
    UNSIGNED = "unsigned", _("It bears no signature.")
    UNALIGNED = "unaligned", _("It is signed by another domain than the sender's.")
    BROKEN = "broken", _("Its signature does not hold.")
    CUT = "cut", _("Its signature covers only the beginning: words could have been added below.")
    NO_KEY_NOW = "no_key_now", _("The sender's key could not be looked up.")
    UNDECIDED = "undecided", _("Verifying its signature took too much.")


AUTHENTIC = frozenset({Authentication.SIGNED, Authentication.BORDER})


class Unreadable(TextChoices):
    """Why a mail was given up. The first five will not change on another try."""

    TOO_DEEP = "too_deep", _("Its parts are nested too deeply.")
    TOO_MANY_PARTS = "too_many_parts", _("It has too many parts.")
    HEADERS_TOO_LONG = "headers_too_long", _("Its head is too long.")
    TOO_LARGE = "too_large", _("It is too large.")
    KEY_DESTROYED = "key_destroyed", _("Its key was destroyed.")
    OUT_OF_TIME = "out_of_time", _("Reading it took too long.")
    CHILD_DIED = "child_died", _("Reading it took too much, or failed.")
    BAD_OUTPUT = "bad_output", _("What was read from it made no sense.")
    INTERRUPTED = "interrupted", _("Reading it was interrupted again and again.")
    NOT_FILED = "not_filed", _("It could not be filed: something in the portal failed, again and again.")


FINAL_UNREADABLE = frozenset(
    {
        Unreadable.TOO_DEEP,
        Unreadable.TOO_MANY_PARTS,
        Unreadable.HEADERS_TOO_LONG,
        Unreadable.TOO_LARGE,
        Unreadable.KEY_DESTROYED,
    }
)
