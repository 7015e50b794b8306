"""Whether a mail comes from the domain of its sender: by its signatures, or by our own border server's word."""

from pathlib import Path
from typing import Any

import pytest

from mailroom import authenticating, resolving
from mailroom.authenticating import Proof, prove
from mailroom.border import dmarc_result
from mailroom.parsing import parse
from mailroom.states import Authentication
from tests.fakes.nameserver import FAILING, SILENT, name_server
from tests.mailroom.shared_mail import FOLDER
from tests.mailroom.signing import Zone, key, signed

SENDER = "dmca@telegram.test"
ORDERED = [
    f"From: Liaison <{SENDER}>", "To: <takedown@portal.test>", "Subject: Re: request",
    "Date: Tue, 3 Sep 2024 10:30:00 +0900", "Message-ID: <1@telegram.test>", "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
]  # fmt: skip


def mail(body: str = "1-3 removed", *, sender: str = SENDER) -> bytes:
    head = "\r\n".join(line.replace(SENDER, sender) for line in ORDERED)
    return f"{head}\r\n\r\n{body}\r\n".encode()


@pytest.fixture
def zone(settings: Any, tmp_path: Path) -> Zone:
    settings.MAIL_DNS, settings.MAIL_DNS_ZONE = "mailroom.resolving.zone_file", str(tmp_path / "zone.txt")
    made = Zone(tmp_path / "zone.txt")
    made.add("unused.test", "nothing")
    return made


def proof(data: bytes) -> Proof:
    parsed = parse(data)
    return prove(lambda: data, sender=parsed.sender, credentials=parsed.credentials)


def test_a_sound_signature_of_the_senders_domain(zone: Zone) -> None:
    zone.add_key("telegram.test")
    assert proof(signed(mail())) == Proof(Authentication.SIGNED, by="telegram.test", loose=frozenset())
    assert proof(b"Received: from a by b\r\n" + signed(mail())).result == Authentication.SIGNED


def test_no_signature() -> None:
    assert proof(mail()) == Proof(Authentication.UNSIGNED)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"1-3 removed", b"1-9 removed"),
        lambda data: data.replace(b"Re: request", b"Re: another"),
        lambda data: data + b"4-99 removed\r\n",
        lambda data: data.replace(b"b=", b"b=A", 1),
        lambda data: data.replace(b"<takedown@", b"<takedowm@"),
        lambda data: b"From: Liaison <dmca@telegram.test>\r\n" + data,
    ],
    ids=["body", "subject", "appended", "signature", "recipient", "second From"],
)
def test_what_was_changed_on_the_way_is_not_signed(zone: Zone, change: Any) -> None:
    zone.add_key("telegram.test")
    data = change(signed(mail()))
    assert prove(lambda: data, sender=SENDER, credentials=parse(data).credentials).result == Authentication.BROKEN


def test_words_below_a_signature_with_a_length(zone: Zone) -> None:
    zone.add_key("telegram.test")
    data = signed(mail(), cut=True)
    assert proof(data).result == Authentication.CUT
    assert proof(data + b"4-99 removed\r\n").result == Authentication.CUT


def test_beside_a_whole_signature_one_with_a_length_does_no_harm(zone: Zone) -> None:
    zone.add_key("telegram.test")
    assert proof(signed(signed(mail(), cut=True))).result == Authentication.SIGNED


@pytest.mark.parametrize(
    ("signer", "sender", "result"),
    [
        ("telegram.test", "dmca@telegram.test", "signed"),
        ("elsewhere.test", "dmca@telegram.test", "unaligned"),
        ("telegram.test.elsewhere.test", "dmca@telegram.test", "unaligned"),
        ("nottelegram.org", "dmca@telegram.org", "unaligned"),
        ("mail.telegram.org", "dmca@telegram.org", "signed"),
        ("telegram.org", "dmca@legal.telegram.org", "signed"),
        ("b.co.kr", "dmca@a.co.kr", "unaligned"),
        ("co.kr", "dmca@a.co.kr", "unaligned"),
        ("b.github.io", "dmca@a.github.io", "unaligned"),
    ],
)
def test_aligned_is_the_same_registered_domain(zone: Zone, signer: str, sender: str, result: str) -> None:
    zone.add_key(signer)
    assert proof(signed(mail(sender=sender), domain=signer)).result == result


def test_a_policy_can_ask_for_the_very_same_domain(zone: Zone) -> None:
    zone.add_key("mail.telegram.org")
    zone.add_key("telegram.org")
    zone.add("_dmarc.telegram.org", "v=DMARC1; p=reject; adkim=s")
    assert proof(signed(mail(sender="a@telegram.org"), domain="mail.telegram.org")).result == Authentication.UNALIGNED
    assert proof(signed(mail(sender="a@telegram.org"), domain="telegram.org")).result == Authentication.SIGNED


