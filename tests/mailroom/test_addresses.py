from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailroom import addresses
from mailroom.addresses import Box, OwnAddress, is_plain, own


def test_our_addresses_are_read_back() -> None:
    token = addresses.new_token()
    assert own(addresses.reply_address(token)) == OwnAddress(Box.REPLY, token)
    assert own(addresses.bounce_address(token).upper()) == OwnAddress(Box.BOUNCE, token)
    assert own(f" <{addresses.archive_address()}> ") == OwnAddress(Box.ARCHIVE, "")
    assert own(addresses.from_address()) == OwnAddress(Box.REPLY, "")
    assert own("takedown+r.short@portal.test") == OwnAddress(Box.REPLY, "")
    assert own("takedown+r.abcdefghijkmnpqrs1@portal.test") == OwnAddress(Box.REPLY, "")


def test_other_boxes_and_domains_are_not_ours(settings: Any) -> None:
    for address in ("", "@", "takedown", "takedown@portal.test.evil.test", "x@portal.test", "takedown+v.a@portal.test"):
        assert own(address) is None
    settings.MAIL_DOMAIN, settings.MAIL_FROM_BOX = "kcsc.example", "orders"
    assert own("orders@KCSC.example") == OwnAddress(Box.REPLY, "")
    assert own("takedown@kcsc.example") is None


@given(st.text(max_size=400))
def test_any_text_is_asked_safely(text: str) -> None:
    own(text)
    if is_plain(text):
        assert text.isascii()
        assert text.count("@") == 1
        assert not set(text) & set(' \r\n<>,;:"()\0')


def test_a_long_label_costs_no_time() -> None:
    assert not is_plain("a@" + "a" * 240 + "!")
    assert is_plain("a@" + ".".join(["a" * 60] * 4))
