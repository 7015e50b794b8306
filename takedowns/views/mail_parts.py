"""What a mail carries beside its words: its page of HTML, cleaned and caged, and its attachments, for download only."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import nh3
from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.guards import require, signed_in
from accounts.permissions import Permission
from audit.services import log_access
from mailroom.children import CannotRead
from mailroom.models import IncomingMail
from mailroom.parsing import extract_attachment, extract_page
from mailroom.services.inbox import SEAL_ERRORS, read_raw, read_text
from takedowns.guards import get_reply_for, get_unmatched

View = TypeVar("View", bound=Callable[..., HttpResponse])

# Shapes of a text, and nothing that could fetch, link, run or hide anything.
TAGS = {
    "p", "br", "div", "span", "b", "strong", "i", "em", "u", "s", "blockquote", "pre", "code", "hr", "ul", "ol", "li",
    "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr", "td", "th",
    "caption",
}  # fmt: skip
ENDINGS = {"csv", "txt", "pdf", "png", "jpg", "jpeg", "gif", "docx", "xlsx", "hwp", "hwpx", "eml", "zip"}
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}, "li": {"value"}}
# Its own policy, whatever the house's: nothing is loaded, nothing runs, and only our own page may frame it.
CAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"


def may_frame(view: View) -> View:
    """For a page that shows the cage."""
    return csp_update({"frame-src": [SELF]})(view)  # type: ignore[return-value]  # its types know no arguments


@require_safe
@require(Permission.WORK_CASES)
@xframe_options_sameorigin
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The reply's HTML without anything but its shape, for the frame on the reply's page."""
    user = signed_in(request)
    reply = get_reply_for(user, pk)
    log_access(by=user, obj=reply, reason="work on the case", given="reply.page", case_id=reply.request.case_id)
    return _caged(request, reply.incoming)


@require_safe
@require(Permission.WORK_CASES)
def attachment(request: HttpRequest, pk: UUID, n: int) -> HttpResponse:
    """One attachment of a reply as it came, never shown and never unpacked."""
    user = signed_in(request)
    reply = get_reply_for(user, pk)
    log_access(by=user, obj=reply, reason="work on the case", given=f"attachment.{n}", case_id=reply.request.case_id)
    return _download(reply.incoming, n, called=reply.request.number)


@require_safe
@require(Permission.WORK_CASES)
@xframe_options_sameorigin
def unmatched_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same of a mail that found no request."""
    incoming = get_unmatched(pk)
    log_access(by=signed_in(request), obj=incoming, reason="mail without a request", given="mail.page")
    return _caged(request, incoming)


@require_safe
@require(Permission.WORK_CASES)
def unmatched_attachment(request: HttpRequest, pk: UUID, n: int) -> HttpResponse:
    """One attachment of a mail that found no request."""
    incoming = get_unmatched(pk)
    log_access(by=signed_in(request), obj=incoming, reason="mail without a request", given=f"attachment.{n}")
    return _download(incoming, n, called=f"mail-{timezone.localtime(incoming.received_at):%Y%m%d-%H%M}")


def _caged(request: HttpRequest, incoming: IncomingMail) -> HttpResponse:
    try:
        html = extract_page(read_raw(incoming))
    except (CannotRead, *SEAL_ERRORS):
        raise Http404 from None
    cleaned = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=set(), link_rel=None)
    shown = render(request, "takedowns/caged_page.html", {"cleaned": cleaned})
    shown.headers["Content-Security-Policy"] = CAGE
    return shown


def _download(incoming: IncomingMail, n: int, *, called: str) -> HttpResponse:
    """A download under a name of our own making: what it belongs to, its place, a harmless ending."""
    if incoming.sealed is None:
        raise Http404
    try:
        data = extract_attachment(read_raw(incoming), n)
        listed = read_text(incoming).attachments
    except (CannotRead, *SEAL_ERRORS):
        raise Http404 from None
    return HttpResponse(
        data,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{called}-{n + 1}.{_ending(listed, n)}"',
            "Content-Security-Policy": CAGE,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _ending(listed: list[dict[str, Any]], n: int) -> str:
    """Of the sender's name no more than this."""
    ending = listed[n]["name"].rpartition(".")[2].lower() if n < len(listed) else ""
    return ending if ending in ENDINGS else "bin"
