"""Lists of cases, and a case's requests and replies (which live a room higher, seen by reverse relation)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject, Now

from accounts.models import User
from cases.models import Case, CaseItem, ContentItem
from cases.next_step import AWAY, TO_ASK, UNANSWERED, RequestFacts
from cases.queries.reports import places_like
from cases.queries.tally import LONG_AGO, has_ended, in_open_request
from cases.states import UNSETTLED, Standing
from cases.words import FINAL_CLAIMS
from mailroom.models import OutgoingMail
from mailroom.states import Kind, OutgoingState


def cases_for(user: User, wanted: dict[str, Any]) -> QuerySet[Case]:
    """The cases that the person may see, newest first, narrowed by the filters of `CaseFilterForm`."""
    cases = Case.objects.visible_to(user)
    if status := wanted.get("status"):
        cases = cases.filter(status=status)
    if wanted.get("mine"):
        cases = cases.filter(owner=user)
    if text := (wanted.get("q") or "").strip():
        places = CaseItem.objects.filter(case=OuterRef("pk"), removed_at=None, item__locators__in=places_like(text))
        cases = cases.filter(
            Q(number__icontains=text)
            | Q(title__icontains=text)
            | Q(requests__number__iexact=text)
            | Q(reports__number__iexact=text)
            | Q(reports__institution__name__icontains=text)
            | Exists(places)
        ).distinct()
    return cases


def with_progress(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Annotate `total`, `unsettled`, `done` (items), `unread` (replies) and `next_due`. No query more than the list."""
    items = ContentItem.objects.filter(case_items__case=OuterRef("pk"), case_items__removed_at=None).order_by()
    replies = Case.objects.filter(
        pk=OuterRef("pk"), requests__replies__isnull=False, requests__replies__handled_at=None
    ).order_by()
    running = Case.objects.filter(
        pk=OuterRef("pk"), requests__due_at__isnull=False, requests__status__in=["approved", "partly_answered"]
    ).order_by()
    return cases.select_related("team", "owner").annotate(
        total=_count(items),
        unsettled=_count(items.filter(standing__in=UNSETTLED)),
        done=_count(items.annotate(over=has_ended()).filter(over=True)),
        unread=Subquery(replies.values("pk").annotate(n=Count("requests__replies", distinct=True)).values("n")),
        next_due=Subquery(running.values("pk").annotate(first=Min("requests__due_at")).values("first")),
    )


def _count(items: QuerySet[ContentItem]) -> Subquery:
    return Subquery(items.values("case_items__case").annotate(n=Count("pk")).values("n"))


@dataclass(frozen=True)
class LetterFacts:
    number: str
    state: str
    accepted_at: datetime | None
    message: str

    @property
    def label(self) -> str:
        return str(OutgoingState(self.state).label)


@dataclass(frozen=True)
class RequestRow:
    """A request of the case with its counts, its letter and the oldest reply that nobody has read."""

    request: Any
    lines: int
    answered: int
    confirmed: int
    confirmable: int
    replies: int
    letter: LetterFacts | None
    reply: UUID | None
    to_follow: int
    overdue: int
    uncertain: bool
    lost: bool
    by_hand: bool

    @property
    def facts(self) -> RequestFacts:
        return RequestFacts(
            id=self.request.pk,
            status=self.request.status,
            letter_state=self.letter_state,
            reply=self.reply,
            confirmable=self.confirmable,
            to_follow=self.to_follow if self.awaited else 0,
            overdue=self.overdue if self.awaited else 0,
        )

    @property
    def letter_state(self) -> str:
        """Of the latest letter, or of one that needs a person."""
        if self.lost:
            return "undelivered"
        if self.uncertain:
            return "uncertain"
        if self.by_hand:
            return "by_hand"
        return self.letter.state if self.letter else ""

    @property
    def awaited(self) -> bool:
        """Its letter left and it is open: the platform is expected to do something."""
        return bool(self.request.open and self.letter)

    @property
    def running(self) -> bool:
        """A deadline counts: it left the house and not everything is answered."""
        return self.request.status in ("approved", "partly_answered")


def requests_of(case: Case) -> list[RequestRow]:
    """The case's requests, newest first. One query."""
    lines = ContentItem.objects.filter(takedown_items__request=OuterRef("pk")).order_by()
    answered = lines.filter(
        ~Exists(_asked_again()),
        takedown_items__request=OuterRef("pk"),
        takedown_items__claims__status="accepted",
        takedown_items__claims__superseded_by=None,
        takedown_items__claims__kind__in=FINAL_CLAIMS,
    )
    over = lines.annotate(over=has_ended())
    waited_for = partial(_waited_for, request=OuterRef(OuterRef("pk")), item=OuterRef("pk"))
    letters = Case.objects.filter(requests=OuterRef("pk"), requests__letters__isnull=False)
    letter = letters.order_by("-requests__letters__written_at").values(
        told=JSONObject(
            number="requests__letters__number",
            state="requests__letters__mail__state",
            accepted_at="requests__letters__mail__accepted_at",
            message="requests__letters__mail__smtp_text",
        )
    )
    unread = Case.objects.filter(
        requests=OuterRef("pk"), requests__replies__isnull=False, requests__replies__handled_at=None
    )
    bounced = OutgoingMail.objects.bounced().values("pk")
    rows = case.requests.select_related("addressee", "drafted_by").annotate(
        line_count=_per_request(lines),
        answered_count=_per_request(answered),
        confirmed_count=_per_request(over.filter(over=True)),
        confirmable_count=_per_request(over.filter(over=False, standing=Standing.REMOVED)),
        to_follow_count=_per_request(lines.filter(~waited_for(since=OuterRef("standing_since")), standing__in=AWAY)),
        overdue_count=_per_request(lines.filter(~waited_for(since=LONG_AGO), standing__in=UNANSWERED)),
        uncertain=Exists(_mails().filter(state=OutgoingState.UNCERTAIN)),
        by_hand=Exists(_mails().filter(state=OutgoingState.BY_HAND)),
        lost=Exists(_mails().filter(Q(state=OutgoingState.REJECTED) | Q(pk__in=bounced), letter__resent_as=None)),
        reply_count=Count("replies"),
        letter_json=Subquery(letter[:1]),
        unread_reply=Subquery(unread.order_by("requests__replies__received_at").values("requests__replies")[:1]),
    )
    return [_request_row(row) for row in rows.order_by("-drafted_at", "-number")]


