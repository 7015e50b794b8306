"""An address that a platform offers for further contact is found in people's words, and only proposed."""

import pytest
from django.urls import reverse

from audit.models import Event
from audit.states import Action
from platforms.models import Contact
from platforms.services import activate_contact, propose_contact, record_contact_test, retire_contact
from platforms.states import ContactStatus
from sandbox.platform import quick
from takedowns import services
from takedowns.models import Reply
from takedowns.offering import offers_in
from tests.takedowns import stages

OFFERED = "korea@telegram.test"
LETTER = "Please remove:\n1. https://t.me/portal_demo_room/101\nWrite to takedown+r.abc@portal.test\n"

OFFERS = [
    "For further matters please use this dedicated address: korea@telegram.test",
    "Please contact us at korea@telegram.test for any further requests.",
    "You can reach our team directly at KOREA@telegram.test.",
    "In future, kindly send such requests to <korea@telegram.test>.",
    "We have set up a dedicated e-mail address for your agency: korea@telegram.test.",
    "Our new contact for Korean authorities is korea@telegram.test.",
    "korea@telegram.test is at your disposal for further enquiries.",
    "Do not hesitate to email korea@telegram.test.",
    "Urgent cases may be reported to korea@telegram.test.",
    "Please write to korea@telegram.test instead of dmca@telegram.test.",
    "Instead of dmca@telegram.test, please use korea@telegram.test.",
    "Please do not write to dmca@telegram.test any more, but to korea@telegram.test.",
    "dmca@telegram.test is no longer monitored; please use korea@telegram.test.",
    "Our address has changed from dmca@telegram.test to korea@telegram.test.",
    "Requests of your Commission should be sent to korea@telegram.test.",
    "We can be reached at korea@telegram.test around the clock.",
    "For urgent cases: korea@telegram.test",
    "Future notices: korea@telegram.test",
    "Could you please write to korea@telegram.test in future?",
    "Our legal team is at korea@telegram.test. Please send such orders there.",
    "For further matters please use this dedicated address:\n\nkorea@telegram.test",
    "Please use the following address for anything urgent:\nE-mail: korea@telegram.test",
    "If you need anything else, email korea [at] telegram [dot] test.",
    "Use korea@telegram.test<mailto:korea@telegram.test> from now on, please.",
    "For matters that we can't solve here, please use korea@telegram.test",
    "As a token of goodwill we are giving you a direct contact, korea@telegram.test, which is read day and night.",
    "Should new links turn up, simply drop a line to korea@telegram.test.",
    "We'd appreciate it if you used korea@telegram.test for all future notices.",
    "A mail to korea@telegram.test will be handled with priority.",
    "Our colleague for Korea, Ms Lee, can be reached under korea@telegram.test.",
    "앞으로는 전용 주소 korea@telegram.test 로 연락하여 주시기 바랍니다.",
    "향후 요청은 korea@telegram.test로 보내 주십시오.",
    "추가 문의는 korea@telegram.test 으로 부탁드립니다.",
    "귀 기관 전용 메일 주소는 korea@telegram.test 입니다.",
    "전담 창구(korea@telegram.test)를 마련하였으니 이용하여 주시기 바랍니다.",
    "긴급 건은 korea@telegram.test 로 접수해 주세요.",
    "dmca@telegram.test 대신 korea@telegram.test로 보내 주십시오.",
    "dmca@telegram.test는 더 이상 사용하지 않으며, 앞으로 korea@telegram.test로 보내 주시기 바랍니다.",
    "dmca@telegram.test로 보내지 마시고 korea@telegram.test로 보내 주시기 바랍니다.",
    "궁금하신 점은 주저하지 마시고 korea@telegram.test로 연락 주시기 바랍니다.",
    "향후 문의: korea@telegram.test",
    "한국 기관 전용 이메일을 신설하였습니다.\nkorea@telegram.test",
    "저희 법무팀 주소는 korea@telegram.test 입니다. 추후 공문은 위 주소로 송부 부탁드립니다.",
    "유사한 영상이 발견되면 korea@telegram.test 로 바로 알려 주시면 우선 조치하겠습니다.",
    "다음 요청부터 korea@telegram.test 사용 바랍니다.",
    "이후 연락은 아래 주소로 부탁드립니다.\nkorea@telegram.test",
    "korea@telegram.test로 연락 주시겠습니까?",
    quick.text("apology", "en", live=[], gone=[1, 2, 3]),
    quick.text("apology", "ko", live=[], gone=[1, 2, 3]),
]
NOT_OFFERS = [
    "1-3 have been removed.",
    "Regards,\nTelegram Trust & Safety\nkorea@telegram.test",
    "All removed.\n\n--\nTelegram\nE-mail: korea@telegram.test\nPhone: 1",
    "Please contact us if you need more.\n\nTelegram\nkorea@telegram.test",
    "We have forwarded your letter to korea@telegram.test.",
    "We have asked our colleagues at korea@telegram.test to look into it.",
    "Your request reached us at korea@telegram.test. Please wait.",
    "Please do not write to korea@telegram.test.",
    "Please stop writing to korea@telegram.test.",
    "korea@telegram.test is no longer monitored.",
    "korea@telegram.test does not accept such letters.",
    "Please use dmca@telegram.test rather than korea@telegram.test.",
    "Please do not reply to noreply@telegram.test.",
    "Users may appeal to korea@telegram.test.",
    "The channel owner can write to korea@telegram.test.",
    "The account registered with korea@telegram.test was closed.",
    "The e-mail address of the account is korea@telegram.test.",
    "If you are not the intended recipient, please notify korea@telegram.test.",
    "For press enquiries please contact korea@telegram.test.",
    "To unsubscribe write to korea@telegram.test.",
    "Should we use korea@telegram.test?",
    "Was the letter sent to korea@telegram.test?",
    "cc: korea@telegram.test",
    "From: korea@telegram.test",
    "Please write to dmca@telegram.test.",
    "Please write to DMCA@Telegram.test.",
    "Please write to korea@elsewhere.test.",
    "Please write to korea@telegram.test.evil.example.",
    "Please write to korea@nottelegram.test.",
    "Please write to takedown+r.abc@portal.test.",
    "> For further matters please use this dedicated address: korea@telegram.test",
    "On Monday, 2 September 2024, Lee wrote:\n> Please use korea@telegram.test from now on.\n\nDone.",
    "요청하신 내용을 korea@telegram.test 로 전달하였습니다.",
    "korea@telegram.test 로 회신하지 마십시오.",
    "korea@telegram.test는 더 이상 사용하지 않습니다.",
    "korea@telegram.test 로 보내주신 메일을 확인하였으니 기다려 주시기 바랍니다.",
    "korea@telegram.test로 접수된 요청은 검토 후 회신드리겠습니다.",
    "이용자는 korea@telegram.test 로 이의를 신청하실 수 있습니다.",
    "본 메일은 발신 전용 주소(korea@telegram.test)에서 보낸 것으로 회신이 불가합니다.",
    "korea@telegram.test로 보내면 될까요?",
    "감사합니다.\nTelegram 신뢰·안전팀\nkorea@telegram.test",
    "계정 korea@telegram.test 의 이용자를 차단하였습니다.",
    "광고 문의는 korea@telegram.test 로 연락 주시기 바랍니다.",
    "korea@telegram.test 대신 dmca@telegram.test로 보내 주십시오.",
    "채널 운영자에게 korea@telegram.test 로 소명하도록 안내하였습니다.",
    "법무팀(korea@telegram.test)에서 3번을 거부하기로 결정하였습니다.",
]


