"""One's own notices, and by which way one wants to be told."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import signed_in
from audit.errors import Refused
from notices import services
from notices.forms import ChoicesForm
from notices.models import Notice

PER_PAGE = 50


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first; those that are read or settled only on request."""
    user = signed_in(request)
    mine = Notice.objects.filter(person=user).select_related("news")
    everything = request.GET.get("all") == "1"
    page = Paginator(mine if everything else mine.unread(), PER_PAGE).get_page(request.GET.get("page"))
    address = reverse("notices:notices")
    tabs = [
        {"label": _("Unread"), "url": address, "active": not everything, "count": None},
        {"label": _("All"), "url": f"{address}?all=1", "active": everything, "count": None},
    ]
    return render(request, "notices/notices.html", {"page": page, "everything": everything, "tabs": tabs})


@require_GET
def open_notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the page that shows it; opened is read. A second time changes nothing."""
    user = signed_in(request)
    notice = get_object_or_404(Notice.objects.select_related("news"), person=user, pk=pk)
    services.mark_read(by=user, notices=[notice.pk])
    return redirect(notice.news.url)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one's own notices as read: all of them."""
    services.mark_read(by=signed_in(request))
    messages.success(request, _("All notifications are marked as read."))
    return redirect("notices:notices")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ChoicesForm(request.POST, person=user)
    if not form.is_valid():
        messages.error(request, _("Choose one of the ways for each kind."))
        return redirect("accounts:account")
    try:
        services.choose_ways(ways=form.ways(), by=user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("Your notifications are saved."))
    return redirect("accounts:account")
