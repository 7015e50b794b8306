"""The simulated platform signs what it sends, and the portal's own verification finds the signature to hold."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailroom.authenticating import Proof, prove
from mailroom.parsing import parse
from mailroom.states import Authentication
from tests.sandbox.liaison import House, letter
from tests.sandbox.processes import Mailbox, free_port, mailbox, program


@contextmanager
def house(folder: Path, *more: str | Path) -> Iterator[House]:
    with ExitStack() as stack:
        relay = stack.enter_context(mailbox(Mailbox(free_port())))
        addresses = ["--web", "127.0.0.1:0", "--mail", "127.0.0.1:0", "--relay", f"127.0.0.1:{relay.port}"]
        platform = program("sandbox.platform", *addresses, "--data", folder / "platform", "--seed", *more)
        yield House(stack.enter_context(platform), relay)


@pytest.fixture
def zone(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_DNS, settings.MAIL_DNS_ZONE = "mailroom.resolving.zone_file", str(tmp_path / "zone.txt")
    return tmp_path / "zone.txt"


def answered(at: House, text: str = "All 25 have been removed.") -> bytes:
    number = at.post(letter())
    assert at.call("answer", {"letter": number, "text": text, "quote": False}).status == 200
    return at.relay.taken[-1].content


def proof(data: bytes) -> Proof:
    parsed = parse(data)
    return prove(lambda: data, sender=parsed.sender, credentials=parsed.credentials)


def test_an_answer_is_signed_by_the_platforms_domain(tmp_path: Path, zone: Path) -> None:
    with house(tmp_path, "--zone", zone) as at:
        data, korean = answered(at), answered(at, "1-25번 모두 삭제하였습니다.")
    for each in (data, korean):
        assert proof(each) == Proof(Authentication.SIGNED, by="telegram.test")


def test_what_others_change_or_write_is_not(tmp_path: Path, zone: Path) -> None:
    with house(tmp_path, "--zone", zone) as at:
        data = answered(at)
    assert proof(data.replace(b"All 25", b"All 24")).result == Authentication.BROKEN
    assert proof(b"From: <other@telegram.test>\r\n" + data).result != Authentication.SIGNED
    unsigned = re.sub(rb"(?s)\ADKIM-Signature:.*?\r\n(?=\S)", b"", data)
    assert proof(unsigned).result == Authentication.UNSIGNED
    stranger = data.replace(b"dmca@telegram.test", b"dmca@elsewhere.test")
    assert proof(stranger).result == Authentication.UNALIGNED


def test_the_key_stays_and_other_records_too(tmp_path: Path, zone: Path) -> None:
    zone.write_text("_dmarc.telegram.test v=DMARC1; p=none\n")
    told = []
    for _ in range(2):
        with house(tmp_path, "--zone", zone):
            told.append(sorted(zone.read_text().splitlines()))
    assert told[0] == told[1]
    assert [line.partition(" ")[0] for line in told[0]] == ["_dmarc.telegram.test", "robot._domainkey.telegram.test"]
    assert (tmp_path / "platform" / "dkim.pem").stat().st_mode & 0o077 == 0


def test_without_a_zone_nothing_is_signed(tmp_path: Path, zone: Path) -> None:
    with house(tmp_path) as at:
        assert b"DKIM-Signature" not in answered(at)
    assert not (tmp_path / "platform" / "dkim.pem").exists()
