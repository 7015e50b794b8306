"""The pages of requests and replies: who may open them, how many queries they take, what bad input does."""

import pytest
from django.urls import reverse

from audit.errors import Refused
from audit.models import AccessLog
from cases import services as case_services
from mailroom.models import IncomingMail, OutgoingMail
from mailroom.services import inbox
from mailroom.services.inbox import MailText
from mailroom.states import NotResent
from takedowns import rules, services
from takedowns.models import Claim, Reply, TakedownRequest
from takedowns.queries.replies import split_quoted
from takedowns.states import Measure, RequestStatus
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(client):
    """`at(person)` is a browser with that person logged in."""

    def log_in(person):
        client.force_login(person)
        return client

    return log_in


@pytest.mark.parametrize("items", [10, 200])
def test_queries_do_not_grow_with_the_items(cast, at, items, django_assert_max_num_queries) -> None:
    case = stages.case_of(cast, items=items)
    browser = at(cast.analyst)
    with django_assert_max_num_queries(12):
        assert browser.get(f"/cases/{case.pk}/ask/").status_code == 200
    reply = stages.replied(cast, f"1-{items} have been removed.", case=case)
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("takedowns:request", args=[reply.request_id]))
    assert page.content.count(b"portal_demo_room") > items
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("takedowns:reply", args=[reply.pk]))
    assert page.content.count(b"data-row") == items
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    stages.found(reply.request)
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("takedowns:request", args=[reply.request_id]))
    assert page.content.count(b'name="items"') == items


def test_queries_of_the_lists(cast, at, django_assert_max_num_queries) -> None:
    for first in range(101, 161, 3):
        stages.submitted(cast, case=stages.case_of(cast, first=first))
    browser = at(cast.supervisor)
    with django_assert_max_num_queries(12):
        page = browser.get("/approvals/")
    assert page.content.count(b"Read the letter") == 20
    with django_assert_max_num_queries(12):
        assert browser.get("/mail/").status_code == 200
    with django_assert_max_num_queries(12):
        assert browser.get(f"/requests/{TakedownRequest.objects.first().pk}/").status_code == 200


def test_one_letter_takes_200(cast) -> None:
    first = stages.case_of(cast, items=200)
    report = stages.reported(cast, items=1, first=900)
    case = case_services.group_reports(by=cast.analyst, reports=[report], case=first)
    askable = rules.askable(case, stages.telegram(cast), Measure.DELETE)
    assert len(askable) == 201
    with pytest.raises(Refused, match="at most 200"):
        stages.drafted(cast, case=case)


URLS = {
    "ask": ("analyst", "second_analyst", "supervisor", "second_supervisor"),
    "request": (
        "analyst",
        "second_analyst",
        "supervisor",
        "second_supervisor",
        "auditor",
        "privacy_officer",
    ),
    "thread": (
        "analyst",
        "second_analyst",
        "supervisor",
        "second_supervisor",
        "auditor",
        "privacy_officer",
    ),
    "letter": (
        "analyst",
        "second_analyst",
        "supervisor",
        "second_supervisor",
        "auditor",
        "privacy_officer",
    ),
    "revise": ("analyst", "second_analyst", "supervisor", "second_supervisor"),
    "reply": ("analyst", "second_analyst", "supervisor", "second_supervisor"),
    "write": ("analyst", "second_analyst", "supervisor", "second_supervisor"),
    "follow_up": ("analyst", "second_analyst", "supervisor", "second_supervisor"),
    "on_statement": ("analyst", "second_analyst", "supervisor", "second_supervisor"),
    "approvals": ("supervisor", "second_supervisor"),
    "mail": ("analyst", "second_analyst", "supervisor", "second_supervisor", "outsider", "administrator"),
    "uncertain": ("analyst", "second_analyst", "supervisor", "second_supervisor", "outsider"),
}


