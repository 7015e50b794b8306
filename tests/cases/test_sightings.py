"""Content that comes back: seen by a person, the item stands as come back and a closed case opens again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from cases import services
from cases.states import CaseStatus, OutcomeKind, SightingKind, Standing
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(cast):
    """A closed case whose one item was gone before anybody asked."""
    case = stages.case_of(cast, items=1)
    item = case.case_items.get().item
    services.record_check(item=item, outcome="gone", method="telegram_preview", at=timezone.now() - timedelta(hours=1))
    item.refresh_from_db()
    services.record_outcome(case=case, item=item, by=cast.analyst, kind=OutcomeKind.GONE_UNASKED, reason="Gone.")
    return services.close_case(case=case, by=cast.analyst)


def test_seen_again_wakes_the_case(cast, closed, client) -> None:
    item = closed.case_items.get().item
    client.force_login(cast.analyst)
    address = reverse("cases:record_sighting", args=[closed.pk, item.pk])
    seen_at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    page = client.post(address, {"seen-kind": "same_place", "seen-seen_at": seen_at, "seen-note": "Patrol."})
    assert page.status_code == 302
    item.refresh_from_db()
    closed.refresh_from_db()
    assert (item.standing, closed.status) == (Standing.REAPPEARED, CaseStatus.OPEN)
    assert "Patrol." in client.get(reverse("cases:item", args=[closed.pk, item.pk])).content.decode()


def test_what_is_typed_stays_when_the_moment_is_wrong(cast, closed, client) -> None:
    item = closed.case_items.get().item
    client.force_login(cast.analyst)
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    page = client.post(
        reverse("cases:record_sighting", args=[closed.pk, item.pk]),
        {"seen-kind": "elsewhere", "seen-seen_at": tomorrow, "seen-note": "Kept words."},
    )
    assert "Kept words." in page.content.decode()
    assert not item.sightings.exists()


def test_another_team_and_the_future_are_refused(cast, closed) -> None:
    item = closed.case_items.get().item
    for by, at in ((cast.outsider, timezone.now()), (cast.analyst, timezone.now() + timedelta(days=1))):
        with pytest.raises(Refused):
            services.record_sighting(case=closed, item=item, by=by, kind=SightingKind.SAME_PLACE, at=at)
