"""A wording becomes a revision of its request: numbered, with its author and digest."""

from datetime import datetime

from accounts.models import User
from takedowns.letters import Wording
from takedowns.models import FreeLetter, Revision, TakedownRequest


def write_down(
    request: TakedownRequest,
    wording: Wording,
    *,
    by: User,
    at: datetime,
    message: str = "",
    free_letter: FreeLetter | None = None,
    frozen_at: datetime | None = None,
) -> Revision:
    """The request's next revision; the caller holds the request's lock. `message`: what its author typed.

    `frozen_at`: for a wording that an earlier approval covers, frozen from the start.
    """
    return Revision.objects.create(
        request=request,
        n=request.revisions.count() + 1,
        free_letter=free_letter,
        author=by,
        message=message,
        recipient=wording.recipient,
        subject=wording.subject,
        body=wording.body,
        body_sha256=wording.digest,
        written_at=at,
        frozen_at=frozen_at,
    )


def latest_wording(written: TakedownRequest | FreeLetter) -> Revision:
    return written.revisions.select_related("author").order_by("-n")[0]


def freeze_latest(written: TakedownRequest | FreeLetter, *, at: datetime) -> Revision:
    """What is handed to a supervisor stays as it is from the first time on; the caller holds the request's lock."""
    revision = latest_wording(written)
    if revision.frozen_at is None:
        revision.frozen_at = at
        revision.save(update_fields=["frozen_at"])
    return revision
