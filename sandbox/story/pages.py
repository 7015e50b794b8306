"""Where each act of the story is done, or can be watched."""

from collections.abc import Callable

from django.urls import reverse

from sandbox.story.facts import Facts

Address = Callable[[Facts], str]


def report(facts: Facts) -> str:
    return reverse("cases:report_new")


def triage(facts: Facts) -> str:
    return reverse("cases:reports") + "?status=received"


def case(facts: Facts) -> str:
    return reverse("cases:case", args=[facts.case.id]) if facts.case else reverse("cases:cases")


def ask(facts: Facts) -> str:
    return reverse("takedowns:ask", args=[facts.case.id]) if facts.case else reverse("cases:cases")


def request(facts: Facts) -> str:
    return reverse("takedowns:request", args=[facts.request.id]) if facts.request else case(facts)


def follow_up(facts: Facts) -> str:
    return reverse("takedowns:follow_up", args=[facts.request.id]) if facts.request else case(facts)


def reply(facts: Facts) -> str:
    """The oldest answer that nobody has read; else the request, where it will show up."""
    unread = facts.request.unread if facts.request else []
    return reverse("takedowns:reply", args=[unread[0].id]) if unread else request(facts)


def offer(facts: Facts) -> str:
    """The organisation's page at the contact that it offered."""
    found = facts.request.offer if facts.request else None
    if found is None:
        return reverse("platforms:organisations")
    return f"{reverse('platforms:organisation', args=[found.organisation])}#contact-{found.id}"
