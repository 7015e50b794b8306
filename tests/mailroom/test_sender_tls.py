"""The dialogue behind STARTTLS and log-in, with a certificate that is really checked."""

import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailroom.models import OutgoingMail
from mailroom.sender import send_next
from mailroom.services import outbox
from mailroom.states import Ending, OutgoingState
from tests.fakes.relay import FakeRelay
from tests.mailroom.processes import free_port

pytestmark = pytest.mark.django_db


class Sink:
    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.taken.append(envelope.original_content or b"")
        return "250 taken"


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    cert = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + cert.public_bytes(serialization.Encoding.PEM)
    )
    return pem


@pytest.fixture
def sink(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    pem = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    handler = Sink()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = (data.login, data.password) == (b"portal", b"right")
        return AuthResult(success=right, handled=False)

    controller = Controller(
        handler, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True, auth_required=True,
        authenticator=authenticate,
    )  # fmt: skip
    controller.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", controller.port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = True, "portal", "right"
    yield handler
    controller.stop()


def test_a_letter_leaves_behind_tls_and_log_in(letter: Callable[..., OutgoingMail], sink: Sink) -> None:
    mail = letter()
    assert send_next()
    mail.refresh_from_db()
    assert mail.state == OutgoingState.ACCEPTED
    assert sink.taken == [outbox.read_bytes(mail)]


def test_a_wrong_password_rejects_no_letter(letter: Callable[..., OutgoingMail], sink: Sink, settings: Any) -> None:
    settings.EMAIL_HOST_PASSWORD = "wrong"
    mail = letter()
    send_next()
    mail.refresh_from_db()
    assert (mail.state, mail.last_ending, mail.smtp_code) == (OutgoingState.QUEUED, Ending.UNREACHABLE, 535)


def test_a_server_of_another_name_gets_no_letter(
    letter: Callable[..., OutgoingMail], sink: Sink, settings: Any
) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    mail = letter()
    send_next()
    mail.refresh_from_db()
    assert mail.state == OutgoingState.QUEUED
    assert "certificate" in mail.smtp_text.lower()
    assert sink.taken == []


def test_where_tls_is_asked_for_no_letter_leaves_without(
    letter: Callable[..., OutgoingMail], relay: FakeRelay, settings: Any
) -> None:
    settings.EMAIL_USE_TLS = True
    mail = letter()
    send_next()
    mail.refresh_from_db()
    assert (mail.state, mail.last_ending) == (OutgoingState.QUEUED, Ending.UNREACHABLE)
    assert "STARTTLS" in mail.smtp_text
    assert "mail" not in relay.seen


def test_tls_where_it_is_offered(letter: Callable[..., OutgoingMail], sink: Sink, settings: Any) -> None:
    settings.EMAIL_USE_TLS, settings.EMAIL_TLS_IF_OFFERED = False, True
    letter()
    assert send_next()
    assert len(sink.taken) == 1


def test_and_none_where_it_is_not(letter: Callable[..., OutgoingMail], relay: FakeRelay, settings: Any) -> None:
    settings.EMAIL_TLS_IF_OFFERED = True
    letter()
    assert send_next()
    assert len(relay.taken) == 1


def test_an_offered_certificate_that_is_wrong_is_no_reason_to_go_without(
    letter: Callable[..., OutgoingMail], sink: Sink, settings: Any
) -> None:
    settings.EMAIL_USE_TLS, settings.EMAIL_TLS_IF_OFFERED, settings.EMAIL_HOST = False, True, "127.0.0.1"
    mail = letter()
    send_next()
    mail.refresh_from_db()
    assert mail.state == OutgoingState.QUEUED
    assert sink.taken == []