def _asked_again() -> QuerySet[ContentItem]:
    """A follow-up of the same request names the item since the claim: it is not answered, as its request says too."""
    return ContentItem.objects.filter(
        pk=OuterRef("pk"),
        takedown_items=OuterRef("takedown_items"),
        takedown_items__letter_items__letter__kind="follow_up",
        takedown_items__letter_items__letter__written_at__gte=OuterRef("takedown_items__claims__received_at"),
    )


def _mails() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(letter__request=OuterRef("pk"))


def _waited_for(*, request: Any, item: Any, since: Any) -> Exists:
    """Whether a letter of the request that was written at or after `since` names the item, with its deadline ahead; so
    is that of a letter to a web form until somebody enters it there.
    """
    return Exists(
        OutgoingMail.objects.filter(
            Q(letter__due_at__gt=Now()) | Q(letter__due_at=None),
            letter__request=request,
            letter__kind__in=("request", "follow_up"),
            letter__items__takedown_item__item=item,
            letter__written_at__gte=since,
        )
    )


def _per_request(items: QuerySet[ContentItem]) -> Subquery:
    counted = items.annotate(asked_in=F("takedown_items__request")).values("asked_in")
    return Subquery(counted.annotate(n=Count("pk", distinct=True)).values("n"))


def _request_row(row: Any) -> RequestRow:
    letter = row.letter_json
    return RequestRow(
        request=row,
        lines=row.line_count or 0,
        answered=row.answered_count or 0,
        confirmed=row.confirmed_count or 0,
        confirmable=row.confirmable_count or 0,
        replies=row.reply_count,
        letter=LetterFacts(
            number=letter["number"],
            state=letter["state"],
            accepted_at=datetime.fromisoformat(letter["accepted_at"]) if letter["accepted_at"] else None,
            message=letter["message"] or "",
        )
        if letter
        else None,
        reply=row.unread_reply,
        to_follow=row.to_follow_count or 0,
        overdue=row.overdue_count or 0,
        uncertain=row.uncertain,
        lost=row.lost,
        by_hand=row.by_hand,
    )


def with_follow_up(items: QuerySet[Any], *, case: Case) -> QuerySet[Any]:
    """Annotate `follow_up`: the request of the case in which a follow-up can name the item now, the latest; or None."""
    waited_for = _waited_for(request=OuterRef("pk"), item=OuterRef(OuterRef("pk")), since=OuterRef(OuterRef("since")))
    left = _mails().filter(accepted_at__isnull=False)
    asked = case.requests.filter(Exists(left), ~waited_for, open=True, items__item=OuterRef("pk"))
    latest = Subquery(asked.order_by("-drafted_at").values("pk")[:1])
    since = Choose(When(standing__in=AWAY, then=F("standing_since")), default=LONG_AGO)
    return items.annotate(since=since).annotate(
        follow_up=Choose(When(standing__in=[*AWAY, *UNANSWERED], then=latest), default=None)
    )


def asked_before(case: Case) -> int:
    """How many of the case's items that are to be asked for were asked for in a letter before. One query."""
    items = ContentItem.objects.filter(case_items__case=case, case_items__removed_at=None, standing__in=TO_ASK)
    written = ContentItem.objects.filter(pk=OuterRef("pk"), takedown_items__request__letters__isnull=False)
    return items.filter(~in_open_request(), Exists(written)).count()


def unread_replies(case: Case) -> list[dict[str, Any]]:
    """Replies that nobody has read, oldest first: reply (its id), received_at, request (number), kind and kind_label
    (of the mail), abstained, proposed (how many). One query.
    """
    rows = Case.objects.filter(pk=case.pk, requests__replies__isnull=False, requests__replies__handled_at=None)
    found = list[Any](
        rows.values(
            reply=F("requests__replies"),
            received_at=F("requests__replies__received_at"),
            request=F("requests__number"),
            abstained=F("requests__replies__abstained"),
            kind=F("requests__replies__incoming__kind"),
        )
        .annotate(proposed=Count("requests__replies__claims", filter=Q(requests__replies__claims__status="proposed")))
        .order_by("requests__replies__received_at")
    )
    return [{**row, "kind_label": Kind(row["kind"]).label} for row in found]