@pytest.mark.parametrize("extra", ["t=y; ", "s=other; ", "h=sha1; ", "v=DKIM2; "])
def test_a_key_that_may_not_sign_mail_proves_nothing(zone: Zone, extra: str) -> None:
    zone.add("s1._domainkey.telegram.test", f"k=rsa; {extra}p={key()[1]}")
    assert proof(signed(mail())).result == Authentication.BROKEN


def test_weak_withdrawn_missing_and_doubled_keys(zone: Zone) -> None:
    weak = signed(mail(), bits=1024, selector="weak")
    zone.add("weak._domainkey.telegram.test", "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK")
    zone.add("gone._domainkey.telegram.test", "v=DKIM1; p=")
    zone.add_key("telegram.test", selector="twice")
    zone.add_key("telegram.test", selector="twice")
    assert proof(weak).result == Authentication.BROKEN
    for selector in ("gone", "absent", "twice"):
        assert proof(signed(mail(), selector=selector)).result == Authentication.BROKEN


def test_sha1_proves_nothing(zone: Zone) -> None:
    zone.add_key("telegram.test")
    assert proof(signed(mail(), algorithm=b"rsa-sha1")).result == Authentication.BROKEN


def test_lines_that_nobody_vouches_for_are_named(zone: Zone) -> None:
    zone.add_key("telegram.test")
    few = signed(mail(), headers=("from", "to", "subject", "date", "message-id"))
    assert proof(few).loose == {"mime-version", "content-type", "content-transfer-encoding"}
    second = b"Content-Type: text/html\r\n" + signed(mail())
    assert proof(second) == Proof(Authentication.SIGNED, by="telegram.test", loose=frozenset({"content-type"}))
    added = signed(mail()).replace(b"From:", b"In-Reply-To: <a@b>\r\nFrom:", 1)
    assert proof(added).loose == {"in-reply-to"}


def test_a_head_that_two_readers_could_read_differently_proves_nothing(zone: Zone) -> None:
    zone.add_key("telegram.test")
    for odd in (b"From : dmca@telegram.test\r\n", b"\r\r\n", b"no header\r\n", b"\xff: x\r\n"):
        data = odd + signed(mail())
        result = prove(data.__bytes__, sender=SENDER, credentials=parse(data).credentials)
        assert result.result != Authentication.SIGNED or "from" in result.loose


def test_without_an_answer_of_the_name_server_nothing_is_proved(zone: Zone) -> None:
    data = signed(mail())
    zone.path.unlink()
    assert proof(data).result == Authentication.NO_KEY_NOW


def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def note(name: str) -> list[str]:
        names.append(name)
        return []

    monkeypatch.setattr(authenticating, "texts", note)
    return names


def test_only_the_senders_own_domain_is_asked(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    names = asked_for(monkeypatch)
    data = mail()
    for n in range(9):
        data = signed(data, domain="slow.attacker.test", selector=f"s{n}")
    for n in range(9):
        data = signed(data, selector=f"t{n}")
    proof(data)
    assert names == [f"t{n}._domainkey.telegram.test" for n in (8, 7, 6)]


def test_a_signature_that_takes_too_much_is_given_up(zone: Zone, settings: Any) -> None:
    zone.add_key("telegram.test")
    data = signed(mail())
    credentials = parse(data).credentials
    settings.MAIL_PARSE_SECONDS = 0.0001
    assert prove(lambda: data, sender=SENDER, credentials=credentials).result == Authentication.UNDECIDED


def test_hostile_bodies_end_within_their_limits(zone: Zone, settings: Any, record_property: Any) -> None:
    """Runs of blanks make the library's patterns crawl: the limit ends that, and only that mail."""
    zone.add_key("telegram.test")
    settings.MAIL_PARSE_SECONDS = 1.0
    data = signed(mail()).replace(b"1-3 removed", b" " * 3_000_000 + b"x")
    result = prove(lambda: data, sender=SENDER, credentials=parse(data).credentials).result
    assert result in (Authentication.UNDECIDED, Authentication.BROKEN)
    record_property("result", result.value)
    assert proof(signed(mail())).result == Authentication.SIGNED


SERVER = "mx.portal.test"
BORDER = ("received", "from telegram.test by mx.portal.test (Postfix) with ESMTPS id 1; Tue, 3 Sep 2024 10:30:00 +0900")
PASS = ("authentication-results", f"{SERVER}; dkim=pass header.d=x; dmarc=pass (p=reject) header.from=telegram.test")


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ([PASS, BORDER], "pass"),
        ([("received", "from mx by store.portal.test"), PASS, BORDER], "pass"),
        ([BORDER, PASS], ""),
        ([PASS], ""),
        ([BORDER, PASS, BORDER], ""),
        ([("received", "from x by elsewhere.test"), PASS], ""),
        ([(PASS[0], PASS[1].replace(SERVER, "mx.elsewhere.test")), BORDER], ""),
        ([(PASS[0], PASS[1].replace(SERVER, f"({SERVER}) evil.test")), BORDER], ""),
        ([(PASS[0], PASS[1].replace("dmarc=pass", "dmarc=fail")), BORDER], "fail"),
        ([(PASS[0], PASS[1].replace("dmarc=pass", "dmarc=fail")), PASS, BORDER], ""),
        ([(PASS[0], PASS[1].replace("header.from=telegram.test", "header.from=evil.test")), BORDER], ""),
        ([(PASS[0], f"{SERVER}; spf=pass smtp.mailfrom=evil (; dmarc=pass header.from=telegram.test)"), BORDER], ""),
        ([(PASS[0], f'{SERVER}; spf=pass smtp.mailfrom="; dmarc=pass header.from=telegram.test"'), BORDER], ""),
        ([(PASS[0], f"{SERVER} 1; dmarc=pass header.from=TELEGRAM.test"), BORDER], "pass"),
        ([PASS, ("received", "from by.mx.portal.test (helo by mx.portal.test) by elsewhere.test")], ""),
    ],
)
def test_our_border_servers_word_stands_above_its_own_line(trace: list[tuple[str, str]], said: str) -> None:
    assert dmarc_result(trace, server=SERVER, host=SERVER, domain="telegram.test") == said


