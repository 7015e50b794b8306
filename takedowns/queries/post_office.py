"""What the page of the mail shows: first what waits for somebody, then how the post goes. No words of any mail."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import Permission
from accounts.rules import can
from mailroom.models import Alarm, DeliveryReport, OutgoingMail
from mailroom.queries import DOORS, IN_THE_QUEUE, Activity, DomainFigures, Way, activity, domains, ways
from mailroom.rules import why_not_decide
from mailroom.services.outbox import QueueFigures, queue_figures
from mailroom.states import AlarmKind, Flow, OutgoingState, Part, ReportAbout, ReportAction, Unreadable
from takedowns.queries.tray import TrayFigures, given_up, tray_figures

MOST = 50
STANDS_STILL = {
    Part.SENDER: gettext_lazy("No letters leave."),
    Part.DOOR: gettext_lazy("Mail servers cannot bring us mail."),
    Part.FETCHER: gettext_lazy("No mail is fetched from the mailbox."),
    Part.READER: gettext_lazy("Mail is not read and filed."),
}


@dataclass(frozen=True)
class Act:
    """A button: a POST to `url`, with a reason where `reasoned`."""

    url: str
    label: str
    key: UUID
    reasoned: bool = True


@dataclass(frozen=True)
class Task:
    """Something that waits for somebody; `page` and `act` are set where this person may open or do it."""

    what: str
    since: datetime | None
    about: list[str] = field(default_factory=list)  # numbers, addresses, domains
    words: str = ""
    next_at: datetime | None = None  # when the house tries again by itself
    page: str = ""
    page_label: str = ""
    act: Act | None = None
    waits_for: str = ""  # told to whoever can do nothing about it


@dataclass(frozen=True)
class Line:
    """One part of the house: whether it works, what it moved last, and how much within a day."""

    way: Way
    last: Activity


@dataclass(frozen=True)
class PostOffice:
    tasks: list[Task]
    figures: QueueFigures
    tray: TrayFigures
    leaving: list[OutgoingMail]
    domains: list[DomainFigures]
    lines: list[Line]
    sent: Activity
    received: int  # within a day
    unread: Activity
    canary_left: Activity
    canary_home: Activity

    @property
    def a_minute(self) -> float:
        """Letters that may leave for one domain; 0: as many as there are."""
        return settings.MAIL_DOMAIN_PER_MINUTE


def post_office(user: User, *, most: int = MOST) -> PostOffice:
    """Everything, in nine queries; lists are cut at `most`."""
    found, moved, tray, paths = domains(), activity(), tray_figures(), ways()
    mails = list(_unsettled()[:most])
    tasks = [
        *_silent(paths),
        *_stopped(user, found),
        *(_uncertain(user, mail) for mail in mails if _asks_a_person(mail)),
        *(_came_back(user, mail) for mail in mails if _is_back(mail)),
        *(_to_enter(user, mail) for mail in mails if mail.state == OutgoingState.BY_HAND),
        *_alarms(user, {domain.domain for domain in found if domain.stopped}, most),
        *_poison(user, most),
        *_late(user, tray),
    ]
    return PostOffice(
        tasks=tasks,
        figures=queue_figures(),
        tray=tray,
        leaving=[mail for mail in mails if not _asks_a_person(mail) and not _is_elsewhere(mail)],
        domains=found[:most],
        lines=[Line(way, _last(way, moved)) for way in paths],
        sent=moved.get(Flow.SENT, Activity()),
        received=sum(moved.get(door, Activity()).count for door in DOORS),
        unread=moved.get(Flow.UNREAD, Activity()),
        canary_left=moved.get(Flow.CANARY_LEFT, Activity()),
        canary_home=moved.get(Flow.CANARY_HOME, Activity()),
    )


def _last(way: Way, moved: dict[str, Activity]) -> Activity:
    """Of several names of one door (it may have spoken LMTP and now speaks SMTP) the latest moment, and all mails."""
    if way.part == Part.SENDER:
        return moved.get(Flow.SENT, Activity())
    came = [moved[door] for door, part in DOORS.items() if part == way.part and door in moved]
    return Activity(max((one.at for one in came if one.at), default=None), sum(one.count for one in came))


def _unsettled() -> QuerySet[Any]:
    """Letters of which nobody knows, before those that have not left, came back, or are to be entered in a web form;
    the longest-waiting first.
    """
    back = Q(pk__in=OutgoingMail.objects.bounced().values("pk"), letter__resent_as=None, letter__request__open=True)
    by_hand = Q(state=OutgoingState.BY_HAND, letter__request__open=True)
    rows = OutgoingMail.objects.filter(Q(state__in=IN_THE_QUEUE) | Q(state=OutgoingState.UNCERTAIN) | back | by_hand)
    failed = DeliveryReport.objects.filter(about=ReportAbout.RECIPIENT, action=ReportAction.FAILED)
    told = failed.filter(outgoing=OuterRef("pk")).order_by("incoming__received_at")
    rows = rows.annotate(given_back_at=Subquery(told.values("incoming__received_at")[:1])).defer("sealed")
    return rows.select_related("letter__request__case__team", "contact_test__contact").order_by(
        "uncertain_at", "queued_at"
    )


def _asks_a_person(mail: OutgoingMail) -> bool:
    """Staff find their notices in the portal: of those nobody has to decide anything, though somebody may."""
    return mail.state == OutgoingState.UNCERTAIN and mail.wants_answers


def _is_elsewhere(mail: Any) -> bool:
    """It came back, or never goes by mail."""
    return _is_back(mail) or mail.state == OutgoingState.BY_HAND


def _is_back(mail: Any) -> bool:
    """It left, and is among the unsettled all the same."""
    return mail.given_back_at is not None and mail.state not in (*IN_THE_QUEUE, OutgoingState.UNCERTAIN)


def _silent(paths: list[Way]) -> Iterator[Task]:
    for way in paths:
        if not way.alive:
            yield Task(
                what=str(STANDS_STILL[way.part]),
                since=way.beat_at,
                words=_("Nothing is lost meanwhile."),
                waits_for=_("Whoever looks after the servers has to start it again."),
            )


def _stopped(user: User, found: list[DomainFigures]) -> Iterator[Task]:
    for domain in found:
        if domain.state is not None and domain.stopped:
            state, url = domain.state, reverse("takedowns:release_domain", args=[domain.state.pk])
            yield Task(
                what=_("No letters leave to %(domain)s: too much went wrong there.") % {"domain": state.domain},
                since=state.opened_at,
                words=state.get_state_display(),
                next_at=state.retry_at,
                act=Act(url, _("Let them leave"), state.pk) if can(user, Permission.RUN_MAIL) else None,
                waits_for=_("Whoever runs the mail sees to it."),
            )


def _uncertain(user: User, mail: OutgoingMail) -> Task:
    page, label = _page_of(user, mail)
    if letter := getattr(mail, "letter", None):
        page, label = reverse("takedowns:uncertain", args=[letter.pk]) if page else "", _("Decide")
    elif not why_not_decide(user, mail):
        page, label = reverse("takedowns:uncertain_mail", args=[mail.pk]), _("Decide")
    return Task(
        what=_("Nobody knows whether this letter arrived."),
        since=mail.uncertain_at,
        about=about(mail),
        words=mail.get_not_resent_display(),
        page=page,
        page_label=label,
        waits_for=_("Whoever works on the case decides."),
    )


def _came_back(user: User, mail: Any) -> Task:
    """One that was refused raises an alarm instead."""
    page, label = _page_of(user, mail)
    return Task(
        what=_("A letter came back and has not been sent to another contact."),
        since=mail.given_back_at,
        about=about(mail),
        page=page,
        page_label=label,
        waits_for=_("Whoever works on the case decides."),
    )


def _to_enter(user: User, mail: OutgoingMail) -> Task:
    page, _label = _page_of(user, mail)
    return Task(
        what=_("A letter has to be entered in the platform’s web form."),
        since=mail.queued_at,
        about=about(mail),
        page=f"{reverse('takedowns:letter', args=[mail.letter.pk])}#enter" if page else "",
        page_label=_("Enter the letter"),
        waits_for=_("Whoever works on the case enters it."),
    )


def _alarms(user: User, stopped: set[str], most: int) -> Iterator[Task]:
    """Those of domains that stand still are told with the domain."""
    rows = Alarm.objects.open().select_related("mail__letter__request__case__team", "mail__contact_test__contact")
    for alarm in rows.defer("mail__sealed")[:most]:
        if alarm.kind == AlarmKind.DOMAIN_STOPPED and alarm.domain in stopped:
            continue
        page, label = _page_of(user, alarm.mail) if alarm.mail else ("", "")
        act = Act(reverse("takedowns:close_alarm", args=[alarm.pk]), _("Close the task"), alarm.pk)
        refused = alarm.mail if alarm.kind == AlarmKind.LETTER_REFUSED else None
        yield Task(
            what=alarm.get_kind_display(),
            since=alarm.raised_at,
            about=about(alarm.mail) if alarm.mail else [alarm.domain] if alarm.domain else [],
            words=f"{refused.smtp_code or ''} {refused.smtp_text}".strip() if refused else "",
            page=page,
            page_label=label,
            act=act if can(user, Permission.RUN_MAIL) else None,
            waits_for=_("Whoever runs the mail sees to it."),
        )


def _poison(user: User, most: int) -> Iterator[Task]:
    may_run, may_work = can(user, Permission.RUN_MAIL), can(user, Permission.WORK_CASES)
    rows = given_up().select_related("raw").defer("sealed", "raw__sealed")
    for mail in rows[:most]:
        failed = mail.unreadable == Unreadable.NOT_FILED
        label = _("Try again") if failed else _("Read it once more")
        again = Act(reverse("takedowns:try_again", args=[mail.pk]), label, mail.pk, reasoned=False)
        unread, unfiled = _("A mail could not be read."), _("A mail could not be filed.")
        yield Task(
            what=unfiled if failed else unread,
            since=mail.received_at,
            about=[_("It is kept as it came."), filesizeformat(mail.raw.size)],
            words=mail.get_unreadable_display(),
            page=reverse("takedowns:unmatched_mail", args=[mail.pk]) if may_work else "",
            page_label=_("Open"),
            act=again if may_run else None,
            waits_for=_("Whoever runs the mail sees to it."),
        )


def _late(user: User, tray: TrayFigures) -> Iterator[Task]:
    if tray.alarming:
        may_work = can(user, Permission.WORK_CASES)
        yield Task(
            what=_("Mail has been waiting too long for somebody to say which request it answers."),
            since=tray.oldest_at,
            page=reverse("takedowns:tray") if may_work else "",
            page_label=_("Open"),
            waits_for=_("Whoever works on cases files it."),
        )


def about(mail: OutgoingMail) -> list[str]:
    """What a mail is called, and where it goes."""
    if letter := getattr(mail, "letter", None):
        return [letter.number, letter.request.number, mail.recipient]
    return [_("Test mail") if getattr(mail, "contact_test", None) else _("Notice to staff"), mail.recipient]


def _page_of(user: User, mail: OutgoingMail) -> tuple[str, str]:
    """Where this person can see more of it, and the words for that; empty where they may not."""
    if letter := getattr(mail, "letter", None):
        if can(user, Permission.WORK_CASES, letter.request.case.team):
            return reverse("takedowns:request", args=[letter.request_id]), _("Open the request")
    elif (test := getattr(mail, "contact_test", None)) and can(user, Permission.SEE_CASES):
        return reverse("platforms:organisation", args=[test.contact.organisation_id]), _("Open the contact")
    return "", ""
