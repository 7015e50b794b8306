"""Links to any other site, lines that are no link, and addresses that nobody may be sent to."""

import pytest

from platforms.locators import ERRORS, LinkError, TooManyLines, parse, parse_lines


@pytest.mark.parametrize(
    ("raw", "platform", "key", "url"),
    [
        ("https://example.com", "example.com", "example.com/", "https://example.com/"),
        ("example.com/a", "example.com", "example.com/a", "https://example.com/a"),
        ("http://EXAMPLE.com:80/a", "example.com", "example.com/a", "https://example.com/a"),
        ("https://www.example.com./A%7eb", "example.com", "example.com/A~b", "https://www.example.com/A~b"),
        ("https://example.com/a?utm_source=1&b=2&fbclid=x&a=1#top", "example.com", "example.com/a?b=2&a=1", None),
        ("https://example.com/a?&b=2&", "example.com", "example.com/a?b=2", None),
        ("https://example.com/a/../b/./c", "example.com", "example.com/b/c", None),
        ("https://example.com/%ea%b2%bd", "example.com", "example.com/%EA%B2%BD", None),
        ("https://example.com/경", "example.com", "example.com/%EA%B2%BD", None),
        ("https://example.com/50%", "example.com", "example.com/50%25", None),
        ("https://example.com/#!/item/5", "example.com", "example.com/#!/item/5", None),
        ("https://example.com:8443/a", "example.com", "example.com:8443/a", "https://example.com:8443/a"),
        ("http://example.com:8080/a", "example.com", "example.com:8080/a", "http://example.com:8080/a"),
        ("example.com:8080/a", "example.com", "example.com:8080/a", "https://example.com:8080/a"),
        ("https://한국.kr/a", "xn--3e0b707e.kr", "xn--3e0b707e.kr/a", "https://xn--3e0b707e.kr/a"),
        ("https://ｅｘａｍｐｌｅ．ｃｏｍ／ａ", "example.com", "example.com/a", None),
        ("hxxp://example[.]com/a[.]html", "example.com", "example.com/a.html", None),
        ("https://sub.example.co.kr/a", "example.co.kr", "sub.example.co.kr/a", None),
        ("https://alice.github.io/a", "github.io", "alice.github.io/a", None),
        ("https://demo.blogspot.com/a", "blogspot.com", "demo.blogspot.com/a", None),
        ("https://en.wikipedia.org/wiki/A_(b)", "wikipedia.org", "en.wikipedia.org/wiki/A_(b)", None),
        ("(https://example.com/a)", "example.com", "example.com/a", None),
        ("https://8.8.8.8/a", "8.8.8.8", "8.8.8.8/a", "https://8.8.8.8/a"),
        ("http://134744072/a", "8.8.8.8", "8.8.8.8/a", "https://8.8.8.8/a"),
        ("https://[2606:4700:4700::1111]/a", "2606:4700:4700::1111", "[2606:4700:4700::1111]/a", None),
        ("see https://example.com/a", "example.com", "example.com/a", None),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "youtube.com", "youtube.com/watch?v=dQw4w9WgXcQ", None),
        ("https://m.youtube.com/watch?t=5&v=dQw4w9WgXcQ", "youtube.com", "youtube.com/watch?v=dQw4w9WgXcQ", None),
        ("https://youtube.com/shorts/dQw4w9WgXcQ", "youtube.com", "youtube.com/watch?v=dQw4w9WgXcQ", None),
        (
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=c1",
            "youtube.com",
            "youtube.com/watch?v=dQw4w9WgXcQ&lc=c1",
            None,
        ),
        ("https://twitter.com/demo/status/123?s=20", "x.com", "x.com/i/status/123", "https://x.com/i/status/123"),
        ("https://mobile.twitter.com/other/status/123/photo/1", "x.com", "x.com/i/status/123", None),
        ("https://www.instagram.com/reel/Abc-12345/?igsh=x", "instagram.com", "instagram.com/p/Abc-12345/", None),
    ],
)
def test_places(raw, platform, key, url):
    found = parse(raw)
    assert (found.platform, found.kind, found.key) == (platform, "url", key)
    assert url is None or found.url == url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com/a?x=1", "https://example.com/a?x=2"),
        ("https://example.com/a?x=1&y=2", "https://example.com/a?y=2&x=1"),
        ("https://m.example.com/a", "https://example.com/a"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a", "https://example.com:8443/a"),
        ("https://alice.github.io/a", "https://bob.github.io/a"),
        ("https://example.com/a?si=1", "https://example.com/a?si=2"),
        ("https://example.com/a[.]b", "https://example.com/a.b"),
        ("https://example.com/ａ", "https://example.com/a"),
        ("https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcq"),
        ("https://music.youtube.com/browse/x", "https://www.youtube.com/browse/x"),
        ("https://x.com/demo/status/123", "https://x.com/demo/status/1234"),
        ("https://www.instagram.com/p/Abc-12345/c/5/", "https://www.instagram.com/p/Abc-12345/"),
        ("https://mega.nz/#!one", "https://mega.nz/#!two"),
    ],
)
def test_other_content_another_place(one, other):
    first, second = parse(one), parse(other)
    assert (first.platform, first.kind, first.key) != (second.platform, second.kind, second.key)


