"""Requests at each stage of their life, made by the services that make them in the product."""

from datetime import timedelta

from django.utils import timezone

from cases import services as case_services
from cases.models import Case, Report
from cases.states import Source
from mailroom.models import IncomingMail, OutgoingMail
from mailroom.services import inbox
from platforms.models import Contact, Organisation
from platforms.services import activate_contact, ensure_platform, propose_contact, record_contact_test
from takedowns import rules, services
from takedowns.models import FreeLetter, Letter, Reply, TakedownItem, TakedownRequest
from takedowns.states import Measure

REPORT = """From: Mail Delivery System <mailer-daemon@telegram.test>
To: <bounce@portal.test>
Subject: Undelivered mail
Message-ID: <report-{n}@telegram.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

Your message to {to} could not be delivered.
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.telegram.test

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user here

--part--
"""
LIAISON = "dmca@telegram.test"
FORM = "https://telegram.test/report"


def telegram(cast) -> Organisation:
    organisation = ensure_platform(
        code="telegram", domain="t.me", name="Telegram", name_ko="텔레그램", checker="telegram"
    )
    if not organisation.contacts.exists():
        contact = propose_contact(organisation=organisation, email=LIAISON, language="en", by=cast.analyst)
        record_contact_test(contact=contact, by=cast.analyst)
        activate_contact(contact=Contact.objects.get(pk=contact.pk), by=cast.supervisor)
    return organisation


def reported(cast, *, items: int = 3, first: int = 101, room: str = "portal_demo_room") -> Report:
    telegram(cast)
    return case_services.record_report(
        by=cast.analyst,
        team=cast.team,
        text="\n".join(f"https://t.me/{room}/{n}" for n in range(first, first + items)),
        source=Source.POLICE,
        received_at=timezone.now(),
    )


def case_of(cast, **kwargs) -> Case:
    return case_services.group_reports(by=cast.analyst, reports=[reported(cast, **kwargs)], title="Demo")


def drafted(cast, *, items: int = 3, case: Case | None = None, language: str = "en") -> TakedownRequest:
    case = case or case_of(cast, items=items)
    organisation = telegram(cast)
    return services.draft_request(
        case=case,
        contact=organisation.contacts.get(email=LIAISON),
        items=rules.askable(case, organisation, Measure.DELETE),
        by=cast.analyst,
        language=language,
        deadline_hours=24,
    )


def submitted(cast, **kwargs) -> TakedownRequest:
    return services.submit(request=drafted(cast, **kwargs), by=cast.analyst)


def approved(cast, **kwargs) -> TakedownRequest:
    request = submitted(cast, **kwargs)
    revision = request.revisions.get()
    services.approve(request=request, digest=revision.body_sha256, by=cast.supervisor)
    request.refresh_from_db()
    return request


def with_form(cast) -> Contact:
    """Telegram takes requests in a web form only."""
    organisation = telegram(cast)
    form = propose_contact(organisation=organisation, form_url=FORM, language="en", by=cast.analyst)
    return activate_contact(contact=form, by=cast.supervisor)


def to_a_form(cast, **kwargs) -> Letter:
    """An approved letter that waits to be entered in the web form."""
    contact = with_form(cast)
    request = services.draft_request(
        case=(case := case_of(cast, **kwargs)),
        contact=contact,
        items=rules.askable(case, contact.organisation, Measure.DELETE),
        by=cast.analyst,
        language="en",
        deadline_hours=24,
    )
    services.submit(request=request, by=cast.analyst)
    return services.approve(request=request, digest=request.revisions.get().body_sha256, by=cast.supervisor)


def answer(
    request: TakedownRequest,
    text: str,
    *,
    sender: str = LIAISON,
    token: str | None = None,
    letter: Letter | None = None,
    head: str = "",
) -> IncomingMail:
    """A mail comes in at the door, for the reply address of the letter (the request's first unless named otherwise, or
    another token is given), with further lines of its `head`, each with its CRLF; parsed at once."""
    letter = letter or request.letters.order_by("written_at")[0]
    to = f"takedown+r.{token or letter.mail.token}@portal.test"
    raw = (
        f"From: Liaison <{sender}>\r\nTo: <{to}>\r\nSubject: Re: removal\r\n{head}"
        f"Message-ID: <{timezone.now().timestamp()}@telegram.test>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + text.replace("\n", "\r\n").encode()
    mail = inbox.receive(door="lmtp", envelope_from=sender, envelope_to=[to], data=raw)
    while inbox.parse_next():
        pass
    return mail


def replied(cast, text: str = "1-3 have been removed.", **kwargs) -> Reply:
    request = approved(cast, **kwargs)
    answer(request, text)
    assert services.file_next()
    return Reply.objects.get(request=request)


def mark_left(request: TakedownRequest) -> None:
    """As if the mail server had taken the letter a minute ago."""
    OutgoingMail.objects.filter(letter__request=request).update(
        state="accepted", accepted_at=timezone.now() - timedelta(minutes=1)
    )


def contradicted(cast, numbers=(1,), *, items: int = 3, **kwargs) -> TakedownRequest:
    """A request all of whose items were answered as removed; our check found these still there, the others gone."""
    reply = replied(cast, f"1-{items} have been removed.", items=items, **kwargs)
    mark_left(reply.request)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    found(reply.request, "gone", [n for n in range(1, items + 1) if n not in numbers])
    found(reply.request, "live", numbers)
    return TakedownRequest.objects.get(pk=reply.request_id)


def another_contact(cast, email: str = "abuse@telegram.test") -> Contact:
    """A second active contact of the platform."""
    contact = propose_contact(organisation=telegram(cast), email=email, language="en", by=cast.analyst)
    record_contact_test(contact=contact, by=cast.analyst)
    return activate_contact(contact=Contact.objects.get(pk=contact.pk), by=cast.supervisor)


def bounced(cast, **kwargs) -> TakedownRequest:
    """A request whose letter left and was given back by the platform's server."""
    request = approved(cast, **kwargs)
    mark_left(request)
    give_back(request.letters.get())
    return request


def give_back(letter: Letter, *, status: str = "5.1.1", action: str = "failed") -> None:
    """A delivery report comes in at the letter's own return address; read and filed at once."""
    raw = REPORT.format(to=letter.mail.recipient, status=status, action=action, n=timezone.now().timestamp())
    to = f"bounce+v.{letter.mail.token}@portal.test"
    inbox.receive(door="lmtp", envelope_from="", envelope_to=[to], data=raw.replace("\n", "\r\n").encode())
    while inbox.parse_next() or services.file_next():
        pass


def message(
    cast,
    *,
    request: TakedownRequest | None = None,
    message: str = "You could not open our list: here it is again.",
    with_list: bool = True,
    answers: Reply | None = None,
    submitted: bool = False,
) -> FreeLetter:
    """A message to the liaison of a request whose letter left, drafted by the analyst."""
    if request is None:
        request = approved(cast)
        mark_left(request)
    made = services.write_message(
        request=request, message=message, with_list=with_list, answers=answers, by=cast.analyst
    )
    return services.submit_message(free_letter=made, by=cast.analyst) if submitted else made


def lines(request: TakedownRequest, *numbers: int) -> list[TakedownItem]:
    return list(request.items.filter(number__in=numbers))


def found(request: TakedownRequest, outcome: str = "gone", numbers=None) -> None:
    """Record our own check of the request's items."""
    for line in request.items.select_related("item"):
        if numbers is None or line.number in numbers:
            case_services.record_check(
                item=line.item,
                outcome=outcome,
                reason="error" if outcome == "cannot_verify" else "",
                method="telegram_preview",
                at=timezone.now(),
            )
