"""Mail that found no request: what is suggested and why, filing by hand, setting aside, moving; who may."""

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from audit.models import AccessLog, Event
from keys.services import unseal
from mailroom.models import IncomingMail
from mailroom.services import inbox
from takedowns import services
from takedowns.models import Reply, SetAside
from takedowns.queries.suggestions import numbers_in, suggestions
from takedowns.queries.tray import in_tray, tray_figures
from tests.takedowns import stages

pytestmark = pytest.mark.django_db
_n = itertools.count(1)


def came_in(
    text: str = "Hello.", *, subject: str = "A question", sender: str = "somebody@elsewhere.test"
) -> IncomingMail:
    """A mail to our plain address, which names no letter; parsed."""
    raw = (
        f"From: <{sender}>\r\nTo: <takedown@portal.test>\r\nSubject: {subject}\r\n"
        f"Message-ID: <tray-{next(_n)}@elsewhere.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
    mail = inbox.receive(door="lmtp", envelope_from=sender, envelope_to=["takedown@portal.test"], data=raw.encode())
    while inbox.parse_next():
        pass
    mail.refresh_from_db()
    return mail


def suggested(user, mail: IncomingMail):
    return suggestions(user, mail, inbox.read_text(mail))


def case_beside(cast, room: str):
    return stages.case_of(cast, items=2, room=room)


# What is suggested


def test_our_number_in_the_subject_comes_first(cast) -> None:
    named = stages.approved(cast)
    stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    found = suggested(cast.analyst, came_in(subject=f"Re: [{named.number}] items", sender=stages.LIAISON))
    assert len(found) == 2
    assert found[0].request == named
    assert found[0].score > found[1].score
    assert found[0].reasons[0] == f"Its subject names {named.number}."
    assert any("contact of Telegram" in reason for reason in found[1].reasons)


def test_a_letters_number_in_the_text(cast) -> None:
    request = stages.approved(cast)
    letter = request.letters.get()
    (found,) = suggested(cast.analyst, came_in(f"About your letter {letter.number.lower()}: done."))
    assert found.request == request
    assert found.reasons == [f"Its text names {letter.number}."]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("re T2026-000012 and l2026–000007", ["T2026-000012", "L2026-000007"]),
        ("T 2026 - 000012, T2026-000012", ["T2026-000012"]),
        ("ORDER2026-000012 T2026-0000123 T1926-000012", []),
    ],
)
def test_numbers_of_ours(text, numbers) -> None:
    assert numbers_in(text) == numbers


def test_links_of_items_in_the_text(cast) -> None:
    request = stages.approved(cast)
    other = stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    mail = came_in("We looked at hxxps://t[.]me/portal_demo_room/101 and https://t.me/portal_demo_room/103, thanks.")
    found = suggested(cast.analyst, mail)
    assert [one.request for one in found] == [request, other]
    assert found[0].reasons == ["It holds the links of items 1, 3."]
    assert found[1].reasons == ["An open request to Telegram."]


def test_a_colleague_of_the_contact_is_weaker_than_the_contact(cast) -> None:
    stages.approved(cast)
    (contact,) = suggested(cast.analyst, came_in(sender=stages.LIAISON))
    (colleague,) = suggested(cast.analyst, came_in(sender="legal@telegram.test"))
    assert contact.score > colleague.score
    assert "same house" in colleague.reasons[0]
    assert suggested(cast.analyst, came_in(sender="somebody@gmail.com")) == []


def test_the_subject_of_our_letter_without_its_number(cast) -> None:
    request = stages.approved(cast)
    subject = request.revisions.get().subject.partition("]] ")[2] or request.revisions.get().subject.partition("] ")[2]
    (found,) = suggested(cast.analyst, came_in(subject=f"RE: Fwd: {subject}"))
    assert found.request == request
    assert found.reasons == ["Its subject is that of our letter."]


def test_drafts_and_other_teams_requests_are_never_suggested(cast) -> None:
    draft = stages.drafted(cast)
    assert suggested(cast.analyst, came_in(subject=draft.number, sender=stages.LIAISON)) == []
    request = stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    mail = came_in("https://t.me/lakeside_library_room/101", subject=request.number, sender=stages.LIAISON)
    assert suggested(cast.analyst, mail)
    assert suggested(cast.outsider, mail) == []


