"""Signs of life of the mail processes, by the database's clock."""

from datetime import timedelta

from django.db.models import Case, F, When
from django.db.models.functions import Now

from mailroom.archive import longest_silence
from mailroom.models import Pulse
from mailroom.states import Part

KEPT = timedelta(days=7)


def begin(*, part: Part, place: str) -> None:
    """A process starts at its place; rows of places that nobody has used for a week are dropped."""
    Pulse.objects.filter(beat_at__lt=Now() - KEPT).delete()
    if not Pulse.objects.filter(part=part, place=place).update(started_at=Now(), beat_at=Now(), steady_since=Now()):
        Pulse.objects.bulk_create([Pulse(part=part, place=place)], ignore_conflicts=True)


def beat(*, part: Part, place: str, steady: bool) -> None:
    """It lives. Not `steady`, or after too long a silence (or a clock that was set), its steady work begins anew."""
    in_time = When(beat_at__range=(Now() - longest_silence(), Now() + longest_silence()), then=F("steady_since"))
    since = Case(in_time, default=Now()) if steady else Now()
    if not Pulse.objects.filter(part=part, place=place).update(beat_at=Now(), steady_since=since):
        Pulse.objects.bulk_create([Pulse(part=part, place=place)], ignore_conflicts=True)