def test_every_page_by_every_role(cast, at) -> None:
    """Allowed: 200. Without the permission: 403. With it, but of another team: 404."""
    reply = stages.replied(cast)
    letter = reply.letter
    keys = {
        "ask": [reply.request.case_id],
        "request": [reply.request_id],
        "thread": [reply.request.case_id],
        "letter": [letter.pk],
        "revise": [reply.request_id],
        "reply": [reply.pk],
        "write": [reply.request_id],
        "follow_up": [reply.request_id],
        "on_statement": [reply.request.items.first().pk],
        "approvals": [],
        "mail": [],
        "uncertain": [letter.pk],
    }
    assert set(keys) == set(URLS)
    for name, allowed in URLS.items():
        for role, person in vars(cast).items():
            if role in {"team", "other_team"}:
                continue
            status = at(person).get(reverse(f"takedowns:{name}", args=keys[name])).status_code
            if role == "outsider" and keys[name]:
                assert status == 404, name
            elif role == "partner":
                assert status in {302, 403}, name
            else:
                assert status == (200 if role in allowed else 403), f"{name} {role}"


POSTS = ("submit", "withdraw", "close", "approve", "return", "confirm")


@pytest.mark.parametrize("name", POSTS)
def test_deeds_of_another_team_answer_404(cast, at, name) -> None:
    request = stages.submitted(cast)
    address = reverse(f"takedowns:{name}", args=[request.pk])
    assert at(cast.outsider).post(address).status_code in {403, 404}
    assert at(cast.auditor).post(address).status_code == 403
    assert at(cast.analyst).get(address).status_code == 405
    request.refresh_from_db()
    assert request.status == RequestStatus.AWAITING_APPROVAL


def test_the_form_keeps_what_was_typed(cast, at) -> None:
    case = stages.case_of(cast)
    page = at(cast.analyst).post(
        f"/cases/{case.pk}/ask/",
        {"addressee": "telegram", "measure": "delete", "language": "en", "deadline_hours": "0", "message": "Kept."},
    )
    assert page.status_code == 422
    assert b"Kept." in page.content
    assert not TakedownRequest.objects.exists()


def test_what_was_shown_is_what_is_approved(cast, at) -> None:
    request = stages.submitted(cast)
    browser = at(cast.supervisor)
    page = browser.get(reverse("takedowns:request", args=[request.pk]))
    assert request.revisions.get().body_sha256.encode() in page.content
    browser.post(reverse("takedowns:approve", args=[request.pk]), {"digest": "0" * 64})
    assert not OutgoingMail.objects.exists()


def test_the_drafter_sees_no_approve_button(cast, at) -> None:
    request = stages.submitted(cast)
    page = at(cast.analyst).get(reverse("takedowns:request", args=[request.pk]))
    assert reverse("takedowns:approve", args=[request.pk]).encode() not in page.content


def test_the_grid_says_what_is_missing_and_keeps_the_rest(cast, at) -> None:
    reply = stages.replied(cast, "1-2 have been removed.")
    lines = {line.number: line.pk for line in reply.request.items.all()}
    page = at(cast.analyst).post(
        reverse("takedowns:reply", args=[reply.pk]),
        {
            f"claim-{lines[1]}": "removed",
            f"decision-{lines[1]}": "accept",
            f"claim-{lines[3]}": "",
            f"decision-{lines[3]}": "accept",
        },
    )
    assert page.status_code == 422
    assert b"before you accept it" in page.content
    assert not Claim.objects.effective().exists()


def test_accepting_all_keeps_what_was_decided_row_by_row(cast, at) -> None:
    reply = stages.replied(cast, "1-2 have been removed.")
    lines = {line.number: line.pk for line in reply.request.items.all()}
    at(cast.analyst).post(
        reverse("takedowns:reply", args=[reply.pk]),
        {
            "do": "accept_all",
            f"claim-{lines[1]}": "removed",
            f"claim-{lines[2]}": "geo_blocked",
            f"decision-{lines[2]}": "accept",
            f"claim-{lines[3]}": "refused",
            f"decision-{lines[3]}": "accept",
        },
    )
    effective = Claim.objects.effective().values_list("takedown_item__number", "kind")
    assert dict(effective) == {1: "removed", 2: "geo_blocked", 3: "refused"}


