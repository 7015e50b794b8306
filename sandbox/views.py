"""Pages that only the sandbox has: the story's page and bar, the switches, the log-in as a person of the cast."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.guards import signed_in
from accounts.models import User
from accounts.views.session import safe_next
from sandbox.cast import CAST
from sandbox.guide import Guide
from sandbox.platform.robot.clock import SPEEDS
from sandbox.platform.seed import ADDRESSES, ROOMS
from sandbox.story import desk, script, switch

BACKEND = settings.AUTHENTICATION_BACKENDS[-1]  # the one that finds people; the one before it only counts attempts
NO_CHANGE = 204  # htmx leaves the page as it is


@require_GET
@never_cache
def story(request: HttpRequest) -> HttpResponse:
    """All steps of the story, and who plays what. Asked for again every few seconds, with what is `shown`."""
    guide = Guide(signed_in(request))
    if request.GET.get("shown") == guide.whole_key:
        return HttpResponse(status=NO_CHANGE)
    context = {"guide": guide, "rooms": _rooms(), "robot": _robot(), "addresses": ADDRESSES}
    context["liaison"] = f"{desk.address()}?language={request.LANGUAGE_CODE}"
    return render(request, "sandbox/story.html", context)


def _robot() -> desk.Robot | None:
    try:
        return desk.robot()
    except desk.PlatformDown:
        return None


def _rooms() -> list[dict[str, Any]]:
    """The rooms that the story leaves alone, with their links."""
    rooms = [(room, numbers) for room, numbers in ROOMS if room.name not in (script.SCHOOL, script.LIBRARY)]
    return [
        {"name": room.name, "count": len(numbers), "links": "\n".join(f"https://t.me/{room.name}/{n}" for n in numbers)}
        for room, numbers in rooms
    ]


@require_GET
@never_cache
@login_not_required
def bar(request: HttpRequest) -> HttpResponse:
    """The bar's moving part, asked for every few seconds; `shown` is what stands there now."""
    return _part(request, "sandbox/_bar_now.html")


@require_GET
@never_cache
def now(request: HttpRequest) -> HttpResponse:
    """To where the story happens at this moment: the strip's link is the same on every page, however old it is."""
    return redirect(Guide(signed_in(request)).watch)


@require_GET
@never_cache
def panel(request: HttpRequest) -> HttpResponse:
    """The desk's story panel, asked for every few seconds."""
    return _part(request, "sandbox/_panel_now.html")


def _part(request: HttpRequest, template: str) -> HttpResponse:
    guide = Guide(request.user if isinstance(request.user, User) else None)
    if not switch.is_begun() or request.GET.get("shown") == guide.key:
        return HttpResponse(status=NO_CHANGE)
    return render(request, template, {"guide": guide, "since": request.GET.get("since", "")})


@require_POST
@login_not_required
def play(request: HttpRequest) -> HttpResponse:
    """Let the player wait, or go on."""
    wanted = request.POST.get("do")
    if wanted not in ("take_over", "let_play"):
        return HttpResponseBadRequest(_("There is no such switch here."))
    if wanted == "take_over":
        switch.take_over()
        messages.success(request, _("You play now. The staff of the story wait for you."))
    else:
        switch.let_play()
        messages.success(request, _("The story goes on by itself."))
    return redirect(safe_next(request))


@require_POST
def platform(request: HttpRequest) -> HttpResponse:
    """Let the platform's liaison be played by the robot or by hand, set its clock, or hurry it."""
    wanted = request.POST.get("do", "")
    if wanted not in ("robot", "hand", "hurry", *SPEEDS):
        return HttpResponseBadRequest(_("There is no such switch here."))
    try:
        if wanted == "hurry":
            desk.hurry()
        elif wanted in SPEEDS:
            desk.set_robot(hour_seconds=SPEEDS[wanted])
        else:
            desk.set_robot(mode=wanted)
    except desk.PlatformDown:
        messages.error(request, _("The simulated platform does not answer at the moment."))
    return redirect(safe_next(request))


@require_POST
@login_not_required
def continue_as(request: HttpRequest) -> HttpResponse:
    """Log in as a person of the cast, in the language of the page on which it was asked."""
    username = request.POST.get("username", "")
    if username not in {person.username for person in CAST}:
        return HttpResponseBadRequest(_("There is no such person in the story."))
    person = get_object_or_404(User, username=username, is_active=True)
    with transaction.atomic():
        if isinstance(request.user, User):
            services.note_sign_out(by=request.user)
        login(request, person, backend=BACKEND)
        services.note_sign_in(by=person, language=request.LANGUAGE_CODE)
    return redirect(safe_next(request))
