"""Where the story stands, read from the house's own rows: whoever did a step, and however, it counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from cases.models import CaseItem, CheckOrder, ContentItem, Report
from cases.queries.tally import has_ended
from cases.states import UNSETTLED, CaseStatus, ReportStatus, Standing
from mailroom.states import Kind
from platforms.models import Contact
from platforms.states import ContactStatus
from sandbox.story import script
from takedowns.models import ContactTest, Letter, Reply, TakedownRequest
from takedowns.states import RequestStatus


@dataclass(frozen=True)
class ItemFacts:
    """`looked_at`: when it was last checked; `queued`: a check waits; `waiting`: a report of it that is in no case."""

    number: int
    standing: str
    ended: bool
    queued: bool
    looked_at: datetime | None
    waiting: UUID | None


@dataclass(frozen=True)
class LetterFacts:
    id: UUID
    kind: str
    state: str
    recipient: str
    left_at: datetime | None
    lost: bool  # refused, or given back by a mail server
    again: bool  # the same as one that was lost


@dataclass(frozen=True)
class ReplyFacts:
    id: UUID
    kind: str
    handled: bool

    @property
    def says_something(self) -> bool:
        return self.kind == Kind.ORDINARY


@dataclass(frozen=True)
class OfferFacts:
    """The address that the platform offers: `asked`, a test mail went there; `tested`, its answer came."""

    id: UUID
    organisation: UUID
    active: bool
    asked: bool
    tested: bool


@dataclass(frozen=True)
class RequestFacts:
    """The latest request of the case that was not withdrawn."""

    id: UUID
    status: str
    letters: Sequence[LetterFacts] = ()
    replies: Sequence[ReplyFacts] = ()
    offer: OfferFacts | None = None

    @property
    def left_at(self) -> datetime | None:
        """When its first letter left the house."""
        return min((letter.left_at for letter in self.letters if letter.left_at), default=None)

    @property
    def answers(self) -> list[ReplyFacts]:
        return [reply for reply in self.replies if reply.says_something]

    @property
    def unread(self) -> list[ReplyFacts]:
        """Replies of any kind that nobody has put away, oldest first."""
        return [reply for reply in self.replies if not reply.handled]


@dataclass(frozen=True)
class CaseFacts:
    id: UUID
    number: str
    closed: bool


@dataclass(frozen=True)
class Facts:
    """One room of the story: its items by number, the case they are in, the request about them."""

    items: Mapping[int, ItemFacts] = field(default_factory=dict)
    case: CaseFacts | None = None
    request: RequestFacts | None = None

    @property
    def waiting(self) -> list[UUID]:
        """Reports that are in no case yet."""
        return list(dict.fromkeys(item.waiting for item in self.items.values() if item.waiting))

    @property
    def unsettled(self) -> bool:
        return any(item.standing in UNSETTLED for item in self.items.values())

    @property
    def queued(self) -> bool:
        """A check waits."""
        return any(item.queued for item in self.items.values())

    @property
    def confirmed(self) -> int:
        return sum(item.ended for item in self.items.values())

    def standing(self, number: int) -> str:
        item = self.items.get(number)
        return item.standing if item else ""

    def at(self, standing: Standing) -> list[int]:
        return [item.number for item in self.items.values() if item.standing == standing]


def read(*rooms: str) -> dict[str, Facts]:
    """The facts of these rooms of the story. At most two queries."""
    numbers = {script.SCHOOL: script.SCHOOL_NUMBERS, script.LIBRARY: script.LIBRARY_NUMBERS}
    rows = _rows([key for room in rooms for key in script.keys(room, numbers[room])])
    requests = _requests({UUID(row["file"]["id"]) for row in rows if row["file"]})
    return {room: _facts([row for row in rows if row["key"].startswith(f"{room}/")], requests) for room in rooms}


def _rows(keys: Collection[str]) -> list[dict[str, Any]]:
    file = JSONObject(id="case_id", number="case__number", status="case__status")
    waiting = Report.objects.filter(status=ReportStatus.RECEIVED, lines__locator__content_item=OuterRef("pk"))
    return list[Any](
        ContentItem.objects.filter(
            locators__organisation__code="telegram", locators__kind="message", locators__key__in=keys
        )
        .annotate(
            key=F("locators__key"),
            file=Subquery(CaseItem.objects.filter(item=OuterRef("pk"), removed_at=None).values(told=file)[:1]),
            waiting=Subquery(waiting.order_by("recorded_at").values("pk")[:1]),
            queued=Exists(CheckOrder.objects.filter(item=OuterRef("pk"), done_at=None)),
            over=has_ended(),
            looked_at=Max("checks__checked_at"),
        )
        .values("key", "standing", "file", "waiting", "queued", "over", "looked_at")
    )


def _requests(cases: Collection[UUID]) -> dict[str, RequestFacts]:
    """By case. No query while there is no case."""
    if not cases:
        return {}
    letters = Letter.objects.filter(request=OuterRef("pk")).order_by().values("request")
    replies = Reply.objects.filter(request=OuterRef("pk")).order_by().values("request")
    offers = Contact.objects.filter(organisation=OuterRef("addressee"), email__iexact=script.OFFERED)
    rows = (
        TakedownRequest.objects.filter(case__in=cases)
        .exclude(status=RequestStatus.WITHDRAWN)
        .annotate(
            sent=Subquery(letters.annotate(all=ArrayAgg(_letter(), order_by="written_at")).values("all")),
            came=Subquery(replies.annotate(all=ArrayAgg(_reply(), order_by="received_at")).values("all")),
            offered=Subquery(offers.exclude(status=ContactStatus.RETIRED).values(told=_offer())[:1]),
        )
        .order_by("drafted_at")
        .values("pk", "case", "status", "sent", "came", "offered")
    )
    return {str(row["case"]): _request(row) for row in rows}


def _letter() -> JSONObject:
    lost = ~Exists(Letter.objects.not_lost().filter(pk=OuterRef("pk")))
    mail = {"state": "mail__state", "recipient": "mail__recipient", "left_at": "mail__accepted_at"}
    return JSONObject(id="pk", kind="kind", lost=lost, again=Q(resends__isnull=False), **mail)


def _reply() -> JSONObject:
    return JSONObject(id="pk", kind="incoming__kind", handled=Q(handled_at__isnull=False))


def _offer() -> JSONObject:
    return JSONObject(
        id="pk",
        organisation="organisation_id",
        active=Q(status=ContactStatus.ACTIVE),
        asked=Exists(ContactTest.objects.filter(contact=OuterRef("pk"))),
        tested=Q(tested_at__isnull=False),
    )


def _request(row: Mapping[str, Any]) -> RequestFacts:
    offer = row["offered"]
    return RequestFacts(
        id=row["pk"],
        status=row["status"],
        letters=[LetterFacts(**letter | _typed(letter)) for letter in row["sent"] or []],
        replies=[ReplyFacts(**reply | {"id": UUID(reply["id"])}) for reply in row["came"] or []],
        offer=OfferFacts(**offer | {"id": UUID(offer["id"]), "organisation": UUID(offer["organisation"])})
        if offer
        else None,
    )


def _typed(letter: Mapping[str, Any]) -> dict[str, Any]:
    left_at = letter["left_at"]
    return {"id": UUID(letter["id"]), "left_at": datetime.fromisoformat(left_at) if left_at else None}


def _facts(rows: Sequence[Mapping[str, Any]], requests: Mapping[str, RequestFacts]) -> Facts:
    items = {}
    for row in rows:
        number = int(row["key"].rpartition("/")[2])
        items[number] = ItemFacts(
            number=number,
            standing=row["standing"],
            ended=row["over"],
            queued=row["queued"],
            looked_at=row["looked_at"],
            waiting=row["waiting"],
        )
    file = next((row["file"] for row in rows if row["file"]), None)
    if file is None:
        return Facts(items=items)
    case = CaseFacts(id=UUID(file["id"]), number=file["number"], closed=file["status"] == CaseStatus.CLOSED)
    return Facts(items=items, case=case, request=requests.get(file["id"]))