def read(text: str, **more) -> list[str]:
    given = {"contacts": ["dmca@telegram.test"], "sent_text": LETTER, "ours": "portal.test"} | more
    return [offer.email for offer in offers_in(text=text, **given)]


@pytest.mark.parametrize("text", OFFERS)
def test_words_that_offer_an_address(text) -> None:
    assert read(text) == [OFFERED]
    assert read(f"Hello,\n\n1-3 have been removed.\n\n{text}\n\nRegards,\nTelegram\ndmca@telegram.test") == [OFFERED]


@pytest.mark.parametrize("text", NOT_OFFERS)
def test_words_that_only_name_one(text) -> None:
    assert read(text) == []
    assert read(f"Hello,\n\n1-3 have been removed.\n\n{text}") == []


def test_what_is_known_is_no_news() -> None:
    assert read(OFFERS[0], known=["Korea@telegram.test"]) == []
    assert read(OFFERS[0], contacts=[]) == []


def test_a_domain_where_anybody_has_an_address_says_nothing() -> None:
    assert read("Please write to lee@gmail.com in future.", contacts=["dmca@gmail.com"]) == []


def test_a_part_of_the_organisations_domain_is_theirs() -> None:
    assert read("Please write to lee@korea.telegram.test in future.") == ["lee@korea.telegram.test"]


def test_both_bodies_have_to_say_it() -> None:
    assert read(OFFERS[0], html_text="For further matters please use this dedicated address.") == []
    assert read(OFFERS[0], html_text=OFFERS[0]) == [OFFERED]
    assert read("", html_text=OFFERS[0]) == [OFFERED]


def test_the_words_are_kept_and_each_address_once() -> None:
    text = "Use korea@telegram.test in future.\n\nPlease send anything else to korea@telegram.test."
    found = offers_in(text=text, sent_text=LETTER, contacts=["dmca@telegram.test"], ours="portal.test")
    assert [offer.quote for offer in found] == ["Use korea@telegram.test in future."]


