"""The only writers of this room."""

from takedowns.services.approval import approve, return_with_words
from takedowns.services.claims import accept_claims, decide_claims, finish_reply, reject_claims, set_claim
from takedowns.services.confirming import confirm_on_statement, confirm_removals, void_confirmation
from takedowns.services.contact_tests import decide_test_answer, send_contact_test
from takedowns.services.filing import file_next
from takedowns.services.follow_up import follow_up
from takedowns.services.requests import close_request, draft_request, revise_letter, submit, withdraw
from takedowns.services.resending import resend
from takedowns.services.tray import bring_back, file_mail, refile, set_aside

__all__ = [
    "accept_claims",
    "approve",
    "bring_back",
    "close_request",
    "confirm_on_statement",
    "confirm_removals",
    "decide_claims",
    "decide_test_answer",
    "draft_request",
    "file_mail",
    "file_next",
    "finish_reply",
    "follow_up",
    "refile",
    "reject_claims",
    "resend",
    "return_with_words",
    "revise_letter",
    "send_contact_test",
    "set_aside",
    "set_claim",
    "submit",
    "void_confirmation",
    "withdraw",
]
