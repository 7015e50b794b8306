"""A letter to send, a relay that does as it is told, and the real mail processes."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from mailroom.models import OutgoingMail
from mailroom.services import outbox
from tests.fakes.relay import FakeRelay

PLATFORM = "dmca@telegram.test"


@pytest.fixture(autouse=True)
def _brisk(settings: Any) -> None:
    settings.MAIL_SMTP_TIMEOUT = 5.0
    settings.MAIL_LEASE = 30.0
    settings.MAIL_RETRY_SECONDS = [0.1]
    settings.MAIL_RECONNECT_SECONDS = 0.1
    settings.MAIL_RETRY_JITTER = 0.0
    settings.MAIL_DOMAIN_PER_MINUTE = 0.0
    settings.MAIL_CANARY_SECONDS = 0.0
    settings.MAIL_POLL_SECONDS = 0.2
    settings.MAIL_PARSE_RETRY_SECONDS = 0.0


@pytest.fixture
def letter() -> Callable[..., OutgoingMail]:
    """Put a letter into the outbox; every part can be given."""

    def one(**given: Any) -> OutgoingMail:
        words: dict[str, Any] = {
            "identity": outbox.new_identity(),
            "idempotency_key": str(uuid.uuid4()),
            "to": PLATFORM,
            "subject": "[2024-0001] 삭제 요청",
            "body": "1. https://t.me/portal_demo_room/101\n2. https://t.me/portal_demo_room/102\n",
            "language": "ko",
            "by": None,
        }
        with transaction.atomic():
            return outbox.enqueue(**(words | given))

    return one


@pytest.fixture
def relay(settings: Any) -> Iterator[FakeRelay]:
    with FakeRelay() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
