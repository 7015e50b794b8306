"""The only writers of this room."""

from takedowns.services.approval import approve, return_with_words
from takedowns.services.claims import accept_claims, decide_claims, finish_reply, reject_claims, set_claim
from takedowns.services.confirming import confirm_on_statement, confirm_removals, void_confirmation
from takedowns.services.contact_tests import decide_test_answer, send_contact_test
from takedowns.services.filing import file_incoming, file_next
from takedowns.services.follow_up import follow_up
from takedowns.services.free_letters import (
    approve_message,
    return_message,
    revise_message,
    submit_message,
    withdraw_message,
    write_message,
)
from takedowns.services.manual import correct_ticket, deliver_by_hand
from takedowns.services.requests import close_request, draft_request, revise_letter, submit, withdraw
from takedowns.services.resending import resend
from takedowns.services.taking_back import take_back, undo
from takedowns.services.tray import bring_back, file_mail, refile, set_aside
from takedowns.services.wordings import latest_wording

__all__ = [
    "accept_claims",
    "approve",
    "approve_message",
    "bring_back",
    "close_request",
    "confirm_on_statement",
    "confirm_removals",
    "correct_ticket",
    "decide_claims",
    "decide_test_answer",
    "deliver_by_hand",
    "draft_request",
    "file_incoming",
    "file_mail",
    "file_next",
    "finish_reply",
    "follow_up",
    "latest_wording",
    "refile",
    "reject_claims",
    "resend",
    "return_message",
    "return_with_words",
    "revise_letter",
    "revise_message",
    "send_contact_test",
    "set_aside",
    "set_claim",
    "submit",
    "submit_message",
    "take_back",
    "undo",
    "void_confirmation",
    "withdraw",
    "withdraw_message",
    "write_message",
]
