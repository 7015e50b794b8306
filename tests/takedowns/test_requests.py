"""From draft to approval: four eyes by rule and by trigger, one letter whatever happens, numbers that stay."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.errors import Refused
from mailroom.models import OutgoingMail
from mailroom.services import outbox
from takedowns import services
from takedowns.models import Approval, Letter, Revision, TakedownItem, TakedownRequest
from takedowns.states import Decision, RequestStatus
from tests.at_once import at_once
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def test_the_letter_lists_its_items_and_keeps_its_blanks(cast) -> None:
    request = stages.drafted(cast, items=3)
    revision = request.revisions.get()
    for n in (1, 2, 3):
        assert f"\n{n}. https://t.me/portal_demo_room/{100 + n}\n" in revision.body
    assert "[[NUMBER]]" in revision.body
    assert request.number in revision.subject
    assert revision.recipient == stages.LIAISON


def test_korean_letter(cast) -> None:
    revision = stages.drafted(cast, language="ko").revisions.get()
    assert "삭제를 요청합니다" in revision.body.replace("\n", " ")
    assert "3건" in revision.subject


def test_approval_puts_the_exact_words_into_the_outbox(cast) -> None:
    request = stages.approved(cast)
    letter = Letter.objects.get(request=request)
    sent = outbox.read_bytes(letter.mail)
    assert letter.number.encode() in sent
    assert b"[[" not in sent
    assert letter.mail.state == "queued"
    assert [line.printed_label for line in letter.items.order_by("id")] == ["1", "2", "3"]
    assert request.status == RequestStatus.APPROVED
    assert request.due_at
    assert request.approved_at
    assert request.due_at - request.approved_at == timedelta(hours=24)


def test_nobody_approves_their_own_words(cast) -> None:
    request = stages.drafted(cast)
    contact = request.contact
    services.revise_letter(
        request=request, by=cast.supervisor, contact=contact, language="en", deadline_hours=24, message="Please hurry."
    )
    services.submit(request=request, by=cast.analyst)
    digest = request.revisions.last().body_sha256
    with pytest.raises(Refused, match="part of this letter"):
        services.approve(request=request, digest=digest, by=cast.supervisor)
    services.approve(request=request, digest=digest, by=cast.second_supervisor)


def test_an_analyst_never_approves(cast) -> None:
    request = stages.submitted(cast)
    with pytest.raises(Refused):
        services.approve(request=request, digest=request.revisions.get().body_sha256, by=cast.analyst)


def test_only_the_digest_that_was_shown_is_approved(cast) -> None:
    request = stages.submitted(cast)
    with pytest.raises(Refused, match="changed since"):
        services.approve(request=request, digest="0" * 64, by=cast.supervisor)
    assert not OutgoingMail.objects.exists()


def test_the_database_refuses_an_author(cast) -> None:
    request = stages.submitted(cast)
    revision = request.revisions.get()
    with pytest.raises(IntegrityError, match="wrote a revision"), transaction.atomic():
        Approval.objects.create(
            request=request,
            revision=revision,
            decision=Decision.APPROVED,
            digest=revision.body_sha256,
            by=cast.analyst,
            at=timezone.now(),
        )
    with pytest.raises(IntegrityError, match="wrote a revision"), transaction.atomic():
        TakedownRequest.objects.filter(pk=request.pk).update(
            approved_by=cast.analyst, approved_at=timezone.now(), due_at=timezone.now()
        )


def test_the_database_refuses_another_digest(cast) -> None:
    request = stages.submitted(cast)
    with pytest.raises(IntegrityError, match="digest"), transaction.atomic():
        Approval.objects.create(
            request=request,
            revision=request.revisions.get(),
            decision=Decision.APPROVED,
            digest="f" * 64,
            by=cast.supervisor,
            at=timezone.now(),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE takedowns_revision SET body = 'other words'",
        "DELETE FROM takedowns_revision",
        "UPDATE takedowns_takedownitem SET number = 99 WHERE number = 1",
        "DELETE FROM takedowns_takedownitem",
    ],
)
def test_what_was_submitted_stays(cast, statement) -> None:
    stages.submitted(cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_approved_needs_an_approver(cast) -> None:
    request = stages.submitted(cast)
    refused = pytest.raises(IntegrityError, match="request_leaves_with_an_approver")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE takedowns_takedownrequest SET status = 'approved' WHERE id = %s", [request.pk])


def test_returned_with_words_and_submitted_again(cast) -> None:
    request = stages.submitted(cast)
    with pytest.raises(Refused, match="what has to change"):
        services.return_with_words(request=request, words=" ", by=cast.supervisor)
    services.return_with_words(request=request, words="Name the law.", by=cast.supervisor)
    request.refresh_from_db()
    assert request.status == RequestStatus.DRAFT
    services.revise_letter(
        request=request,
        by=cast.analyst,
        contact=request.contact,
        language="en",
        deadline_hours=12,
        message="Under article 44-7.",
    )
    services.submit(request=request, by=cast.analyst)
    last = request.revisions.last()
    assert (last.n, "Under article 44-7." in last.body, "12 hours" in last.body) == (2, True, True)
    services.approve(request=request, digest=last.body_sha256, by=cast.supervisor)
    assert Approval.objects.filter(request=request).count() == 2


def test_one_open_demand_an_item(cast) -> None:
    request = stages.drafted(cast)
    case = request.case
    items = [line.item for line in request.items.all()]
    with pytest.raises(Refused, match="open request already"):
        services.draft_request(
            case=case, contact=request.contact, items=items, by=cast.analyst, language="en", deadline_hours=24
        )
    services.withdraw(request=request, by=cast.analyst)
    again = services.draft_request(
        case=case, contact=request.contact, items=items, by=cast.analyst, language="en", deadline_hours=24
    )
    assert again.number != request.number
    with pytest.raises(IntegrityError, match="one_open_demand_an_item"), transaction.atomic():
        TakedownItem.objects.filter(request=request).update(open=True)


def test_an_inactive_contact_gets_no_letter(cast) -> None:
    request = stages.submitted(cast)
    request.contact.__class__.objects.filter(pk=request.contact_id).update(
        status="retired", retired_by=cast.supervisor, retired_at=timezone.now()
    )
    with pytest.raises(Refused, match="no longer active"):
        services.approve(request=request, digest=request.revisions.get().body_sha256, by=cast.supervisor)


@pytest.mark.django_db(transaction=True)
def test_approval_pressed_by_twenty_at_once(cast) -> None:
    request = stages.submitted(cast)
    digest = request.revisions.get().body_sha256

    def press() -> bool:
        try:
            services.approve(request=TakedownRequest.objects.get(pk=request.pk), digest=digest, by=cast.supervisor)
        except Refused:
            return False
        return True

    assert sum(at_once([press] * 20)) == 1
    assert OutgoingMail.objects.count() == 1
    assert Letter.objects.count() == 1
    assert Approval.objects.count() == 1


def test_revisions_count_their_authors(cast) -> None:
    request = stages.drafted(cast)
    assert Revision.objects.filter(request=request, author=cast.analyst).count() == 1


def test_another_team_cannot_touch_it(cast) -> None:
    request = stages.drafted(cast)
    for service in (services.submit, services.withdraw):
        with pytest.raises(Refused):
            service(request=request, by=cast.outsider)