def test_queries_do_not_grow(cast, django_assert_max_num_queries) -> None:
    for n in range(4):
        stages.approved(cast, case=case_beside(cast, f"lakeside_library_room{n}"))
    text = "\n".join(f"https://t.me/lakeside_library_room{n}/101" for n in range(4))
    mail = came_in(text, sender=stages.LIAISON)
    words = inbox.read_text(mail)
    with django_assert_max_num_queries(8):
        assert len(suggestions(cast.analyst, mail, words)) == 4


# Filing


def test_filed_under_one_it_is_read_like_any_other(cast) -> None:
    request = stages.approved(cast)
    mail = came_in("1-3 have been removed.", sender=stages.LIAISON)
    (reply,) = services.file_mail(incoming=mail, requests=[request], by=cast.analyst)
    assert reply.filed_by == cast.analyst
    assert reply.claims.count() == 3
    mail.refresh_from_db()
    assert (mail.matched_by, mail.answers) == ("person", request.letters.get().mail)
    event = Event.objects.get(action="reply.filed")
    assert (event.actor, event.detail["how"]) == (cast.analyst.pk, "person")
    assert not in_tray().exists()
    assert not services.file_next()


def test_filing_makes_nobody_trusted(cast) -> None:
    request = stages.approved(cast)
    mail = came_in("1-3 have been removed.")
    (reply,) = services.file_mail(incoming=mail, requests=[request], by=cast.analyst)
    assert reply.trust == "stranger"
    assert reply.abstained
    assert not reply.claims.exists()


def test_filed_under_several_nothing_is_proposed(cast) -> None:
    requests = [stages.approved(cast), stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))]
    mail = came_in("1-2 have been removed.", sender=stages.LIAISON)
    replies = services.file_mail(incoming=mail, requests=requests, by=cast.analyst)
    assert {reply.request for reply in replies} == set(requests)
    assert all(reply.reasons == ["several_requests"] and not reply.claims.exists() for reply in replies)


def test_filed_once_and_only_under_ones_own(cast) -> None:
    request = stages.approved(cast)
    mail = came_in()
    with pytest.raises(Refused, match="another team"):
        services.file_mail(incoming=mail, requests=[request], by=cast.outsider)
    with pytest.raises(Refused, match="at least one"):
        services.file_mail(incoming=mail, requests=[], by=cast.analyst)
    with pytest.raises(Refused, match="role"):
        services.file_mail(incoming=mail, requests=[request], by=cast.administrator)
    services.file_mail(incoming=mail, requests=[request], by=cast.analyst)
    with pytest.raises(Refused, match="filed already"):
        services.file_mail(incoming=mail, requests=[request], by=cast.second_analyst)
    assert Reply.objects.count() == 1


def test_a_draft_cannot_be_answered(cast) -> None:
    with pytest.raises(Refused, match="has left"):
        services.file_mail(incoming=came_in(), requests=[stages.drafted(cast)], by=cast.analyst)


def test_the_same_bytes_again_change_nothing(cast) -> None:
    request = stages.approved(cast)
    mail = came_in("1-3 have been removed.", sender=stages.LIAISON)
    services.file_mail(incoming=mail, requests=[request], by=cast.analyst)
    data = unseal(record=mail.raw_id, sealed=bytes(mail.raw.sealed))
    token = request.letters.get().mail.token
    inbox.receive(door="lmtp", envelope_from="", envelope_to=[f"takedown+r.{token}@portal.test"], data=data)
    while inbox.parse_next() or services.file_next():
        pass
    assert Reply.objects.count() == 1
    assert not in_tray().exists()


# Not ours


