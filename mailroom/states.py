"""The two machines of the post office, as data, and the codes that its rows carry."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OutgoingState(TextChoices):
    QUEUED = "queued", _("Waiting to leave")
    SENDING = "sending", _("Leaving")
    ACCEPTED = "accepted", _("Taken by the mail server")
    REJECTED = "rejected", _("Refused by the mail server")
    UNCERTAIN = "uncertain", _("Uncertain")


OUTGOING_TRANSITIONS: dict[OutgoingState, frozenset[OutgoingState]] = {
    # Straight to accepted: the archive's copy of an earlier try turned up while the letter waited for another.
    OutgoingState.QUEUED: frozenset({OutgoingState.SENDING, OutgoingState.ACCEPTED}),
    OutgoingState.SENDING: frozenset(
        {OutgoingState.QUEUED, OutgoingState.ACCEPTED, OutgoingState.REJECTED, OutgoingState.UNCERTAIN}
    ),
    OutgoingState.UNCERTAIN: frozenset({OutgoingState.ACCEPTED, OutgoingState.QUEUED}),
    OutgoingState.ACCEPTED: frozenset(),
    OutgoingState.REJECTED: frozenset(),
}


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


class Decision(TextChoices):
    ACCEPTED = "accepted", _("It arrived")
    RESEND = "resend", _("Send it once more")


class IncomingState(TextChoices):
    WAITING = "waiting", _("Waiting to be read")
    PARSED = "parsed", _("Read")
    POISON = "poison", _("Cannot be read")


INCOMING_TRANSITIONS: dict[IncomingState, frozenset[IncomingState]] = {
    IncomingState.WAITING: frozenset({IncomingState.PARSED, IncomingState.POISON}),
    # Read once more: the same bytes came in for another of our addresses.
    IncomingState.PARSED: frozenset({IncomingState.WAITING}),
    IncomingState.POISON: frozenset({IncomingState.WAITING}),
}


class Kind(TextChoices):
    ORDINARY = "ordinary", _("Mail")
    AUTO_REPLY = "auto_reply", _("Automatic answer")
    BOUNCE = "bounce", _("Delivery report")
    DELAY = "delay", _("Delivery delayed")
    ARCHIVE_COPY = "archive_copy", _("Archive copy")
    ARCHIVE_FAIL = "archive_fail", _("Delivery report about our archive")
    OWN_LOOP = "own_loop", _("Our own mail came back")


class MatchedBy(TextChoices):
    """What tied a mail to a letter of ours, strongest first."""

    TOKEN = "token", _("Reply address")
    VERP = "verp", _("Return address")
    IN_REPLY_TO = "in_reply_to", _("Answers our message")
    REFERENCES = "references", _("Belongs to the thread of our message")
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


class Unreadable(TextChoices):
    """Why a mail could not be read. The first five will not change on another try."""

    TOO_DEEP = "too_deep", _("Its parts are nested too deeply.")
    TOO_MANY_PARTS = "too_many_parts", _("It has too many parts.")
    HEADERS_TOO_LONG = "headers_too_long", _("Its head is too long.")
    TOO_LARGE = "too_large", _("It is too large.")
    KEY_DESTROYED = "key_destroyed", _("Its key was destroyed.")
    OUT_OF_TIME = "out_of_time", _("Reading it took too long.")
    CHILD_DIED = "child_died", _("Reading it took too much, or failed.")
    BAD_OUTPUT = "bad_output", _("What was read from it made no sense.")
    INTERRUPTED = "interrupted", _("Reading it was interrupted again and again.")


FINAL_UNREADABLE = frozenset(
    {
        Unreadable.TOO_DEEP,
        Unreadable.TOO_MANY_PARTS,
        Unreadable.HEADERS_TOO_LONG,
        Unreadable.TOO_LARGE,
        Unreadable.KEY_DESTROYED,
    }
)
