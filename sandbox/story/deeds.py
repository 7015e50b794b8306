"""The staff's acts as they do them: through the portal's pages, by sending the forms that stand there."""

from collections.abc import Callable, Mapping

from sandbox.cast import CAST
from sandbox.people import Page, Person
from sandbox.story import desk, pages, script
from sandbox.story.acts import Act, Who
from sandbox.story.facts import Facts
from sandbox.story.script import Report


class Staff:
    """The people of the house, each logged in when first needed."""

    def __init__(self, url: str, password: str) -> None:
        self._url, self._password = url, password
        self._people: dict[Who, Person] = {}

    def person(self, who: Who) -> Person:
        if who not in self._people:
            username = next(person.username for person in CAST if person.role == who.value)
            self._people[who] = Person(self._url, username, self._password)
        return self._people[who]

    def leave(self, who: Who) -> None:
        """Forget a log-in that has ended; the next act logs in anew."""
        self._people.pop(who, None)


Deed = Callable[[Person, Act, Facts], Page]


def record(report: Report) -> Deed:
    """Type the report; links of its room that nobody recorded although their turn is past go in with it."""

    def deed(person: Person, act: Act, facts: Facts) -> Page:
        skipped = [number for number in range(1, report.numbers.start) if number not in facts.items]
        form = person.open(act.page(facts)).form("/reports/new/", having="links")
        return person.send(
            form,
            links=script.pasted(report.room, [*skipped, *report.numbers]),
            source=report.source,
            source_reference=report.reference,
            institution=report.institution,
            words=report.words,
        )

    return deed


def group(title: str) -> Deed:
    def deed(person: Person, act: Act, facts: Facts) -> Page:
        form = person.open(act.page(facts)).form("/reports/group/")
        reports = [str(report) for report in facts.waiting]
        if facts.case:
            return person.send(form, reports=reports, case=facts.case.number)
        return person.send(form, reports=reports, title=title)

    return deed


def draft(language: str, *, to: str = "") -> Deed:
    """Write the letter, to the contact that is offered first or, where it is to be had, to the address `to`."""

    def deed(person: Person, act: Act, facts: Facts) -> Page:
        form = person.open(act.page(facts)).form("/ask/", having="contact")
        contact = form.option("contact", to) if to else None
        if contact is None:
            return person.send(form, language=language)
        return person.send(form, language=language, contact=contact)

    return deed


def press(ending: str) -> Deed:
    """Send a form of the act's page as it stands."""

    def deed(person: Person, act: Act, facts: Facts) -> Page:
        return person.send(person.open(act.page(facts)).form(ending))

    return deed


def look(person: Person, act: Act, facts: Facts) -> Page:
    """Order a check of every item of the case."""
    page = person.open(pages.case(facts))
    form = page.form("/check/")
    form.fields = [(name, value) for name, value in form.fields if name not in ("standing", "items")]
    return person.send(form, all="1")


def read_answer(person: Person, act: Act, facts: Facts) -> Page:
    """Accept all that the oldest unread answer says; one that says nothing is put away."""
    page = person.open(pages.reply(facts))
    if any(form.action.endswith("/finish/") for form in page.forms):
        return person.send(page.form("/finish/"))
    return person.send(page.form(page.path, having="do"), do="accept_all")


def at_the_offer(ending: str) -> Deed:
    """Send a form about the contact that the platform offered; others stand on the same page."""

    def deed(person: Person, act: Act, facts: Facts) -> Page:
        offer = facts.request.offer if facts.request else None
        if offer is None:
            raise LookupError("no address is offered")
        return person.send(person.open(act.page(facts)).form(f"/{offer.id}{ending}"))

    return deed


DEEDS: Mapping[str, Deed] = {
    "police": record(script.POLICE),
    "centre": record(script.CENTRE),
    "group": group(script.SCHOOL_TITLE),
    "draft": draft("en"),
    "submit": press("/submit/"),
    "approve": press("/approve/"),
    "put_away": read_answer,
    "look": look,
    "read_1": read_answer,
    "follow_up": press("/follow-up/"),
    "read_2": read_answer,
    "read_3": read_answer,
    "look_2": look,
    "confirm": press("/confirm/"),
    "close": press("/close/"),
    "offer_test": at_the_offer("/test/"),
    "offer_activate": at_the_offer("/activate/"),
    "aside_report": record(script.LIBRARY_REPORT),
    "aside_group": group(script.LIBRARY_TITLE),
    "aside_draft": draft("ko", to=script.OUTDATED),
    "aside_submit": press("/submit/"),
    "aside_approve": press("/approve/"),
    "aside_resend": press("/resend/"),
    "aside_put_away": read_answer,
    "aside_read": read_answer,
}


def _something_to_find(facts: Facts) -> bool:
    """Telegram has taken videos off without a word, or has answered. Raises PlatformDown."""
    answered = facts.request is not None and bool(facts.request.answers)
    return not facts.queued and (answered or desk.is_removed(script.SCHOOL, script.SILENT))


# Acts that the player should not do at once although it is the staff's turn.
READY: Mapping[str, Callable[[Facts], bool]] = {"look": _something_to_find, "look_2": lambda facts: not facts.queued}
