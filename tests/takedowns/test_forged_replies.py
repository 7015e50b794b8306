"""Two hundred forged replies record nothing by themselves, whether or not that is switched on for the platform."""

from pathlib import Path
from typing import Any

import pytest

from mailroom.models import IncomingMail
from mailroom.services import inbox
from platforms.models import Contact
from platforms.services import propose_contact, retire_contact, switch_recording
from takedowns import services
from takedowns.models import Claim, RemovalConfirmation, Reply, TakedownRequest
from takedowns.states import ClaimStatus, RequestStatus
from tests.mailroom.signing import Zone, key
from tests.takedowns import stages
from tests.takedowns.forgeries import FOREIGN, SERVER, forgeries
from tests.takedowns.signed_mails import DOMAIN, bring_to, genuine, letter_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def _keys(settings: Any, tmp_path: Path) -> None:
    """The platform's key and what it left lying about; the forger's own."""
    settings.MAIL_DNS_ZONE, settings.MAIL_AUTHSERV_ID = str(tmp_path / "zone.txt"), SERVER
    zone = Zone(tmp_path / "zone.txt")
    for domain in (DOMAIN, "example.org", *FOREIGN):
        zone.add_key(domain)
    zone.add_key(DOMAIN, selector="testing", extra="t=y; ")
    zone.add(f"withdrawn._domainkey.{DOMAIN}", "v=DKIM1; p=")
    zone.add_key(DOMAIN, selector="twice")
    zone.add(f"twice._domainkey.{DOMAIN}", f"v=DKIM1; p={key(1024)[1]}")


def asked(cast: Any, *, on: bool) -> TakedownRequest:
    request = stages.approved(cast)
    platform = request.addressee
    if on:
        switch_recording(organisation=platform, on=True, reason="Agreed with them.", by=cast.supervisor)
    retired = propose_contact(organisation=platform, email="retired@telegram.test", language="en", by=cast.analyst)
    retire_contact(contact=Contact.objects.get(pk=retired.pk), reason="Out of date.", by=cast.supervisor)
    propose_contact(organisation=platform, email="proposed@telegram.test", language="en", by=cast.analyst)
    return TakedownRequest.objects.get(pk=request.pk)


@pytest.mark.usefixtures("_keys")
@pytest.mark.parametrize("on", [True, False], ids=["switched on", "switched off"])
def test_two_hundred_forged_replies_record_nothing(cast: Any, on: bool, record_property: Any) -> None:
    request = asked(cast, on=on)
    letter = letter_of(request)
    made = list(forgeries(letter))
    assert len({forged.name for forged in made}) == len(made) >= 200
    for forged in made:
        inbox.receive(door="lmtp", envelope_from=forged.sender, envelope_to=[forged.recipient], data=forged.data)
    while inbox.parse_next() or services.file_next():
        pass
    record_property("forged", len(made))
    assert not IncomingMail.objects.filter(state="waiting").exists()
    assert not Claim.objects.exclude(status=ClaimStatus.PROPOSED).exists()
    assert not RemovalConfirmation.objects.exists()
    assert [reply.trust_facts for reply in Reply.objects.all() if reply.beyond_doubt] == []
    request.refresh_from_db()
    assert request.status == RequestStatus.APPROVED
    assert {line.item.standing for line in request.items.select_related("item")} == {"open"}
    # The same way, a real one: recorded where that is switched on, so that the test could have failed.
    bring_to(letter, genuine(letter))
    assert Claim.objects.filter(status=ClaimStatus.ACCEPTED).count() == (3 if on else 0)
