"""An active contact whose letters come back says so on its organisation's page, and retiring it is proposed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mailroom.models import OutgoingMail
from platforms.models import Contact
from platforms.states import ContactStatus
from takedowns import services
from takedowns.models import TakedownRequest
from tests.takedowns import stages

pytestmark = pytest.mark.django_db
WORDS = "Letters to this address come back"


def page(client, person, request: TakedownRequest) -> str:
    client.force_login(person)
    return client.get(reverse("platforms:organisation", args=[request.addressee_id])).content.decode()


def age(request: TakedownRequest, **units: float) -> None:
    OutgoingMail.objects.filter(letter__request=request).update(accepted_at=timezone.now() - timedelta(**units))


def test_it_says_so_and_can_be_retired_with_the_reason_at_hand(cast, client) -> None:
    request = stages.bounced(cast)
    retire = reverse("platforms:retire", args=[request.contact_id])
    shown = page(client, cast.analyst, request)
    assert WORDS in shown
    reason = f"Letters to it come back since {timezone.localtime():%Y-%m-%d}."
    assert f"required>{reason}</textarea>" in shown
    told = page(client, cast.auditor, request)
    assert WORDS in told
    assert retire not in told
    client.force_login(cast.analyst)
    client.post(retire, {"reason": reason})
    contact = Contact.objects.get(pk=request.contact_id)
    assert (contact.status, contact.retired_why, contact.retired_by) == (ContactStatus.RETIRED, reason, cast.analyst)
    assert WORDS not in page(client, cast.analyst, request)


def test_since_the_first_of_several(cast, client) -> None:
    request = stages.bounced(cast)
    second = stages.approved(cast, case=stages.case_of(cast, items=2, room="lakeside_library_room"))
    stages.mark_left(second)
    assert "1 letter" in page(client, cast.analyst, request)
    stages.give_back(second.letters.get())
    assert "2 letters" in page(client, cast.analyst, request)


def test_a_letter_that_arrived_since_ends_it(cast, client) -> None:
    request = stages.bounced(cast)
    age(request, days=2)
    second = stages.approved(cast, case=stages.case_of(cast, items=2, room="lakeside_library_room"))
    stages.mark_left(second)
    # Just now: it can still come back.
    assert WORDS in page(client, cast.analyst, request)
    age(second, hours=2)
    assert WORDS not in page(client, cast.analyst, request)


def test_a_delay_or_a_stay_of_another_address_is_none(cast, client) -> None:
    request = stages.approved(cast)
    stages.mark_left(request)
    stages.give_back(request.letters.get(), status="4.4.1", action="delayed")
    assert WORDS not in page(client, cast.analyst, request)
    stages.another_contact(cast)
    stages.give_back(request.letters.get())
    assert page(client, cast.analyst, request).count(WORDS) == 1


def test_where_a_contact_is_chosen_it_says_so_and_offers_another_first(cast, client) -> None:
    request = stages.bounced(cast)
    other = stages.another_contact(cast)
    case = stages.case_of(cast, items=2, room="lakeside_library_room")
    client.force_login(cast.analyst)
    shown = client.get(reverse("takedowns:ask", args=[case.pk])).content.decode()
    assert f"{stages.LIAISON} (letters come back)" in shown
    assert f'value="{other.pk}" selected' in shown
    age(request, days=2)
    later = stages.approved(cast, case=stages.case_of(cast, items=2, room="hillside_library_room"))
    stages.mark_left(later)
    age(later, hours=2)
    shown = client.get(reverse("takedowns:ask", args=[case.pk])).content.decode()
    assert "letters come back" not in shown
    assert f'value="{request.contact_id}" selected' in shown


def test_its_queries_do_not_grow(cast, client, django_assert_max_num_queries) -> None:
    request = stages.bounced(cast)
    for room in ("lakeside_library_room", "hillside_library_room"):
        other = stages.approved(cast, case=stages.case_of(cast, items=2, room=room))
        stages.mark_left(other)
        stages.give_back(other.letters.get())
    client.force_login(cast.supervisor)
    with django_assert_max_num_queries(12):
        client.get(reverse("platforms:organisation", args=[request.addressee_id]))


def test_the_mail_page_names_a_letter_until_it_was_sent_to_another_contact(cast, client) -> None:
    request = stages.bounced(cast)
    client.force_login(cast.analyst)
    words = "A letter came back and has not been sent to another contact."
    shown = client.get("/mail/").content.decode()
    assert words in shown
    assert reverse("takedowns:request", args=[request.pk]) in shown
    services.close_request(request=request, by=cast.analyst)
    assert words not in client.get("/mail/").content.decode()
