"""Replies: filed by token, read against their letter, proposed. Only a person's decision records anything."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit.errors import Refused
from cases.models import CheckOrder
from cases.rules import items_with_outcomes, why_not_close
from mailroom.models import IncomingMail
from mailroom.services import inbox
from takedowns import rules, services
from takedowns.models import Claim, RemovalConfirmation, Reply
from takedowns.states import Basis, ClaimKind, ClaimStatus, Measure, RequestStatus, Trust
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def kinds(reply: Reply) -> dict[int, str]:
    return dict(reply.claims.values_list("takedown_item__number", "kind"))


def test_a_reply_proposes_and_records_nothing(cast) -> None:
    reply = stages.replied(cast, "1-2 have been removed. 3 was not found.")
    assert reply.trust == Trust.UNVERIFIED
    assert kinds(reply) == {1: "removed", 2: "removed", 3: "not_found"}
    assert {claim.status for claim in reply.claims.all()} == {ClaimStatus.PROPOSED}
    assert {line.item.standing for line in reply.request.items.all()} == {"open"}
    assert "removed" in reply.claims.filter(kind="removed").first().quote


def test_korean_reply(cast) -> None:
    reply = stages.replied(cast, "안녕하세요.\n1~3번 모두 삭제 완료하였습니다.")
    assert kinds(reply) == {1: "removed", 2: "removed", 3: "removed"}


def test_a_stranger_with_the_right_token_proposes_nothing(cast) -> None:
    request = stages.approved(cast)
    stages.answer(request, "1-3 have been removed.", sender="someone@elsewhere.test")
    assert services.file_next()
    reply = Reply.objects.get()
    assert (reply.trust, reply.abstained, reply.claims.count()) == (Trust.STRANGER, True, 0)


def test_an_unknown_token_stays_unmatched(cast) -> None:
    request = stages.approved(cast)
    mail = stages.answer(request, "1-3 have been removed.", token="a" * 18)
    assert not services.file_next()
    assert not Reply.objects.exists()
    assert list(IncomingMail.objects.unmatched()) == [mail]


def test_the_same_reply_three_times(cast) -> None:
    request = stages.approved(cast)
    letter = request.letters.get()
    raw = (
        f"From: <{stages.LIAISON}>\r\nTo: x\r\nMessage-ID: <one@telegram.test>\r\n\r\n1-3 have been removed.\r\n"
    ).encode()
    to = f"takedown+r.{letter.mail.token}@portal.test"
    for _ in range(3):
        inbox.receive(door="lmtp", envelope_from=stages.LIAISON, envelope_to=[to], data=raw)
        while inbox.parse_next() or services.file_next():
            pass
    assert Reply.objects.count() == 1
    assert Claim.objects.count() == 3


def test_one_reply_brought_to_two_requests_in_turn_is_filed_under_both(cast) -> None:
    first = stages.approved(cast)
    second = stages.approved(cast, case=stages.case_of(cast, first=201))
    raw = f"From: <{stages.LIAISON}>\r\nMessage-ID: <both@telegram.test>\r\n\r\n1-3 have been removed.\r\n".encode()
    for n, request in enumerate((first, second, first)):
        to = f"takedown+r.{request.letters.get().mail.token}@portal.test"
        trace = b"Received: from a by b\r\n" * n
        inbox.receive(door="lmtp", envelope_from=stages.LIAISON, envelope_to=[to], data=trace + raw)
        while inbox.parse_next() or services.file_next():
            pass
    assert set(Reply.objects.values_list("request", flat=True)) == {first.pk, second.pk}
    assert Reply.objects.get(request=second).reasons == ["several_requests"]
    assert not services.file_next()


def test_an_out_of_office_changes_nothing(cast) -> None:
    request = stages.approved(cast)
    token = request.letters.get().mail.token
    raw = f"From: <{stages.LIAISON}>\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <o@x.test>\r\n\r\nAll removed.\r\n"
    inbox.receive(door="lmtp", envelope_from="", envelope_to=[f"takedown+r.{token}@portal.test"], data=raw.encode())
    while inbox.parse_next() or services.file_next():
        pass
    reply = Reply.objects.get()
    assert (reply.abstained, reply.claims.count()) == (True, 0)
    due = request.due_at
    request.refresh_from_db()
    assert (request.due_at, request.status) == (due, RequestStatus.APPROVED)


def test_accepting_settles_orders_checks_and_moves_the_request(cast) -> None:
    reply = stages.replied(cast, "1 and 2 have been removed. 3 was not found.")
    two = list(reply.claims.filter(kind="removed"))
    services.accept_claims(reply=reply, claims=two, by=cast.analyst)
    reply.request.refresh_from_db()
    assert reply.request.status == RequestStatus.PARTLY_ANSWERED
    assert CheckOrder.objects.filter(done_at=None).count() == 2
    services.accept_claims(reply=reply, claims=list(reply.claims.filter(kind="not_found")), by=cast.analyst)
    reply.request.refresh_from_db()
    reply.refresh_from_db()
    assert reply.request.status == RequestStatus.ANSWERED
    assert reply.handled_by == cast.analyst
    assert {line.item.standing for line in reply.request.items.all()} == {"claimed"}


def test_an_answer_that_is_not_final_keeps_the_deadline_running(cast) -> None:
    reply = stages.replied(cast, "1-3 are under review.")
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    reply.request.refresh_from_db()
    assert reply.request.status == RequestStatus.PARTLY_ANSWERED


def test_the_later_mail_counts_whenever_it_is_accepted(cast) -> None:
    request = stages.approved(cast)
    for text in ("1-3 have not been removed.", "1-3 have been removed."):
        stages.answer(request, text)
        assert services.file_next()
    older, newer = Reply.objects.order_by("received_at")
    for reply in (newer, older):
        services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    effective = Claim.objects.effective()
    assert {claim.reply for claim in effective} == {newer}
    assert effective.count() == 3
    assert {line.item.standing for line in request.items.select_related("item")} == {"claimed"}


def test_rejecting_records_nothing(cast) -> None:
    reply = stages.replied(cast)
    services.reject_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    assert {line.item.standing for line in reply.request.items.all()} == {"open"}
    with pytest.raises(Refused):
        services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)


def test_a_correction_supersedes(cast) -> None:
    reply = stages.replied(cast)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    line = reply.request.items.get(number=2)
    first = Claim.objects.effective().get(takedown_item=line)
    made = services.set_claim(reply=reply, takedown_item=line, kind=ClaimKind.REFUSED, by=cast.analyst)
    assert made.supersedes == first
    assert Claim.objects.effective().get(takedown_item=line).kind == ClaimKind.REFUSED
    line.item.refresh_from_db()
    assert line.item.standing == "refused"


def test_decided_in_one_go(cast) -> None:
    reply = stages.replied(cast, "1-2 have been removed.")
    lines = {line.number: line.pk for line in reply.request.items.all()}
    services.decide_claims(
        reply=reply,
        accepted={lines[1]: ClaimKind.REMOVED, lines[3]: ClaimKind.NEED_INFO},
        rejected=[lines[2]],
        by=cast.analyst,
    )
    effective = Claim.objects.effective().values_list("takedown_item__number", "kind")
    assert dict(effective) == {1: "removed", 3: "need_info"}


def test_claim_and_check(cast) -> None:
    reply = stages.replied(cast)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(reply.request)
    made = services.confirm_removals(request=reply.request, items=list(reply.request.items.all()), by=cast.analyst)
    assert {each.basis for each in made} == {Basis.CLAIM_AND_CHECK}
    assert all(each.claim.reply == reply and each.check_made.outcome == "gone" for each in made)
    with pytest.raises(Refused, match="confirmed already"):
        services.confirm_removals(request=reply.request, items=list(reply.request.items.all()), by=cast.analyst)


def test_a_silent_removal(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.found(request)
    made = services.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    assert {each.basis for each in made} == {Basis.CHECK_ALONE}


def test_gone_before_the_letter_left_is_no_removal_of_ours(cast) -> None:
    request = stages.approved(cast)
    stages.found(request)
    with pytest.raises(Refused, match="before the letter left"):
        services.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    assert not RemovalConfirmation.objects.exists()


def test_all_or_none(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.found(request, numbers={1, 2})
    with pytest.raises(Refused, match="Item 3"):
        services.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    assert not RemovalConfirmation.objects.exists()


def test_contradicted_is_not_confirmed(cast) -> None:
    reply = stages.replied(cast)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(reply.request, "live")
    assert {line.item.standing for line in reply.request.items.all()} == {"contradicted"}
    with pytest.raises(Refused):
        services.confirm_removals(request=reply.request, items=list(reply.request.items.all()), by=cast.analyst)


def test_on_the_statement_only(cast) -> None:
    reply = stages.replied(cast)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    line = reply.request.items.get(number=1)
    with pytest.raises(Refused, match="cannot be checked"):
        services.confirm_on_statement(takedown_item=line, by=cast.analyst, reason="Private room.")
    stages.found(reply.request, "cannot_verify")
    line = reply.request.items.get(number=1)
    with pytest.raises(Refused, match="Say why"):
        services.confirm_on_statement(takedown_item=line, by=cast.analyst, reason=" ")
    made = services.confirm_on_statement(takedown_item=line, by=cast.analyst, reason="Private room.")
    assert (made.basis, made.check_made) == (Basis.STATEMENT_ONLY, None)


def test_a_wrong_confirmation_is_voided_not_edited(cast) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.found(request)
    first = services.confirm_removals(request=request, items=[request.items.get(number=1)], by=cast.analyst)[0]
    services.void_confirmation(confirmation=first, by=cast.analyst, reason="Wrong item.")
    assert not RemovalConfirmation.objects.effective().exists()
    again = services.confirm_removals(request=request, items=[request.items.get(number=1)], by=cast.analyst)[0]
    assert list(RemovalConfirmation.objects.effective()) == [again]
    with pytest.raises(IntegrityError, match="recorded fact"), transaction.atomic():
        RemovalConfirmation.objects.filter(pk=first.pk).update(reason="x")


def test_the_database_refuses_what_nobody_established(cast) -> None:
    request = stages.approved(cast)
    stages.found(request, "live")
    line = request.items.get(number=1)
    check = line.item.checks.get()
    with pytest.raises(IntegrityError, match="found this item gone"), transaction.atomic():
        RemovalConfirmation.objects.create(
            takedown_item=line,
            basis=Basis.CHECK_ALONE,
            check_made=check,
            confirmed_by=cast.analyst,
            confirmed_at=check.checked_at,
        )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_check SET outcome = 'gone', reason = ''")


def confirmed(cast, **kwargs):
    request = stages.approved(cast, **kwargs)
    stages.mark_left(request)
    stages.found(request)
    services.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    request.refresh_from_db()
    return request


def test_a_request_whose_items_are_all_confirmed_ends(cast) -> None:
    request = confirmed(cast)
    assert (request.status, request.open) == (RequestStatus.CLOSED, False)


def test_what_came_back_is_asked_for_and_confirmed_anew(cast) -> None:
    """A confirmation that a later check overtook ends nothing: not the case, not a later request."""
    first = confirmed(cast)
    assert all(ended for _item, ended in items_with_outcomes(first.case))
    stages.found(first, "live")
    assert not any(ended for _item, ended in items_with_outcomes(first.case))
    assert not RemovalConfirmation.objects.holding().exists()
    assert why_not_close(cast.analyst, first.case)

    second = stages.approved(cast, case=first.case)
    assert {line.item_id for line in second.items.all()} == {line.item_id for line in first.items.all()}
    stages.mark_left(second)
    stages.found(second)
    assert not any(ended for _item, ended in items_with_outcomes(first.case))
    services.confirm_removals(request=second, items=list(second.items.all()), by=cast.analyst)
    assert all(ended for _item, ended in items_with_outcomes(first.case))
    assert RemovalConfirmation.objects.effective().count() == 6


def test_a_request_that_leads_nowhere_is_closed_and_its_items_asked_for_again(cast) -> None:
    reply = stages.replied(cast)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(reply.request, "live")
    telegram = stages.telegram(cast)
    assert rules.askable(reply.request.case, telegram, Measure.DELETE) == []
    assert rules.in_the_way(reply.request.case, telegram, Measure.DELETE) == [reply.request]
    services.close_request(request=reply.request, by=cast.analyst)
    assert len(rules.askable(reply.request.case, telegram, Measure.DELETE)) == 3