def test_a_change_without_a_decision_is_not_left_out_silently(cast, at) -> None:
    reply = stages.replied(cast, "1-2 have been removed.")
    line = reply.request.items.get(number=1)
    address = reverse("takedowns:reply", args=[reply.pk])
    page = at(cast.analyst).post(address, {f"claim-{line.pk}": "refused"})
    assert page.status_code == 422
    assert b"Accept it, or put it back" in page.content
    page = at(cast.analyst).post(address, {f"claim-{line.pk}": "refused", "do": "accept_all"})
    assert page.status_code == 302
    assert Claim.objects.effective().get(takedown_item=line).kind == "refused"


def test_reading_a_reply_is_logged_and_marks_its_words(cast, at) -> None:
    reply = stages.replied(cast, "Hello,\n1-2 have been removed.\nRegards")
    page = at(cast.analyst).get(reverse("takedowns:reply", args=[reply.pk]))
    look = AccessLog.objects.get(object_id=reply.pk)
    assert (look.actor, look.given) == (cast.analyst.pk, "reply.text")
    assert b"<mark" in page.content
    assert b"1-2" in page.content


def test_our_quoted_letter_is_folded_below_the_answer(cast, at) -> None:
    reply = stages.replied(
        cast, "1-2 have been removed.\n\nOn Monday we wrote:\n> 1. https://t.me/portal_demo_room/101\n> 2."
    )
    page = at(cast.analyst).get(reverse("takedowns:reply", args=[reply.pk])).content.decode()
    mail, rest = page.split("</article>", 1)
    assert "On Monday we wrote:" in mail
    assert "&gt; 1." not in mail
    assert "&gt; 1." in rest


def test_markup_in_a_mail_stays_words(cast, at) -> None:
    reply = stages.replied(cast, '<script>alert(1)</script> <img src="https://elsewhere.test/x.png"> Thank you.')
    page = at(cast.analyst).get(reverse("takedowns:reply", args=[reply.pk])).content
    assert b"<script>alert" not in page
    assert b"<img src=" not in page
    assert b"&lt;script&gt;alert" in page


def test_unmatched_mail_is_shown(cast, at) -> None:
    request = stages.approved(cast)
    stages.answer(request, "1-3 have been removed.", token="a" * 18)
    incoming = IncomingMail.objects.unmatched().get()
    browser = at(cast.analyst)
    assert stages.LIAISON.encode() in browser.get("/mail/unmatched/").content
    page = browser.get(reverse("takedowns:unmatched_mail", args=[incoming.pk]))
    assert b"1-3 have been removed." in page.content
    assert AccessLog.objects.filter(object_id=incoming.pk).exists()


def test_an_uncertain_letter_is_decided_with_a_reason(cast, at) -> None:
    request = stages.approved(cast)
    letter = request.letters.get()
    OutgoingMail.objects.filter(pk=letter.mail_id).update(
        state="uncertain", uncertain_at=request.approved_at, not_resent="copies_missing"
    )
    browser = at(cast.supervisor)
    address = reverse("takedowns:uncertain", args=[letter.pk])
    for page in (address, reverse("takedowns:mail")):
        assert NotResent.COPIES_MISSING.label.encode() in browser.get(page).content
    assert b"Nobody knows yet" in browser.get(reverse("takedowns:request", args=[request.pk])).content
    assert browser.post(address, {"decision": "accepted", "reason": ""}).status_code == 422
    assert browser.post(address, {"decision": "accepted", "reason": "They rang."}).status_code == 302
    letter.mail.refresh_from_db()
    assert letter.mail.state == "accepted"