@pytest.mark.parametrize(
    "unit",
    [
        "please ",
        "sent x ",
        "가나다",
        "추가 요청 ",
        "a@telegram.test ",
        "a.b.",
        "하지 마시고 ",
        "(a ",
        "<mailto:",
        "\x00",
    ],
)
def test_no_text_is_too_much(unit) -> None:
    assert read(unit * (39_000 // len(unit)) + " korea@telegram.test") in ([], [OFFERED])
    assert read(unit * 200_000 + " Please use korea@telegram.test.") == []


# In the house


@pytest.fixture
def at(client):
    """`at(person)` is a browser with that person logged in."""

    def log_in(person):
        client.force_login(person)
        return client

    return log_in


@pytest.mark.django_db
def test_an_offer_is_proposed_by_nobody_of_ours(cast, at) -> None:
    reply = stages.replied(cast, f"1-3 have been removed.\n\n{OFFERS[0]}")
    contact = Contact.objects.get(email=OFFERED)
    assert (contact.status, contact.proposed_by, contact.organisation) == (
        ContactStatus.PROPOSED,
        None,
        reply.request.addressee,
    )
    assert (contact.offered_in, contact.offered_at) == (reply.incoming_id, reply.received_at)
    event = Event.objects.for_object(contact).get()
    assert (event.action, event.actor) == (Action.CONTACT_PROPOSED, None)
    assert reply.claims.count() == 3
    page = at(cast.analyst).get(reverse("takedowns:reply", args=[reply.pk])).content.decode()
    assert "The platform offers a further address" in page
    assert f"{reverse('platforms:organisation', args=[contact.organisation_id])}#contact-{contact.pk}" in page
    assert at(cast.analyst).get(reverse("takedowns:offer", args=[contact.pk])).url.endswith(f"/replies/{reply.pk}/")


@pytest.mark.django_db
def test_the_offer_of_another_teams_reply_is_not_opened(cast, at) -> None:
    stages.replied(cast, OFFERS[0])
    contact = Contact.objects.get(email=OFFERED)
    address = reverse("takedowns:offer", args=[contact.pk])
    page = at(cast.outsider).get(address, follow=True)
    assert page.redirect_chain[-1][0] == reverse("platforms:organisation", args=[contact.organisation_id])
    assert "another team" in page.content.decode()
    assert at(cast.auditor).get(address).status_code == 403
    liaison = Contact.objects.get(email=stages.LIAISON)
    assert at(cast.analyst).get(reverse("takedowns:offer", args=[liaison.pk])).status_code == 404


@pytest.mark.django_db
def test_a_stranger_offers_nothing(cast) -> None:
    request = stages.approved(cast)
    stages.answer(request, OFFERS[0], sender="someone@telegram.test")
    assert services.file_next()
    assert not Contact.objects.filter(email=OFFERED).exists()


@pytest.mark.django_db
def test_an_out_of_office_offers_nothing(cast) -> None:
    request = stages.approved(cast)
    stages.answer(request, OFFERS[0], head="Auto-Submitted: auto-replied\r\n")
    assert services.file_next()
    assert Reply.objects.filter(request=request).exists()
    assert not Contact.objects.filter(email=OFFERED).exists()


@pytest.mark.django_db
def test_offered_twice_is_proposed_once_and_not_again_after_it_was_retired(cast) -> None:
    request = stages.approved(cast)
    for text in (OFFERS[0], OFFERS[1]):
        stages.answer(request, text)
        assert services.file_next()
    contact = Contact.objects.get(email=OFFERED)
    retire_contact(contact=contact, reason="Not theirs.", by=cast.analyst)
    stages.answer(request, OFFERS[2])
    assert services.file_next()
    assert Contact.objects.filter(email=OFFERED).count() == 1
    assert Reply.objects.filter(request=request).count() == 3


@pytest.mark.django_db
def test_the_desk_lists_what_is_to_be_tested_or_activated(cast, at, django_assert_max_num_queries) -> None:
    telegram = stages.telegram(cast)
    assert "Contacts to test or activate" in at(cast.analyst).get("/").content.decode()
    for n in range(12):
        propose_contact(organisation=telegram, email=f"a{n}@telegram.test", language="en", by=cast.analyst)
    tested = Contact.objects.get(email="a3@telegram.test")
    record_contact_test(contact=tested, by=cast.analyst)
    browser = at(cast.supervisor)
    with django_assert_max_num_queries(12):
        page = browser.get("/waiting/contacts/").content.decode()
    assert (page.count("send a test mail"), page.count("activate it, by a second person")) == (11, 1)
    activate_contact(contact=tested, by=cast.supervisor)
    assert "a3@telegram.test" not in at(cast.supervisor).get("/waiting/contacts/").content.decode()
    assert "a4@telegram.test" not in at(cast.auditor).get("/waiting/contacts/").content.decode()
