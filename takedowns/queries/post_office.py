"""What the page of the mail shows."""

from typing import Any

from mailroom.models import OutgoingMail
from mailroom.services import outbox


def post_office() -> dict[str, Any]:
    """Letters that wait, that nobody is certain of, that were refused, and mail that could not be read."""
    letters = OutgoingMail.objects.select_related("letter__request__case", "contact_test__contact").order_by(
        "queued_at"
    )
    return {
        "waiting": letters.filter(state__in=["queued", "sending"])[:50],
        "uncertain": letters.filter(state="uncertain")[:50],
        "rejected": letters.filter(state="rejected")[:50],
        "figures": outbox.queue_figures(),
    }