def test_set_aside_and_back(cast) -> None:
    mail = came_in("Buy now.")
    services.set_aside(incoming=mail, reason="Advertising.", by=cast.analyst)
    assert not in_tray().exists()
    with pytest.raises(Refused, match="already"):
        services.set_aside(incoming=mail, reason="Advertising.", by=cast.analyst)
    with pytest.raises(Refused, match="set aside"):
        services.file_mail(incoming=mail, requests=[stages.approved(cast)], by=cast.analyst)
    services.bring_back(incoming=mail, by=cast.second_analyst)
    assert in_tray().get() == mail
    assert SetAside.objects.get().back_by == cast.second_analyst
    with pytest.raises(Refused, match="not set aside"):
        services.bring_back(incoming=mail, by=cast.analyst)
    with pytest.raises(Refused, match="Say why"):
        services.set_aside(incoming=mail, reason=" ", by=cast.analyst)


def test_the_oldest_alarms(cast, settings) -> None:
    assert (tray_figures().count, tray_figures().alarming) == (0, False)
    mail = came_in()
    assert (tray_figures().count, tray_figures().alarming) == (1, False)
    IncomingMail.objects.filter(pk=mail.pk).update(received_at=timezone.now() - timedelta(hours=25))
    assert tray_figures().alarming
    settings.MAIL_UNMATCHED_ALARM_HOURS = 48
    assert not tray_figures().alarming


# Moving


def test_a_reply_moves_and_its_history_stays(cast) -> None:
    wrong = stages.replied(cast)
    right = stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    (reply,) = services.refile(reply=wrong, requests=[right], reason="About the library.", by=cast.analyst)
    wrong.refresh_from_db()
    assert (wrong.moved_by, wrong.moved_why, wrong.handled_by) == (cast.analyst, "About the library.", cast.analyst)
    assert set(wrong.claims.values_list("status", flat=True)) == {"rejected"}
    assert (reply.request, reply.moved_from, reply.filed_by) == (right, wrong, cast.analyst)
    assert Event.objects.get(action="reply.moved").detail["to"] == [str(right.pk)]
    with pytest.raises(Refused, match="moved"):
        services.refile(reply=wrong, requests=[right], reason="Again.", by=cast.analyst)
    with pytest.raises(Refused, match="moved"):
        services.accept_claims(reply=wrong, claims=list(wrong.claims.all()), by=cast.analyst)
    (back,) = services.refile(reply=reply, requests=[wrong.request], reason="No, it was right.", by=cast.analyst)
    assert back.request == wrong.request


def test_what_was_accepted_stands_in_the_way(cast) -> None:
    reply = stages.replied(cast)
    right = stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    services.accept_claims(reply=reply, claims=list(reply.claims.all())[:1], by=cast.analyst)
    with pytest.raises(Refused, match="accepted for items 1"):
        services.refile(reply=reply, requests=[right], reason="Wrong.", by=cast.analyst)


def test_moving_needs_a_reason_and_another_request(cast) -> None:
    reply = stages.replied(cast)
    right = stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    with pytest.raises(Refused, match="already"):
        services.refile(reply=reply, requests=[reply.request], reason="Hm.", by=cast.analyst)
    with pytest.raises(Refused, match="Say why"):
        services.refile(reply=reply, requests=[right], reason="", by=cast.analyst)
    with pytest.raises(Refused, match="another team"):
        services.refile(reply=reply, requests=[right], reason="Hm.", by=cast.outsider)


# Pages


@pytest.fixture
def at(client):
    def log_in(person):
        client.force_login(person)
        return client

    return log_in


def test_from_the_tray_to_the_request(cast, at) -> None:
    request = stages.approved(cast)
    mail = came_in("1-3 have been removed.", subject=f"Re: {request.number}", sender=stages.LIAISON)
    browser = at(cast.analyst)
    assert stages.LIAISON.encode() in browser.get(reverse("takedowns:tray")).content
    address = reverse("takedowns:unmatched_mail", args=[mail.pk])
    page = browser.get(address).content.decode()
    assert f"Its subject names {request.number}." in page
    assert AccessLog.objects.filter(object_id=mail.pk, given="mail.text").exists()
    assert browser.post(reverse("takedowns:file_mail", args=[mail.pk]), {}).status_code == 422
    done = browser.post(reverse("takedowns:file_mail", args=[mail.pk]), {"requests": [str(request.pk)]})
    reply = Reply.objects.get()
    assert done.url == reverse("takedowns:reply", args=[reply.pk])
    assert browser.get(address).url == done.url
    assert at(cast.outsider).get(address).status_code == 404