PRIVATE = [
    "http://localhost/",
    "localhost",
    "localhost:8000/x",
    "http://LOCALHOST./",
    "http://app.localhost/",
    "http://printer/",
    "http://nas.local/x",
    "http://db.internal/",
    "http://router.home.arpa/",
    "http://127.0.0.1/",
    "127.0.0.1:8000",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://１２７．０．０．１/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "hxxp://127[.]0[.]0[.]1/",
    "http://0/",
    "http://10.0.0.8/",
    "http://172.16.5.5/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://192.0.2.5/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "[::1]/x",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
]


@pytest.mark.parametrize("raw", PRIVATE, ids=ascii)
def test_private_addresses_in_every_spelling(raw):
    with pytest.raises(LinkError) as error:
        parse(raw)
    assert error.value.code == "private_address"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        ("   \t ", "empty"),
        ("\u200b\ufeff", "empty"),
        ("...", "not_a_link"),
        ("hello", "not_a_link"),
        ("영상이 올라왔어요", "not_a_link"),
        ("the room is gone now", "not_a_link"),
        ("someone@example.com", "not_a_link"),
        ("010-1234-5678", "not_a_link"),
        ("3.14", "not_a_link"),
        ("@portal_demo_room", "not_a_link"),
        ("javascript:alert(1)", "scheme"),
        ("JaVaScRiPt:alert(1)", "scheme"),
        ("data:text/html,hello", "scheme"),
        ("ftp://example.com/a", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("mailto:someone@example.com", "scheme"),
        ("ton://example", "scheme"),
        ("blob:https://example.com/1", "scheme"),
        ("https://user:pass@example.com/", "credentials"),
        ("https://user@example.com/", "credentials"),
        ("https://@example.com/", "credentials"),
        ("https://", "malformed"),
        ("https:///", "malformed"),
        ("https://exa<mple.com/", "malformed"),
        ("https://example..com/", "malformed"),
        ("https://256.1.1.1/", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://example.com:99999/", "port"),
        ("https://example.com:0/", "port"),
        ("https://example.com:abc/", "port"),
        ("https://example.test/", "no_domain"),
        ("https://co.kr/", "no_domain"),
        ("video.mp4", "no_domain"),
        ("https://example.com/a b", "spaces"),
        ("https://example.com/a (copy)", "spaces"),
        ("https://example.com/a https://example.org/b", "several_links"),
        ("https://example.com/\x00", "control"),
        ("https://example.com/\x1b[31m", "control"),
        ("https://example.com/\ud800", "control"),
        ("https://example.com/" + "a" * 2000, "too_long"),
        ("https://example.com/" + "경" * 500, "too_long"),
        ("x" * 1_000_000, "too_long"),
        ("https://www.google.com/url?q=" * 6 + "https://example.com/", "malformed"),
        ("https://www.google.com/url?q=http://127.0.0.1/", "private_address"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_errors(raw, code):
    with pytest.raises(LinkError) as error:
        parse(raw)
    assert error.value.code == code
    assert str(error.value) == ERRORS[code]


def test_every_error_has_a_sentence():
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in ERRORS.values())


def test_lines_keep_order_and_tell_errors():
    lines = parse_lines("\n https://t.me/portal_demo_room/1 \n\n nonsense \r\nhttps://example.com/a\n\u200b\n")
    assert [(line.n, line.error) for line in lines] == [(1, None), (2, "not_a_link"), (3, None)]
    assert [line.locator.key if line.locator else None for line in lines] == [
        "portal_demo_room/1",
        None,
        "example.com/a",
    ]
    assert lines[1].raw == " nonsense "


def test_links_side_by_side_are_lines_of_their_own():
    lines = parse_lines("https://t.me/portal_demo_room/1 t.me/portal_demo_room/2, https://example.com/a;\nand no link")
    assert [line.locator.key if line.locator else line.error for line in lines] == [
        "portal_demo_room/1",
        "portal_demo_room/2",
        "example.com/a",
        "not_a_link",
    ]


def test_two_hundred_lines_and_no_more():
    text = "\n".join(f"https://t.me/portal_demo_room/{n}" for n in range(1, 201))
    assert len(parse_lines(text)) == 200
    with pytest.raises(TooManyLines) as error:
        parse_lines(text + "\n\nt.me/portal_demo_room/201")
    assert error.value.count == 201
    with pytest.raises(TooManyLines) as error:
        parse_lines("x\n" * 10_000)
    assert error.value.count == 10_000
