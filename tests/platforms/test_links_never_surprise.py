"""Whatever is pasted: a locator or a LinkError, and a locator's own address leads to itself."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from platforms.locators import LinkError, parse, parse_lines

WORDS = (
    "https:// http:// tg:// hxxps:// t.me/ t.me telegram.me/ s/ c/ joinchat/ resolve?domain= &post= ?comment=5 www. "
    "example.com youtu.be/ watch?v= dQw4w9WgXcQ status/ share/url?url= www.google.com/url?q= web.telegram.org/k/#@ "
    "/ ? # #! % %2 %41 %2F . , .. : @ [ ] ( ) + * ! ' \" < > | \\ - ; { } ^ ` ~ $ & = 101 0 abc ABC_d 1234567890 "
    "utm_source=1 single 1. [.] (dot) localhost 127.1 ::1 [::1] é 한글 ． ／ ： １ 。 …"
)
PIECES = st.sampled_from([*WORDS.split(), " ", "\t", "\n", "\x00", "\x85", "\u200b", "\u200d", "\u2028", "\ud800"])
STARTS = st.sampled_from(["", "https://", "https://t.me/", "https://example.com/", "tg://", "1. <"])
TEXTS = st.one_of(st.text(max_size=60), st.tuples(STARTS, st.lists(PIECES, max_size=10).map("".join)).map("".join))
NAMES = st.from_regex(r"[a-z][a-z0-9_]{4,31}", fullmatch=True)


def identity(raw):
    place = parse(raw)
    return place.platform, place.kind, place.key


@settings(max_examples=1500, deadline=None)
@given(TEXTS)
@example("https://example.com/a.?utm_source=1")  # a parameter's end brings a full stop to the end
@example("https://example.com/?a&.#part")
@example("https://example.com/%4%31%%zz")
@example("http://0.[.]")
@example(".T.ME")
@example("https://t.me/joinchat/821012345678")
@example("https://www.google.com/url?q=" * 5 + "https://example.com/")
def test_nothing_but_link_errors_and_addresses_that_lead_home(raw):
    parse_lines(raw)
    try:
        place = parse(raw)
    except LinkError:
        return
    again = parse(place.url)
    assert (again.platform, again.kind, again.key, again.url) == (place.platform, place.kind, place.key, place.url)
    assert place.url.isascii()
    assert place.url.startswith(("https://", "http://"))
    assert len(place.url) <= 2000


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@settings(max_examples=200, deadline=None)
@given(name=NAMES, number=st.integers(min_value=1, max_value=2**31 - 1))
def test_a_message_is_one_however_it_is_written(name, number):
    plain = f"https://t.me/{name}/{number}"
    bent = [
        plain.upper(),
        full_width(plain),
        plain.replace("https", "hxxps").replace(".", "[.]"),
        f"1) <{plain}?utm_source=a&single>.",
        f"https://telegram.dog/s/{name}/{number}",
        f"tg://resolve?domain={name}&post={number}",
        f"https://t.me/{name}/7/{number}",
    ]
    reserved = identity_or_error(plain)
    assert all(identity_or_error(form) == reserved for form in bent)


def identity_or_error(raw):
    try:
        return identity(raw)
    except LinkError as error:
        return error.code


@settings(max_examples=200, deadline=None)
@given(one=st.tuples(NAMES, st.integers(1, 99)), other=st.tuples(NAMES, st.integers(1, 99)))
def test_two_messages_are_never_one(one, other):
    first = identity_or_error("https://t.me/{}/{}".format(*one))
    second = identity_or_error("https://t.me/{}/{}".format(*other))
    if isinstance(first, tuple) and isinstance(second, tuple):
        assert (first == second) == (one == other)
