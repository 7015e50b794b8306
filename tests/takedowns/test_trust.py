"""How far a reply is believed, and why; and the one way in which it is recorded without a person."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import Refused
from audit.models import Event
from cases.models import CheckOrder
from mailroom.addresses import reply_address
from platforms.services import propose_contact, retire_contact, switch_recording
from takedowns import rules, services
from takedowns.models import Claim, Reply, TakedownRequest
from takedowns.states import ClaimKind, ClaimStatus, RequestStatus, Trust
from tests.mailroom.signing import HEADERS, Zone, signed
from tests.takedowns import stages
from tests.takedowns.signed_mails import DOMAIN, bring, bring_to, genuine, letter_of, written

pytestmark = pytest.mark.django_db

ALL_GOOD = [
    "one_sender", "listed", "signed", "by_a_person", "whole_head", "to_the_letter", "in_time", "undisputed",
    "one_request",
]  # fmt: skip


@pytest.fixture
def zone(settings: Any, tmp_path: Path) -> Zone:
    settings.MAIL_DNS_ZONE = str(tmp_path / "zone.txt")
    made = Zone(tmp_path / "zone.txt")
    made.add_key(DOMAIN)
    return made


def switched_on(cast: Any) -> TakedownRequest:
    request = stages.approved(cast)
    switch_recording(organisation=request.addressee, on=True, reason="Agreed with them.", by=cast.supervisor)
    return TakedownRequest.objects.get(pk=request.pk)


def filed() -> Reply:
    return Reply.objects.latest("filed_at")


def bad_facts(reply: Reply) -> list[str]:
    return [fact for fact in reply.trust_facts if fact not in ALL_GOOD]


def test_a_reply_against_which_nothing_speaks(cast: Any, zone: Zone) -> None:
    letter = letter_of(stages.approved(cast))
    bring_to(letter, genuine(letter))
    reply = filed()
    assert (reply.trust, reply.trust_facts, reply.beyond_doubt) == (Trust.VERIFIED, ALL_GOOD, True)
    assert reply.incoming.authenticated_by == DOMAIN
    assert {claim.status for claim in reply.claims.all()} == {ClaimStatus.PROPOSED}  # the switch is off at first


def test_without_a_signature_it_is_proposed_from_and_no_more(cast: Any, zone: Zone) -> None:
    letter = letter_of(stages.approved(cast))
    bring_to(letter, written(letter))
    reply = filed()
    assert (reply.trust, bad_facts(reply), reply.beyond_doubt) == (Trust.UNVERIFIED, ["unsigned"], False)
    assert reply.claims.count() == 3


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (lambda letter: signed(written(letter), cut=True), ["cut"]),
        (lambda letter: signed(written(letter), domain="elsewhere.test"), ["unaligned"]),
        (lambda letter: genuine(letter).replace(b"1-3 have", b"1-2 have"), ["broken"]),
        (lambda letter: signed(written(letter), selector="none"), ["broken"]),
        (lambda letter: signed(written(letter), headers=HEADERS[:5]), ["loose_head"]),
        (lambda letter: b"Content-Type: text/plain\r\n" + genuine(letter), ["loose_head"]),
        (lambda letter: genuine(letter, To="<boss@telegram.test>"), ["to_others"]),
        (lambda letter: genuine(letter, Precedence="bulk"), ["automatic"]),
        (lambda letter: genuine(letter, Date="Tue, 3 Sep 2019 10:30:00 +0900"), ["out_of_time"]),
        (lambda letter: genuine(letter, Date=""), ["out_of_time"]),
    ],
    ids=["length", "other domain", "changed", "no key", "few lines signed", "second line", "to others", "bulk", "old",
         "no date"],
)  # fmt: skip
def test_what_speaks_against_it_is_kept(cast: Any, zone: Zone, change: Any, facts: list[str]) -> None:
    letter = letter_of(switched_on(cast))
    bring_to(letter, change(letter))
    reply = filed()
    assert bad_facts(reply) == facts
    assert not reply.beyond_doubt
    assert not reply.claims.filter(status=ClaimStatus.ACCEPTED).exists()


def test_a_long_way_and_a_date_before_the_letter(cast: Any, zone: Zone) -> None:
    letter = letter_of(switched_on(cast))
    for days in (-6, 2):
        bring_to(letter, signed(written(letter, at=timezone.now() + timedelta(days=days))))
        assert bad_facts(filed()) == ["out_of_time"]


def test_a_name_server_that_does_not_answer(cast: Any, zone: Zone) -> None:
    letter = letter_of(switched_on(cast))
    zone.path.unlink()
    bring_to(letter, genuine(letter))
    assert bad_facts(filed()) == ["no_key_now"]


def test_our_border_server_may_vouch(cast: Any, zone: Zone, settings: Any) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.portal.test"
    letter = letter_of(switched_on(cast))
    said = f"Authentication-Results: mx.portal.test; dmarc=pass header.from={DOMAIN}\r\n"
    taken_in = "Received: from telegram.test by mx.portal.test with ESMTPS\r\n"
    bring_to(letter, (said + taken_in).encode() + written(letter))
    reply = filed()
    assert (reply.trust, reply.trust_facts[2], reply.beyond_doubt) == (Trust.VERIFIED, "border", True)
    assert reply.claims.filter(status=ClaimStatus.ACCEPTED).count() == 3
    bring_to(letter, (taken_in + said).encode() + written(letter))
    assert bad_facts(filed()) == ["unsigned"]


def test_strangers_and_former_contacts_are_not_looked_up(cast: Any, zone: Zone) -> None:
    letter = letter_of(stages.approved(cast))
    zone.path.unlink()  # asking would show
    bring_to(letter, signed(written(letter, From="<x@elsewhere.test>"), domain="elsewhere.test"))
    assert (filed().trust, filed().trust_facts) == (Trust.STRANGER, ["one_sender", "not_listed"])
    contact = letter.request.contact
    retire_contact(contact=contact, reason="Out of date.", by=cast.supervisor)
    bring_to(letter, genuine(letter))
    assert filed().trust == Trust.STRANGER
    propose_contact(organisation=contact.organisation, email=contact.email, language="en", by=cast.analyst)
    bring_to(letter, genuine(letter))
    reply = filed()
    assert (reply.trust, reply.incoming.authentication, reply.claims.count()) == (Trust.STRANGER, "", 0)


def test_a_sender_line_that_cannot_be_read(cast: Any, zone: Zone) -> None:
    letter = letter_of(stages.approved(cast))
    bring_to(letter, genuine(letter, From=f"{stages.LIAISON}, x@elsewhere.test"))
    assert (filed().trust, filed().trust_facts) == (Trust.DEFECTIVE, ["several_addresses"])


def test_an_automatic_answer_is_told_by_its_kind(cast: Any, zone: Zone) -> None:
    letter = letter_of(switched_on(cast))
    bring_to(letter, genuine(letter, Auto_Submitted="auto-replied"))
    reply = filed()
    assert (reply.trust_facts, reply.claims.count()) == (["one_sender", "listed", "auto_reply"], 0)


def test_a_dispute_about_a_message_id_taints_both(cast: Any, zone: Zone) -> None:
    letter = letter_of(switched_on(cast))
    for text in ("1-2 have been removed.", "1-3 have been removed."):
        bring_to(letter, genuine(letter, text, Message_ID="<same@telegram.test>"))
    second = filed()
    assert bad_facts(second) == ["disputed"]
    assert second.claims.count() == 0


def test_one_mail_to_two_requests_is_decided_by_a_person(cast: Any, zone: Zone) -> None:
    first, other = switched_on(cast), stages.approved(cast, case=stages.case_of(cast, first=201))
    letter = letter_of(first)
    bring(genuine(letter), *(reply_address(letter_of(each).mail.token) for each in (first, other)))
    assert {tuple(bad_facts(reply)) for reply in Reply.objects.all()} == {
        ("several_requests",), ("to_others", "several_requests"),
    }  # fmt: skip
    assert not Claim.objects.exists()


def test_switched_on_it_is_recorded_settled_and_checked(cast: Any, zone: Zone) -> None:
    request = switched_on(cast)
    letter = letter_of(request)
    bring_to(letter, genuine(letter))
    claims = Claim.objects.all()
    assert {(claim.status, claim.decided_by, claim.decided_by_rule) for claim in claims} == {("accepted", None, True)}
    request.refresh_from_db()
    assert request.status == RequestStatus.ANSWERED
    assert {line.item.standing for line in request.items.select_related("item")} == {"claimed"}
    assert CheckOrder.objects.filter(done_at=None).count() == 3
    event = Event.objects.get(action="claim.recorded_by_rule")
    assert (event.actor, event.detail) == (None, {"claims": 3, "numbers": [1, 2, 3]})
    assert filed().handled_at is None  # a person still sees it


def test_only_what_a_check_can_bear_out_is_recorded(cast: Any, zone: Zone) -> None:
    letter = letter_of(switched_on(cast))
    bring_to(letter, genuine(letter, "1 has been removed. 2 is under review. 3 was refused: not illegal."))
    stands = dict(Claim.objects.values_list("kind", "status"))
    assert stands["removed"] == ClaimStatus.ACCEPTED
    assert {status for kind, status in stands.items() if kind != "removed"} == {ClaimStatus.PROPOSED}


@pytest.mark.parametrize(
    "text", ["1-3 have been removed. 7 was removed as well.", "All 2 removed.", "They will be removed soon."]
)
def test_nothing_is_recorded_from_what_was_not_read_whole(cast: Any, zone: Zone, text: str) -> None:
    letter = letter_of(switched_on(cast))
    bring_to(letter, genuine(letter, text))
    assert filed().beyond_doubt
    assert not Claim.objects.filter(status=ClaimStatus.ACCEPTED).exists()


def test_a_final_answer_that_stands_is_not_overturned_without_a_person(cast: Any, zone: Zone) -> None:
    request = switched_on(cast)
    letter = letter_of(request)
    bring_to(letter, written(letter, "1 was refused: not illegal."))
    reply = filed()
    line = request.items.get(number=1)
    services.set_claim(reply=reply, takedown_item=line, kind=ClaimKind.REFUSED, by=cast.analyst)
    bring_to(letter, genuine(letter))
    assert dict(filed().claims.values_list("takedown_item__number", "status")) == {
        1: ClaimStatus.PROPOSED, 2: ClaimStatus.ACCEPTED, 3: ClaimStatus.ACCEPTED,
    }  # fmt: skip


def test_not_in_a_closed_request_and_not_after_the_switch_is_off(cast: Any, zone: Zone) -> None:
    request = switched_on(cast)
    letter = letter_of(request)
    switch_recording(organisation=request.addressee, on=False, reason="Agreed with them.", by=cast.second_supervisor)
    bring_to(letter, genuine(letter))
    switch_recording(organisation=request.addressee, on=True, reason="Agreed with them.", by=cast.supervisor)
    services.close_request(request=request, by=cast.analyst)
    bring_to(letter, genuine(letter))
    assert Reply.objects.count() == 2
    assert not Claim.objects.filter(status=ClaimStatus.ACCEPTED).exists()
    assert "waiting for a reply" in str(rules.why_not_record_by_rule(filed()))


def test_only_a_supervisor_switches_it(cast: Any) -> None:
    telegram = stages.telegram(cast)
    for person in (cast.analyst, cast.auditor, cast.administrator):
        with pytest.raises(Refused):
            switch_recording(organisation=telegram, on=True, reason="Agreed with them.", by=person)


def test_a_person_can_correct_what_a_rule_recorded(cast: Any, zone: Zone) -> None:
    request = switched_on(cast)
    letter = letter_of(request)
    bring_to(letter, genuine(letter))
    line = request.items.get(number=2)
    made = services.set_claim(reply=filed(), takedown_item=line, kind=ClaimKind.REFUSED, by=cast.analyst)
    assert made.supersedes.decided_by_rule
    assert (made.decided_by, made.decided_by_rule) == (cast.analyst, False)