def test_a_reply_that_cannot_be_read_is_shown_with_its_request(cast, at) -> None:
    request = stages.approved(cast)
    token = request.letters.get().mail.token
    head = b"From: <dmca@telegram.test>\r\nMessage-ID: <deep@telegram.test>\r\nMIME-Version: 1.0\r\n"
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(200))
    inbox.receive(
        door="lmtp",
        envelope_from=stages.LIAISON,
        envelope_to=[f"takedown+r.{token}@portal.test"],
        data=head + nested + b"\r\nx\r\n",
    )
    while inbox.parse_next() or services.file_next():
        pass
    incoming = IncomingMail.objects.poison().get()
    browser = at(cast.analyst)
    assert reverse("takedowns:unmatched_mail", args=[incoming.pk]).encode() in browser.get("/mail/unmatched/").content
    page = browser.get(reverse("takedowns:unmatched_mail", args=[incoming.pk]))
    assert request.number.encode() in page.content


def test_asked_wrongly_all_of_it_is_told_and_nothing_is_ticked_again(cast, client) -> None:
    case = stages.case_of(cast)
    client.force_login(cast.analyst)
    address = reverse("takedowns:ask", args=[case.pk])
    assert client.get(address).content.count(b"data-choose checked") == 3
    page = client.post(address, {"addressee": "telegram", "measure": "delete", "language": "en"})
    assert page.status_code == 422
    assert "Choose at least one item." in page.content.decode()
    assert page.context["form"].errors.keys() >= {"__all__", "deadline_hours"}
    assert b"data-choose checked" not in page.content


@pytest.mark.parametrize(
    ("introduced", "told"),
    [
        ('On Mon, Nov 23, 2026 at 2:46 AM "KCSC" <box@portal.test> wrote:\n', "Done."),
        ("2026년 11월 23일 (월) 오전 2:46, KCSC <box@portal.test>님이 작성:\n\n", "Done."),
        ("He wrote:\n", "Done.\n\nHe wrote:"),
        ("", "Done."),
    ],
)
def test_the_line_before_the_quote_is_folded_with_it(introduced, told) -> None:
    text = f"Done.\n\n{introduced}> 1. https://t.me/portal_demo_room/101\n> 2. https://t.me/portal_demo_room/102\n"
    mail = MailText("", text, "", "", [], "", [], truncated=False, html_abandoned=False)
    own, quoted = split_quoted(mail)
    assert own.strip() == told
    assert quoted.endswith("/102\n")


def test_more_than_a_missing_signature_opens_the_reasons(cast, client) -> None:
    reply = stages.replied(cast)
    address = reverse("takedowns:reply", args=[reply.pk])
    client.force_login(cast.analyst)
    Reply.objects.filter(pk=reply.pk).update(trust_facts=["one_sender", "listed", "unsigned", "loose_head"])
    assert client.get(address).context["doubtful"] is False
    Reply.objects.filter(pk=reply.pk).update(trust_facts=["one_sender", "listed", "unsigned", "out_of_time"])
    assert client.get(address).context["doubtful"] is True


def test_an_automatic_and_an_empty_reply_say_what_they_are(cast, at) -> None:
    empty = stages.replied(cast, "")
    page = at(cast.analyst).get(reverse("takedowns:reply", args=[empty.pk])).content
    assert b"This reply is empty" in page
    assert b"not yet verified" in page
    IncomingMail.objects.filter(pk=empty.incoming_id).update(kind="auto_reply")
    page = at(cast.analyst).get(reverse("takedowns:reply", args=[empty.pk])).content
    assert b"not yet verified" not in page
    for address in (
        reverse("cases:case", args=[empty.request.case_id]),
        reverse("dashboards:waiting", args=["replies"]),
    ):
        assert b"Automatic reply" in at(cast.analyst).get(address).content
