"""Letters with the house's own DKIM signature: made once, whole on arrival, broken by whatever is added."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailroom.digests import is_copy
from mailroom.models import OutgoingMail
from mailroom.sender import send_next
from mailroom.services import outbox
from tests.fakes.relay import FakeRelay

pytestmark = pytest.mark.django_db
Letter = Callable[..., OutgoingMail]


@pytest.fixture
def record(tmp_path: Path, settings: Any) -> bytes:
    """The TXT record of a key that letters are signed with."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "dkim.pem"
    path.write_bytes(pem)
    settings.MAIL_DKIM_KEY_FILE, settings.MAIL_DKIM_SELECTOR = str(path), "s1"
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])


def holds(data: bytes, record: bytes) -> bool:
    return dkim.verify(data, dnsfunc=lambda name, **_: record if name == b"s1._domainkey.portal.test." else None)


def test_without_a_key_nothing_is_signed(letter: Letter) -> None:
    assert b"DKIM-Signature" not in outbox.read_bytes(letter())


def test_what_leaves_is_what_was_signed_and_kept(letter: Letter, relay: FakeRelay, record: bytes) -> None:
    mail = letter(body="1. https://t.me/portal_demo_room/101\n가나다\n" * 50)
    kept = outbox.read_bytes(mail)
    assert kept.startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")
    assert holds(kept, record)
    assert send_next()
    assert relay.taken[0].data == kept


@pytest.mark.parametrize("field", [b"From: x@evil.test", b"Reply-To: x@evil.test", b"Subject: other", b"To: a@b.test"])
def test_a_second_field_breaks_the_signature(letter: Letter, record: bytes, field: bytes) -> None:
    kept = outbox.read_bytes(letter())
    assert holds(b"X-Other: 1\r\n" + kept, record)
    assert not holds(field + b"\r\n" + kept, record)


def test_appended_words_break_the_signature(letter: Letter, record: bytes) -> None:
    assert not holds(outbox.read_bytes(letter()) + b"More.\r\n", record)


def test_the_archive_copy_is_known_though_the_mail_server_signs_as_well(letter: Letter, record: bytes) -> None:
    kept = outbox.read_bytes(letter())
    more = b"Received: from a by b\r\nDKIM-Signature: v=1; d=relay.test; b=\r\n abc\r\n"
    assert is_copy(letter=kept, mail=more + kept)
    assert not is_copy(letter=kept, mail=more + b"Subject: other\r\n" + kept)