def test_a_number_can_be_written_down(cast, at) -> None:
    request = stages.approved(cast)
    other = stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    mail, second = came_in(), came_in()
    address = reverse("takedowns:file_mail", args=[mail.pk])
    browser = at(cast.analyst)
    page = browser.post(address, {"numbers": "T2020-999999"})
    assert page.status_code == 422
    assert b"T2020-999999" in page.content
    done = browser.post(address, {"numbers": f"{request.number.lower()}, {other.number}"})
    assert done.url == reverse("takedowns:unmatched_mail", args=[second.pk])
    assert Reply.objects.count() == 2
    assert (
        at(cast.outsider)
        .post(reverse("takedowns:file_mail", args=[second.pk]), {"numbers": request.number})
        .status_code
        == 422
    )


def test_set_aside_by_the_page(cast, at) -> None:
    mail = came_in()
    browser = at(cast.analyst)
    assert browser.post(reverse("takedowns:set_aside", args=[mail.pk]), {"reason": ""}).status_code == 422
    browser.post(reverse("takedowns:set_aside", args=[mail.pk]), {"reason": "Advertising."})
    assert b"Advertising." in browser.get(reverse("takedowns:tray") + "?show=aside").content
    assert b"Advertising." in browser.get(reverse("takedowns:unmatched_mail", args=[mail.pk])).content
    browser.post(reverse("takedowns:bring_back", args=[mail.pk]))
    assert in_tray().get() == mail


def test_a_reply_moves_by_the_page(cast, at) -> None:
    reply = stages.replied(cast)
    right = stages.approved(cast, case=case_beside(cast, "lakeside_library_room"))
    browser = at(cast.analyst)
    address = reverse("takedowns:move_reply", args=[reply.pk])
    assert address.encode() in browser.get(reverse("takedowns:reply", args=[reply.pk])).content
    assert right.number.encode() in browser.get(address).content
    assert browser.post(address, {"requests": [str(right.pk)]}).status_code == 422
    browser.post(address, {"requests": [str(right.pk)], "reason": "Wrong one."})
    page = browser.get(reverse("takedowns:reply", args=[reply.pk])).content
    assert b"Wrong one." in page
    assert right.number.encode() in page


WORKERS = {"analyst", "second_analyst", "supervisor", "second_supervisor", "outsider"}


def test_every_page_by_every_role(cast, at) -> None:
    mail, reply = came_in(), stages.replied(cast)
    for role, person in vars(cast).items():
        if role in {"team", "other_team"}:
            continue
        browser = at(person)
        refused = 302 if role == "partner" else 403
        for name, keys in (("tray", []), ("unmatched_mail", [mail.pk])):
            status = browser.get(reverse(f"takedowns:{name}", args=keys)).status_code
            assert status in ({200} if role in WORKERS else {403, refused}), f"{name} {role}"
        status = browser.get(reverse("takedowns:move_reply", args=[reply.pk])).status_code
        expected = {404} if role == "outsider" else {200} if role in WORKERS else {403, refused}
        assert status in expected, role
        if role not in WORKERS:
            for name in ("file_mail", "set_aside", "bring_back"):
                assert browser.post(reverse(f"takedowns:{name}", args=[mail.pk])).status_code in {403, refused}


def test_queries_of_the_pages(cast, at, django_assert_max_num_queries) -> None:
    mails = [came_in(sender=stages.LIAISON) for _ in range(12)]
    for n in range(3):
        stages.approved(cast, case=case_beside(cast, f"lakeside_library_room{n}"))
    browser = at(cast.analyst)
    with django_assert_max_num_queries(12):
        browser.get(reverse("takedowns:tray"))
    mail = came_in("https://t.me/lakeside_library_room1/101 L2026-000001", sender=stages.LIAISON)
    with django_assert_max_num_queries(12):
        browser.get(reverse("takedowns:unmatched_mail", args=[mail.pk]))
    for mail in mails:
        services.set_aside(incoming=mail, reason="Advertising.", by=cast.analyst)
    with django_assert_max_num_queries(12):
        browser.get(reverse("takedowns:tray") + "?show=aside")