def test_the_border_servers_word_is_asked_only_where_there_is_one(settings: Any) -> None:
    forged = f"Authentication-Results: {PASS[1]}\r\n".encode()
    taken_in = f"Received: {BORDER[1]}\r\n".encode()
    assert proof(forged + taken_in + mail()).result == Authentication.UNSIGNED
    settings.MAIL_AUTHSERV_ID = SERVER
    assert proof(forged + taken_in + mail()) == Proof(Authentication.BORDER, by=SERVER)
    assert proof(taken_in + forged + mail()).result == Authentication.UNSIGNED
    doubled = b"Subject: another\r\n" + mail()
    assert proof(forged + taken_in + doubled).loose == {"subject"}


# The keys of RFC 6376 and RFC 8463, whose mails other projects carry.
RSA = (
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91"
    "y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)
ED25519 = "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def of_others(file: str, *, records_first: bool = False) -> bytes:
    path = FOLDER / file
    if not path.exists():
        pytest.skip(f"no mail at {path}; PORTAL_SHARED_DATA can name the folder")
    data = path.read_bytes().partition(b"\n\n")[2] if records_first else path.read_bytes()
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("file", "records_first"), [("dkimpy/rfc6376.signed.rsa.msg", False), ("stalwart-mail-auth/dkim/001.txt", True)]
)
def test_signed_mails_of_other_projects(zone: Zone, file: str, records_first: bool) -> None:
    zone.add("test._domainkey.football.example.com", f"v=DKIM1; k=rsa; {RSA}")
    zone.add("brisbane._domainkey.football.example.com", f"v=DKIM1; k=ed25519; {ED25519}")
    data = of_others(file, records_first=records_first)
    assert proof(data).result == Authentication.SIGNED
    spoiled = data.replace(b"hungry", b"thirsty")
    assert spoiled != data
    assert proof(spoiled).result == Authentication.BROKEN


def test_one_signed_by_another_domain_than_its_senders(zone: Zone) -> None:
    data = of_others("dkimpy/ed25519test2.msg")
    key_record = of_others("dkimpy/eximtest.dns").decode().strip()
    zone.add("sed._domainkey.test.ex", key_record)
    assert proof(data).result == Authentication.UNALIGNED


def test_every_signed_mail_at_hand_is_decided(zone: Zone) -> None:
    """Without their keys none is proved, and none brings anything down."""
    if not FOLDER.is_dir():
        pytest.skip(f"no mails at {FOLDER}; PORTAL_SHARED_DATA can name the folder")
    results = set()
    for folder in ("dkimpy", "authheaders", "stalwart-mail-auth"):
        for path in sorted((FOLDER / folder).rglob("*.m*")):
            parsed = parse(path.read_bytes())
            results.add(prove(path.read_bytes, sender=parsed.sender, credentials=parsed.credentials).result)
    assert results <= {Authentication.UNSIGNED, Authentication.UNALIGNED, Authentication.BROKEN}


def test_the_system_asks_name_servers_within_its_time(settings: Any) -> None:
    settings.MAIL_DNS, settings.MAIL_DNS_SECONDS = "mailroom.resolving.system", 0.5
    record = f"v=DKIM1; p={key()[1]}"
    with name_server({"s1._domainkey.telegram.test.": record}) as server:
        settings.MAIL_DNS_SERVERS = [server]
        assert resolving.texts("s1._domainkey.telegram.test") == [record]
        assert resolving.texts("s2._domainkey.telegram.test") == []
        for name in (SILENT, FAILING):
            with pytest.raises(resolving.Unreachable):
                resolving.texts(name)


def test_production_refuses_keys_out_of_a_file(settings: Any) -> None:
    settings.MAIL_DNS = "mailroom.resolving.zone_file"
    assert [each.id for each in resolving.refuse_files_in_production(None)] == ["mailroom.E001"]
    settings.MAIL_DNS = "mailroom.resolving.system"
    assert resolving.refuse_files_in_production(None) == []
