"""Mail that found no request is told of on the desk and the overview, and alarms when it waits too long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailroom.models import IncomingMail
from mailroom.services import inbox

pytestmark = pytest.mark.django_db
LATE = b"Mail without a request has been waiting too long"


def waiting_since(hours: int) -> None:
    data = b"From: <somebody@elsewhere.test>\r\nTo: <takedown@portal.test>\r\nSubject: Hello\r\n\r\nHello.\r\n"
    inbox.receive(door="lmtp", envelope_from="", envelope_to=["takedown@portal.test"], data=data)
    assert inbox.parse_next()
    IncomingMail.objects.update(received_at=timezone.now() - timedelta(hours=hours))


@pytest.mark.parametrize(("hours", "late"), [(1, False), (25, True)])
def test_the_age_of_the_oldest_alarms(cast, client, hours, late) -> None:
    waiting_since(hours)
    for person, page in ((cast.analyst, "/"), (cast.administrator, "/"), (cast.supervisor, "/overview/")):
        client.force_login(person)
        shown = client.get(page).content
        assert b"Mail without a request" in shown
        assert (LATE in shown) is late, page


def test_who_sees_no_mail_is_not_told(cast, client) -> None:
    waiting_since(25)
    for person in (cast.intake, cast.auditor):
        client.force_login(person)
        assert LATE not in client.get("/").content
