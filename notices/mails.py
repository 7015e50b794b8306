"""The mail that carries notices: kinds, official numbers and the portal's own addresses, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from notices.models import News

MOST = 30  # lines; the page lists the others


@dataclass(frozen=True)
class Wording:
    subject: str
    body: str


def word(news: Sequence[News], *, language: str) -> Wording:
    """Subject and body in the person's language, written in templates/emails/news.*."""
    context = {
        "news": [{"kind": one.kind, "number": one.number, "url": _address(one.url)} for one in news[:MOST]],
        "first": news[0].kind,
        "count": len(news),
        "more": max(0, len(news) - MOST),
        "all_url": _address(reverse("notices:notices")),
        "choices_url": _address(reverse("accounts:account")) + "#notices",
        "agency": settings.AGENCY_NAME_KO if language == "ko" else settings.AGENCY_NAME_EN,
    }
    with translation.override(language):
        template = f"emails/news.{language}"
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        body = render_to_string(f"{template}.body.txt", context).strip() + "\n"
    return Wording(subject, body)


def _address(path: str) -> str:
    return f"{settings.PORTAL_URL.rstrip('/')}{path}"
