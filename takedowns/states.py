"""States and codes of requests, claims and confirmations, and the allowed transitions. Data, nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestStatus(TextChoices):
    """What was decided. Whether the letter left, was delivered or is overdue is derived from other rows."""

    DRAFT = "draft", _("Draft")
    AWAITING_APPROVAL = "awaiting_approval", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    PARTLY_ANSWERED = "partly_answered", _("Partly answered")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REQUEST_TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.DRAFT: frozenset({RequestStatus.AWAITING_APPROVAL, RequestStatus.WITHDRAWN}),
    RequestStatus.AWAITING_APPROVAL: frozenset({RequestStatus.APPROVED, RequestStatus.DRAFT, RequestStatus.WITHDRAWN}),
    RequestStatus.APPROVED: frozenset({RequestStatus.PARTLY_ANSWERED, RequestStatus.ANSWERED, RequestStatus.CLOSED}),
    # Back: a later answer takes a final one back ("it is under review again"), or somebody took it back who had
    # accepted it by mistake.
    RequestStatus.PARTLY_ANSWERED: frozenset({RequestStatus.ANSWERED, RequestStatus.APPROVED, RequestStatus.CLOSED}),
    RequestStatus.ANSWERED: frozenset({RequestStatus.PARTLY_ANSWERED, RequestStatus.APPROVED, RequestStatus.CLOSED}),
    RequestStatus.CLOSED: frozenset(),
    RequestStatus.WITHDRAWN: frozenset(),
}

ENDED = frozenset({RequestStatus.CLOSED, RequestStatus.WITHDRAWN})
AWAITING_ANSWER = frozenset({RequestStatus.APPROVED, RequestStatus.PARTLY_ANSWERED})
LEFT_THE_HOUSE = frozenset(
    {RequestStatus.APPROVED, RequestStatus.PARTLY_ANSWERED, RequestStatus.ANSWERED, RequestStatus.CLOSED}
)


class Measure(TextChoices):
    DELETE = "delete", _("Deletion")
    TERMINATE = "terminate", _("Termination of use")
    BLOCK = "block", _("Blocking of access")
    COOPERATE = "cooperate", _("Cooperation (self-regulation)")


class LetterKind(TextChoices):
    """What a letter of a request is. Only the first makes a demand; a follow-up repeats it for some of its items, and
    a message answers the liaison in words of our own.
    """

    REQUEST = "request", _("First letter")
    FOLLOW_UP = "follow_up", _("Follow-up")
    FREE = "free", _("Message to the liaison")


# Letters with items that are to be answered by a deadline.
DEMANDS = frozenset({LetterKind.REQUEST, LetterKind.FOLLOW_UP})


class FreeLetterStatus(TextChoices):
    """How far a message to a liaison has come. Once approved it is a letter like any other."""

    DRAFT = "draft", _("Draft")
    AWAITING_APPROVAL = "awaiting_approval", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


FREE_LETTER_TRANSITIONS: dict[FreeLetterStatus, frozenset[FreeLetterStatus]] = {
    FreeLetterStatus.DRAFT: frozenset({FreeLetterStatus.AWAITING_APPROVAL, FreeLetterStatus.WITHDRAWN}),
    FreeLetterStatus.AWAITING_APPROVAL: frozenset(
        {FreeLetterStatus.APPROVED, FreeLetterStatus.DRAFT, FreeLetterStatus.WITHDRAWN}
    ),
    FreeLetterStatus.APPROVED: frozenset(),
    FreeLetterStatus.WITHDRAWN: frozenset(),
}
UNDER_WAY = frozenset({FreeLetterStatus.DRAFT, FreeLetterStatus.AWAITING_APPROVAL})


class Concern(TextChoices):
    """Why an item stands in a follow-up."""

    CONTRADICTED = "contradicted", _("Answered as done, but still there")
    REAPPEARED = "reappeared", _("Gone, then found again")
    UNANSWERED = "unanswered", _("No final reply")


class Decision(TextChoices):
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")


class ClaimKind(TextChoices):
    REMOVED = "removed", _("Removed")
    NOT_FOUND = "not_found", _("Not found")
    GEO_BLOCKED = "geo_blocked", _("Blocked in Korea only")
    REFUSED = "refused", _("Refused")
    NEED_INFO = "need_info", _("Needs more information")
    IN_PROGRESS = "in_progress", _("In progress")


# An answer that ends the waiting for its item; "in progress" and "needs more" do not.
FINAL = frozenset({ClaimKind.REMOVED, ClaimKind.NOT_FOUND, ClaimKind.GEO_BLOCKED, ClaimKind.REFUSED})
# What a check can bear out or contradict: accepting such a claim orders one.
WORTH_CHECKING = frozenset({ClaimKind.REMOVED, ClaimKind.NOT_FOUND, ClaimKind.GEO_BLOCKED})


class ClaimStatus(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    TAKEN_BACK = "taken_back", _("Taken back")


CLAIM_TRANSITIONS: dict[ClaimStatus, frozenset[ClaimStatus]] = {
    ClaimStatus.PROPOSED: frozenset({ClaimStatus.ACCEPTED, ClaimStatus.REJECTED}),
    ClaimStatus.ACCEPTED: frozenset({ClaimStatus.TAKEN_BACK}),
    ClaimStatus.REJECTED: frozenset(),
    ClaimStatus.TAKEN_BACK: frozenset(),
}
# It says something of its item, or is still to be decided.
STANDING_CLAIMS = frozenset({ClaimStatus.PROPOSED, ClaimStatus.ACCEPTED})


class Trust(TextChoices):
    """Who a reply seems to come from. It files nothing and authorises nothing."""

    VERIFIED = "verified", _("Listed sender, verified")
    UNVERIFIED = "unverified", _("Listed sender, not yet verified")
    STRANGER = "stranger", _("Sender is not a contact of this platform")
    DEFECTIVE = "defective", _("Sender cannot be read safely")


BELIEVED = frozenset({Trust.VERIFIED, Trust.UNVERIFIED})  # what such a mail says is proposed


class TrustFact(TextChoices):
    """What speaks for a reply, where the codes of mailroom (defects, authentication, kinds) do not say it."""

    ONE_SENDER = "one_sender", _("It names one sender, with one address.")
    LISTED = "listed", _("The sender is an active contact of this platform.")
    NOT_LISTED = "not_listed", _("The sender is no active contact of this platform.")
    BY_A_PERSON = "by_a_person", _("Nothing says that a machine wrote it.")
    AUTOMATIC = "automatic", _("A header says that a machine sent it.")
    WHOLE_HEAD = "whole_head", _("Sender, subject and date were not changed on the way.")
    LOOSE_HEAD = (
        "loose_head",
        _("Sender, subject or date may have been changed on the way, or one of them stands there twice."),
    )
    TO_THE_LETTER = "to_the_letter", _("It is addressed to the reply address of our letter.")
    TO_OTHERS = "to_others", _("It is not addressed to the reply address of our letter.")
    IN_TIME = "in_time", _("It was written after our letter and arrived soon after.")
    OUT_OF_TIME = "out_of_time", _("Its date is older than our letter, or does not fit its arrival.")
    UNDISPUTED = "undisputed", _("No other mail carries its Message-ID.")
    DISPUTED = "disputed", _("Another mail carries the same Message-ID with other contents.")
    ONE_REQUEST = "one_request", _("It answers one request.")
    SEVERAL_REQUESTS = "several_requests", _("It answers letters of several requests.")


GOOD_FACTS = frozenset(
    {
        TrustFact.ONE_SENDER,
        TrustFact.LISTED,
        TrustFact.BY_A_PERSON,
        TrustFact.WHOLE_HEAD,
        TrustFact.TO_THE_LETTER,
        TrustFact.IN_TIME,
        TrustFact.UNDISPUTED,
        TrustFact.ONE_REQUEST,
    }
)


class Basis(TextChoices):
    CLAIM_AND_CHECK = "claim_and_check", _("Platform's reply, and our check found it gone")
    CHECK_ALONE = "check_alone", _("Our check found it gone; the platform has not said so")
    STATEMENT_ONLY = "statement_only", _("On the platform's statement only; not verified by us")
    VOID = "void", _("Voided")


class LetterBlank(TextChoices):
    """Blanks of a frozen letter that are filled when it is approved; nothing else changes."""

    NUMBER = "[[NUMBER]]", _("(number filled in when it leaves)")
    DATE = "[[DATE]]", _("(date filled in when it leaves)")
    REPLY_TO = "[[REPLY-TO]]", _("(reply address filled in when it leaves)")


class ContactAnswerKind(TextChoices):
    """What came back to a test mail."""

    GENUINE = "genuine", _("Answer from the address itself")
    DOUBTFUL = "doubtful", _("Answer that somebody has to look at")
    AUTOMATIC = "automatic", _("Automatic reply")
    DELAYED = "delayed", _("Delivery delayed")
    BOUNCED = "bounced", _("Could not be delivered")


class ContactTestState(TextChoices):
    """How far a test mail has come: derived from its row in the outbox and from what came back."""

    WAITING = "waiting", _("Waiting to leave")
    UNCERTAIN = "uncertain", _("Nobody knows yet whether it left")
    SENT = "sent", _("Sent, not answered yet")
    TO_DECIDE = "to_decide", _("Answered, to be decided")
    PASSED = "passed", _("Answered")
    BOUNCED = "bounced", _("Came back undelivered")
    REFUSED = "refused", _("Refused by the mail server")
