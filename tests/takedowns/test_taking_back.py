"""Taking back what was accepted by mistake, and undoing what was decided a moment ago. History stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from audit.models import Event
from takedowns import services
from takedowns.models import Claim, RemovalConfirmation, Reply, TakedownRequest, TakenBack
from takedowns.states import ClaimKind, ClaimStatus, RequestStatus
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def accepted(cast, text: str = "1-3 have been removed.") -> Reply:
    reply = stages.replied(cast, text)
    stages.mark_left(reply.request)
    services.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    reply.refresh_from_db()
    return reply


def back(cast, reply: Reply, *numbers: int, reason: str = "It speaks of another room.") -> list[Claim]:
    return services.take_back(
        reply=reply, items=stages.lines(reply.request, *numbers), reason=reason, by=cast.second_analyst
    )


def stands(request: TakedownRequest) -> dict[int, str]:
    return dict(request.items.values_list("number", "item__standing"))


def status(request: TakedownRequest) -> str:
    return TakedownRequest.objects.get(pk=request.pk).status


def test_it_stays_readable_with_who_when_and_why(cast) -> None:
    reply = accepted(cast)
    (claim,) = back(cast, reply, 2)
    claim.refresh_from_db()
    assert (claim.status, claim.decided_by) == (ClaimStatus.TAKEN_BACK, cast.analyst)
    assert (claim.taken_back.by, claim.taken_back.reason) == (cast.second_analyst, "It speaks of another room.")
    assert stands(reply.request) == {1: "claimed", 2: "open", 3: "claimed"}
    assert status(reply.request) == RequestStatus.PARTLY_ANSWERED
    assert Event.objects.get(action="claim.taken_back").detail == {"claims": 1, "numbers": [2]}
    back(cast, reply, 1, 3)
    assert status(reply.request) == RequestStatus.APPROVED


def test_what_an_earlier_mail_said_holds_again(cast) -> None:
    first = accepted(cast, "1-3 are under review.")
    stages.answer(first.request, "1-3 have been removed.")
    assert services.file_next()
    second = first.request.replies.exclude(pk=first.pk).get()
    services.accept_claims(reply=second, claims=list(second.claims.all()), by=cast.analyst)
    assert stands(first.request)[1] == "claimed"
    back(cast, second, 1)
    assert stands(first.request) == {1: "in_progress", 2: "claimed", 3: "claimed"}


def test_what_stands_in_the_way(cast) -> None:
    reply = accepted(cast)
    with pytest.raises(Refused, match="Say why"):
        back(cast, reply, 1, reason=" ")
    with pytest.raises(Refused):
        services.take_back(reply=reply, items=stages.lines(reply.request, 1), reason="x", by=cast.auditor)
    stages.found(reply.request, "gone", [1])
    services.confirm_removals(request=reply.request, items=stages.lines(reply.request, 1), by=cast.analyst)
    with pytest.raises(Refused, match="Void that confirmation first"):
        back(cast, reply, 1, 2)
    services.void_confirmation(confirmation=RemovalConfirmation.objects.get(), reason="Wrong mail.", by=cast.analyst)
    back(cast, reply, 1, 2)
    with pytest.raises(Refused, match="at least one"):
        back(cast, reply, 1)


def test_the_record_of_it_is_never_changed(cast) -> None:
    back(cast, accepted(cast), 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        TakenBack.objects.update(reason="Another one.")
    with pytest.raises(DatabaseError), transaction.atomic():
        TakenBack.objects.all().delete()


def test_then_the_mail_can_be_moved(cast) -> None:
    reply = accepted(cast)
    other = stages.approved(cast, case=stages.case_of(cast, items=2, room="lakeside_library_room"))
    move = {"reply": reply, "requests": [other], "reason": "Another room.", "by": cast.analyst}
    with pytest.raises(Refused, match="Take it back first"):
        services.refile(**move)
    back(cast, reply, 1, 2, 3)
    assert services.refile(**move)


def test_undone_it_is_proposed_again(cast) -> None:
    reply = stages.replied(cast, "1-2 have been removed. 3 was not found.")
    lines = {line.number: line.pk for line in reply.request.items.all()}
    at = timezone.now()
    services.decide_claims(
        reply=reply,
        accepted={lines[1]: ClaimKind.REMOVED, lines[2]: ClaimKind.REFUSED},
        rejected=[lines[3]],
        by=cast.analyst,
        at=at,
    )
    assert services.undo(reply=reply, decided_at=at, by=cast.analyst) == [1, 2, 3]
    open_again = reply.claims.filter(status=ClaimStatus.PROPOSED)
    assert dict(open_again.values_list("takedown_item__number", "kind")) == {1: "removed", 2: "removed", 3: "not_found"}
    assert set(stands(reply.request).values()) == {"open"}
    assert status(reply.request) == RequestStatus.APPROVED
    reply.refresh_from_db()
    assert reply.handled_at is None
    assert Event.objects.get(action="claim.undone").detail["numbers"] == [1, 2, 3]
    with pytest.raises(Refused, match="taken back already"):
        services.undo(reply=reply, decided_at=at, by=cast.analyst)


def test_undoing_a_correction_brings_back_what_it_replaced(cast) -> None:
    reply = accepted(cast)
    (line,) = stages.lines(reply.request, 1)
    at = timezone.now()
    services.set_claim(reply=reply, takedown_item=line, kind=ClaimKind.REFUSED, by=cast.analyst, at=at)
    assert stands(reply.request)[1] == "refused"
    services.undo(reply=reply, decided_at=at, by=cast.analyst)
    assert stands(reply.request)[1] == "claimed"
    services.set_claim(reply=reply, takedown_item=line, kind=ClaimKind.NOT_FOUND, by=cast.analyst)
    assert Claim.objects.effective().get(takedown_item=line).kind == ClaimKind.NOT_FOUND


def test_what_is_too_old_or_not_ones_own_is_not_undone(cast) -> None:
    reply = stages.replied(cast)
    claims, at = list(reply.claims.order_by("takedown_item__number")), timezone.now()
    services.accept_claims(reply=reply, claims=claims[:1], by=cast.analyst, at=at)
    with pytest.raises(Refused, match="Something else"):
        services.undo(reply=reply, decided_at=at, by=cast.second_analyst)
    with pytest.raises(Refused, match="some time ago"):
        services.undo(reply=reply, decided_at=at, by=cast.analyst, at=at + timedelta(minutes=16))
    services.accept_claims(reply=reply, claims=claims[1:], by=cast.second_analyst)
    with pytest.raises(Refused, match="Something else"):
        services.undo(reply=reply, decided_at=at, by=cast.analyst)


def test_clicked(cast, client, django_assert_max_num_queries) -> None:
    reply = stages.replied(cast)
    shown, undo, taken = (reverse(f"takedowns:{name}", args=[reply.pk]) for name in ("reply", "undo", "take_back"))
    client.force_login(cast.analyst)
    client.post(shown, {"do": "accept_all"})
    with django_assert_max_num_queries(12):
        page = client.get(shown)
    assert b"You decided a moment ago about no. 1-3." in page.content
    decided_at = page.context["undoable"].at.isoformat()
    client.post(undo, {"decided_at": decided_at})
    assert reply.claims.filter(status=ClaimStatus.PROPOSED).count() == 3
    assert client.post(undo, {"decided_at": "yesterday"}).status_code == 302
    client.post(shown, {"do": "accept_all"})
    with django_assert_max_num_queries(12):
        assert client.get(taken).status_code == 200
    assert client.post(taken, {"reason": "Wrong mail."}).status_code == 422
    line = str(reply.request.items.get(number=2).pk)
    assert client.post(taken, {"items": line, "reason": "Wrong mail."}).status_code == 302
    assert stands(reply.request) == {1: "claimed", 2: "open", 3: "claimed"}
    item = reply.request.items.get(number=2).item_id
    told = client.get(reverse("cases:item", args=[reply.request.case_id, item])).content
    assert b"taken back by" in told
    assert b"Wrong mail." in told
    for person, answer in ((cast.auditor, 403), (cast.outsider, 404)):
        client.force_login(person)
        assert client.get(taken).status_code == answer
        assert client.post(undo, {"decided_at": decided_at}).status_code == answer


def test_what_waits_for_a_decision_stands_first_then_what_was_just_decided(cast, client) -> None:
    reply = stages.replied(cast, "Items 3 and 5 have been removed.", items=5)
    shown = reverse("takedowns:reply", args=[reply.pk])
    client.force_login(cast.analyst)

    def numbers() -> list[int]:
        return [row.line.number for row in client.get(shown).context["rows"]]

    assert numbers() == [3, 5, 1, 2, 4]
    line = reply.request.items.get(number=3)
    client.post(shown, {f"claim-{line.pk}": "removed", f"decision-{line.pk}": "accept"})
    assert numbers() == [5, 3, 1, 2, 4]
    client.post(shown, {"do": "accept_all"})
    assert numbers() == [5, 1, 2, 3, 4]
