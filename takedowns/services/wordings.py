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
    """The request's next revision; the caller holds the request's lock. `message`: what its author typed."""
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
