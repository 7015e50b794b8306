"""Every mail at hand comes in by the real door: none lost, none in the way of the next, and each of its kind."""

import hashlib
import re
import smtplib
from typing import Any

import pytest

from mailroom.models import IncomingMail, RawMail
from mailroom.services import inbox
from mailroom.states import IncomingState
from tests.mailroom.corpora import UNREADABLE, Specimen, judge, specimens
from tests.mailroom.processes import free_port, manage
from tests.waiting import until

BOX = "takedown@portal.test"


def knock(port: int) -> smtplib.LMTP | None:
    try:
        return smtplib.LMTP("127.0.0.1", port, local_hostname="relay.test")
    except OSError:
        return None


def on_the_wire(data: bytes) -> bytes:
    """What a mail server hands to the door: its lines end as SMTP wants it, the last one too."""
    lines = re.sub(rb"\r?\n", b"\r\n", data)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


@pytest.mark.django_db(transaction=True)
def test_every_mail_at_hand_comes_in_and_the_queue_moves_on(record_property: Any) -> None:
    """0 lost, 0 crashes; a mail beyond its limits is kept and shown, and those behind it are read."""
    everything = list(specimens())
    port = free_port()
    with manage("receive_mail", MAIL_DOOR_PORT=port, MAIL_DOOR_PROTOCOL="lmtp"):
        client = until(lambda: knock(port), what="the door is open")
        assert client is not None
        for specimen in everything:
            assert client.sendmail(specimen.envelope_from, [BOX], on_the_wire(specimen.data)) == {}
        client.quit()
    wanted = {hashlib.sha256(on_the_wire(specimen.data)).hexdigest() for specimen in everything}
    assert set(RawMail.objects.values_list("sha256", flat=True)) == wanted
    steps = 0
    while inbox.parse_next():
        steps += 1
    read = IncomingMail.objects.exclude(state=IncomingState.WAITING)
    assert steps == read.count() == len(wanted)  # each at the first try: nothing failed, nothing came by again
    given_up = read.filter(state=IncomingState.POISON)
    assert given_up.count() <= len(wanted) / 100
    assert not given_up.filter(unreadable__in=["child_died", "bad_output", "out_of_time", "interrupted"]).exists()
    record_property("mails", len(everything))
    record_property("given up", sorted(given_up.values_list("unreadable", flat=True)))
    same = {specimen: kind_in_the_inbox(specimen) == specimen.kind for specimen in everything}
    assert [specimen.path for specimen, agrees in same.items() if not agrees] == []


def kind_in_the_inbox(specimen: Specimen) -> str:
    mail = IncomingMail.objects.get(raw__sha256=hashlib.sha256(on_the_wire(specimen.data)).hexdigest())
    if mail.duplicate_of_id:
        return specimen.kind  # the same words under another name
    return UNREADABLE if mail.state == IncomingState.POISON else mail.kind


def test_bounces_are_told_from_ordinary_mail(record_property: Any) -> None:
    """With truth beside them: 97 of 100 at least; of ordinary mail at most one in a hundred is taken for one."""
    own = {specimen: specimen.kind for specimen in specimens()}
    verdict, with_flufl = judge(own), judge({specimen: specimen.with_flufl for specimen in own})
    for name, one in (("ours", verdict), ("with flufl.bounce", with_flufl)):
        record_property(name, f"{one.recall:.4f} told, {one.false_alarms:.4f} false")
        assert one.recall >= 0.97, name
        assert one.false_alarms <= 0.01, name
