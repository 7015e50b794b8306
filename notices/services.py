"""The only writers of this room: news pulled out of the rooms below, notices to people, mails that carry them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import can
from audit.errors import Refused
from audit.services import record
from audit.states import Action
from cases.models import Case
from mailroom import addresses
from mailroom.models import IncomingMail, OutgoingMail
from mailroom.services import inbox, outbox
from notices.facts import FACTS
from notices.mails import word
from notices.models import Choice, News, Notice
from notices.recipients import people_for
from notices.states import CONCERNS, DEFAULT_WAY, NewsKind, Way

AT_ONCE = 200  # facts of a kind in one sweep; the others wait for the next
PAUSE = timedelta(minutes=10)  # between two mails to one person: what happens meanwhile goes into the next


def tell_news() -> int:
    """Pull what is new out of the rooms below and settle what does not hold any more. Returns how much was told.

    Two sweeps at once are harmless: the database takes each piece of news once, and its notices come with it.
    """
    told = 0
    for kind, facts in FACTS.items():
        known = News.objects.filter(
            kind=kind, object_id=OuterRef("object_key"), case_id=OuterRef("in_case"), happened_at=OuterRef("moment")
        )
        new = facts().filter(~Exists(known), moment__isnull=False).order_by("moment")[:AT_ONCE]
        for row in new.values("object_key", "in_case", "moment", "target", "its_number"):
            told += _tell(kind, row)
        holds = facts().filter(
            object_key=OuterRef("object_id"), in_case=OuterRef("case_id"), moment=OuterRef("happened_at")
        )
        News.objects.filter(~Exists(holds), kind=kind, settled_at=None).update(settled_at=Now())
    return told


@transaction.atomic
def _tell(kind: NewsKind, row: Mapping[str, Any]) -> bool:
    """One piece of news with its notices: all of it, or nothing. False where another sweep was faster."""
    news = News(
        kind=kind,
        object_id=row["object_key"],
        case_id=row["in_case"],
        happened_at=row["moment"],
        target_id=row["target"],
        number=row["its_number"],
    )
    News.objects.bulk_create([news], ignore_conflicts=True)
    if not News.objects.filter(pk=news.pk).exists():
        return False
    case = Case.objects.select_related("team").get(pk=news.case_id)
    people = people_for(kind, case=case, object_id=news.object_id)
    ways = dict(Choice.objects.filter(kind=kind, person__in=people).values_list("person_id", "way"))
    Notice.objects.bulk_create(
        Notice(news=news, person=person, by_mail=way == Way.MAIL)
        for person in people
        if (way := ways.get(person.pk, DEFAULT_WAY)) != Way.NONE
    )
    return True


def mail_notices() -> int:
    """Write one mail to each person with notices to be mailed. Returns how many were put into the outbox."""
    recent = OutgoingMail.objects.filter(notices__person=OuterRef("person"), queued_at__gt=Now() - PAUSE)
    waiting = Notice.objects.to_mail().filter(~Exists(recent), person__is_active=True).exclude(person__email="")
    people = list(waiting.order_by().values_list("person", flat=True).distinct())
    return sum(_mail(person) for person in people)


@transaction.atomic
def _mail(person_id: UUID) -> bool:
    """Locked rows are another sweep's: each notice goes into one mail."""
    waiting = Notice.objects.to_mail().filter(person=person_id).select_related("news")
    notices = list(waiting.order_by("news__happened_at").select_for_update(skip_locked=True, of=("self",), no_key=True))
    person = User.objects.get(pk=person_id)
    if not notices or not addresses.is_plain(person.email):
        return False
    wording = word([notice.news for notice in notices], language=person.language)
    # Answers to it are nobody's: they come to the plain box and so to the tray of mail without a request.
    identity = replace(outbox.new_identity(), reply_to=addresses.from_address())
    mail = outbox.enqueue(
        identity=identity,
        idempotency_key=f"notice:{notices[0].pk}",
        to=person.email,
        subject=wording.subject,
        body=wording.body,
        language=person.language,
        auto_submitted=True,
        wants_answers=False,
        by=None,
    )
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mail=mail)
    return True


def put_away_reports() -> int:
    """Delivery reports about mails to staff need no filing: the account page shows that one came back."""
    reports = IncomingMail.objects.unfiled().filter(matches__outgoing__notices__isnull=False)
    only_ours = reports.exclude(matches__outgoing__notices__isnull=True).distinct()[:AT_ONCE]
    return sum(inbox.mark_filed(mail=mail) for mail in list(only_ours))


def choose_ways(*, ways: Mapping[NewsKind, Way], by: User) -> None:
    """By which way a person wants to be told of each kind of news that concerns them."""
    unknown = [kind for kind in ways if not can(by, CONCERNS[kind])]
    if unknown:
        raise Refused(_("Your roles do not have this kind of news."))
    rows = [Choice(person=by, kind=kind, way=way) for kind, way in ways.items()]
    with transaction.atomic():
        Choice.objects.bulk_create(rows, update_conflicts=True, unique_fields=["person", "kind"], update_fields=["way"])
        detail = {
            "by_mail": [kind.value for kind, way in ways.items() if way == Way.MAIL],
            "not_told": [kind.value for kind, way in ways.items() if way == Way.NONE],
        }
        record(action=Action.NOTICES_CHOSEN, by=by, obj=by, detail=detail)


def mark_read(*, by: User, notices: Sequence[UUID] | None = None) -> int:
    """Mark one's own notices as read: these, or (None) all. Returns how many were unread."""
    unread = Notice.objects.filter(person=by, read_at=None)
    if notices is not None:
        unread = unread.filter(pk__in=notices)
    return unread.update(read_at=Now())
