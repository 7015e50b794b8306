"""What the page of the mail shows."""

from typing import Any

from django.db.models import Case, Q, When
from django.db.models.functions import Now

from mailroom.archive import longest_silence
from mailroom.models import Alarm, DomainState, IncomingMail, OutgoingMail, Pulse
from mailroom.services import outbox
from mailroom.states import Breaker


def _lately() -> Q:
    return Q(beat_at__gt=Now() - longest_silence())


def post_office() -> dict[str, Any]:
    """Letters that wait, that nobody is certain of, that were refused; what waits for whoever runs the post office."""
    letters = OutgoingMail.objects.select_related("letter__request__case", "contact_test__contact").order_by(
        "queued_at"
    )
    return {
        "waiting": letters.filter(state__in=["queued", "sending"])[:50],
        "uncertain": letters.filter(state="uncertain")[:50],
        "rejected": letters.filter(state="rejected")[:50],
        "figures": outbox.queue_figures(),
        "alarms": Alarm.objects.open().select_related("mail__letter").defer("mail__sealed")[:50],
        "stopped": DomainState.objects.exclude(state=Breaker.CLOSED)[:50],
        "poison": IncomingMail.objects.poison().defer("sealed").order_by("received_at")[:50],
        "processes": Pulse.objects.annotate(alive=Case(When(_lately(), then=True), default=False))[:50],
    }
