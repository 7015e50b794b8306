"""Every act that the audit trail can record, as "noun.verb". Each room has its own section."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Action(TextChoices):
    # accounts
    SIGNED_IN = "account.signed_in", _("Signed in")
    SIGNED_OUT = "account.signed_out", _("Signed out")
    SIGN_IN_FAILED = "account.sign_in_failed", _("Sign-in failed")
    SIGN_IN_LOCKED = "account.sign_in_locked", _("Sign-in refused after too many attempts")
    SIGN_IN_RELEASED = "account.sign_in_released", _("Sign-in allowed again")
    SESSIONS_ENDED = "account.sessions_ended", _("Signed out everywhere else")
    NAME_SET = "account.name_set", _("Name changed")
    TEAM_CREATED = "team.created", _("Team created")
    PERSON_CREATED = "account.created", _("Account created")
    ROLES_SET = "account.roles_set", _("Roles changed")
    PERSON_DEACTIVATED = "account.deactivated", _("Account closed")
    PERSON_REACTIVATED = "account.reactivated", _("Account opened again")
    PASSWORD_RESET = "account.password_reset", _("One-time password set")
    PASSWORD_CHANGED = "account.password_changed", _("Password changed")
    LANGUAGE_SET = "account.language_set", _("Language changed")
    TOKEN_ISSUED = "token.issued", _("API token issued")
    TOKEN_REVOKED = "token.revoked", _("API token revoked")

    # keys
    KEY_SHREDDED = "key.shredded", _("Key of a record shredded")
    KEYS_REWRAPPED = "key.rewrapped", _("Keys wrapped with a newer master key")

    # cases
    REPORT_RECORDED = "report.recorded", _("Report recorded")
    REPORT_SET_ASIDE = "report.set_aside", _("Report set aside or taken back")
    CASE_OPENED = "case.opened", _("Case opened")
    CASE_REPORTS_ADDED = "case.reports_added", _("Reports added to the case")
    CASE_CLOSED = "case.closed", _("Case closed")
    CASE_REOPENED = "case.reopened", _("Case reopened")
    OUTCOME_RECORDED = "item.outcome_recorded", _("Outcome of an item recorded")
    CHECK_ORDERED = "check.ordered", _("Checks ordered")
    CHECK_RECORDED = "check.recorded", _("Check recorded")
    SIGHTING_RECORDED = "sighting.recorded", _("Sighting recorded")
    ITEM_SETTLED = "item.settled", _("Standing of an item changed")

    # takedowns
    REQUEST_DRAFTED = "request.drafted", _("Request drafted")
    LETTER_REVISED = "request.letter_revised", _("Letter revised")
    REQUEST_SUBMITTED = "request.submitted", _("Submitted for approval")
    REQUEST_APPROVED = "request.approved", _("Request approved")
    REQUEST_RETURNED = "request.returned", _("Request returned")
    REQUEST_WITHDRAWN = "request.withdrawn", _("Request withdrawn")
    REQUEST_FOLLOWED_UP = "request.followed_up", _("Follow-up sent")
    REQUEST_RESENT = "request.resent", _("Letter sent to another contact")
    REQUEST_CLOSED = "request.closed", _("Request closed")
    REPLY_FILED = "reply.filed", _("Reply filed")
    REPLY_HANDLED = "reply.handled", _("Reply marked as read")
    REPLY_MOVED = "reply.moved", _("Reply moved to another request")
    MAIL_SET_ASIDE = "mail.set_aside", _("Mail set aside as not ours")
    MAIL_BROUGHT_BACK = "mail.brought_back", _("Mail brought back to the tray")
    CLAIMS_ACCEPTED = "claim.accepted", _("Answers accepted")
    CLAIMS_REJECTED = "claim.rejected", _("Answers rejected")
    CLAIM_CORRECTED = "claim.corrected", _("Answer corrected")
    REMOVALS_CONFIRMED = "removal.confirmed", _("Removals confirmed")
    REMOVAL_VOIDED = "removal.voided", _("Removal confirmation voided")
    CONTACT_TEST_SENT = "contact.test_sent", _("Test mail to a contact sent")
    CONTACT_TEST_ANSWERED = "contact.test_answered", _("Mail came back to a test mail")
    CONTACT_ANSWER_DECIDED = "contact.answer_decided", _("Decided whether an answer to a test mail counts")

    # mailroom
    MAIL_ENQUEUED = "mail.enqueued", _("Letter put into the outbox")
    MAIL_ACCEPTED = "mail.accepted", _("Letter sent")
    MAIL_REJECTED = "mail.rejected", _("Letter refused by the mail server")
    MAIL_UNCERTAIN = "mail.uncertain", _("Letter uncertain")
    MAIL_DECIDED = "mail.decided", _("Uncertain letter decided")
    MAIL_RESENT = "mail.resent", _("Letter sent once more by itself")
    MAIL_DOUBLED = "mail.doubled", _("Letter seems to have left twice")
    DOMAIN_STOPPED = "domain.stopped", _("Letters to a domain stopped")
    DOMAIN_RELEASED = "domain.released", _("Letters to a domain leave again")
    ALARM_CLOSED = "alarm.closed", _("Alarm of the post office closed")
    MAIL_RECEIVED = "mail.received", _("Mail received")
    MAIL_UNREADABLE = "mail.unreadable", _("Mail given up as unreadable")
    MAIL_TRIED_AGAIN = "mail.tried_again", _("Mail to be read once more")
    MAIL_CONFLICT = "mail.conflict", _("Mail that bears another mail's Message-ID")
    MAIL_BOUNCED = "mail.bounced", _("Letter came back undelivered")
    MAIL_DELAYED = "mail.delayed", _("Delivery of a letter delayed")
    ARCHIVE_FAILED = "mail.archive_failed", _("Archive copy not delivered")
    MAIL_LOOPED = "mail.looped", _("Our own mail came back")

    # platforms
    ORGANISATION_SET = "organisation.set", _("Organisation entered or changed")
    CONTACT_PROPOSED = "contact.proposed", _("Contact proposed")
    CONTACT_TESTED = "contact.tested", _("Test mail to a contact went there and back")
    CONTACT_ACTIVATED = "contact.activated", _("Contact activated")
    CONTACT_RETIRED = "contact.retired", _("Contact retired")
