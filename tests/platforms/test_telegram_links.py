"""Telegram's forms: what is one content, what is another, what is none. All names are placeholders."""

import pytest

from platforms.locators import LinkError, parse

MESSAGE = ("message", "portal_demo_room/101", "https://t.me/portal_demo_room/101")
ROOM = ("room", "portal_demo_room", "https://t.me/portal_demo_room")
INVITE = ("invite", "AbCdEf123_-xYz", "https://t.me/+AbCdEf123_-xYz")
PHONE = ("phone", "+821012345678", "https://t.me/+821012345678")
PRIVATE = ("private_message", "1234567890/55", "https://t.me/c/1234567890/55")

FORMS = {
    MESSAGE: [
        "https://t.me/portal_demo_room/101",
        "http://t.me/portal_demo_room/101",
        "t.me/portal_demo_room/101",
        "//t.me/portal_demo_room/101",
        "https:t.me/portal_demo_room/101",
        "https//t.me/portal_demo_room/101",
        "http://https://t.me/portal_demo_room/101",
        "ttps://t.me/portal_demo_room/101",
        "https://www.t.me/portal_demo_room/101",
        "https://telegram.me/portal_demo_room/101",
        "telegram.dog/portal_demo_room/101",
        "HTTPS://T.ME/Portal_Demo_Room/101",
        "https://t.me:443/portal_demo_room/101",
        "https://t.me./portal_demo_room/101",
        "https://t.me/portal_demo_room/0101",
        "https://t.me//portal_demo_room//101/",
        "https://t.me/@portal_demo_room/101",
        "https://t.me/s/portal_demo_room/101",
        "https://t.me/%73/portal_demo_room/101",
        "https://t.me/portal%5Fdemo%5Froom%2F101",
        "https://t.me/portal_demo_room/7/101",
        "https://t.me/portal_demo_room/101?thread=7",
        "https://t.me/portal_demo_room/101?single",
        "https://t.me/portal_demo_room/101?t=1m3s&single",
        "https://t.me/portal_demo_room/101?comment=0",
        "https://t.me/portal_demo_room/101?utm_source=a&fbclid=b#part",
        "https://portal_demo_room.t.me/101",
        "https://Portal_Demo_Room.T.Me/101?single",
        "tg://resolve?domain=portal_demo_room&post=101",
        "TG://RESOLVE?domain=Portal_Demo_Room&post=101&single&t=5",
        "tg:resolve?post=101&domain=portal_demo_room",
        "tg://resolve?domain=portal_demo_room&amp;post=101",
        "hxxps://t.me/portal_demo_room/101",
        "hXXp://t[.]me/portal_demo_room/101",
        "h**ps://t.me/portal_demo_room/101",
        "hxxps[://]t[.]me/portal_demo_room/101",
        "hxxps[:]//t(.)me/portal_demo_room/101",
        "t[.]me/portal_demo_room/101",
        "t [.] me/portal_demo_room/101",
        "t[dot]me/portal_demo_room/101",
        "https://t(dot)me/portal_demo_room/101",
        "ｈｔｔｐｓ：／／ｔ．ｍｅ／portal_demo_room／１０１",
        "https://ｔ．ｍｅ/portal_demo_room/101",
        "https://ＴＥＬＥＧＲＡＭ．ＭＥ/portal_demo_room/１０１",
        "https://t.me／portal_demo_room／101",
        "https://t.me/portal_demo_room/101？single",
        "https://t。me/portal_demo_room/101",
        "  https://t.me/portal_demo_room/101\t",
        "\u200bhttps://t.me/\u200bportal_demo_room/101\ufeff",
        "\xa0https://t.me/portal_demo_room/101\u3000",
        "<https://t.me/portal_demo_room/101>",
        "<https://t.me/portal_demo_room/101|t.me/portal_demo_room/101>",
        '"https://t.me/portal_demo_room/101"',
        "“https://t.me/portal_demo_room/101”,",
        "「https://t.me/portal_demo_room/101」",
        "(https://t.me/portal_demo_room/101).",
        "**https://t.me/portal_demo_room/101**",
        "[a room](https://t.me/portal_demo_room/101)",
        "https://t.me/portal_demo_room/101.",
        "https://t.me/portal_demo_room/101?",
        "https://t.me/portal_demo_room/101에서",
        "1. https://t.me/portal_demo_room/101",
        "1) t.me/portal_demo_room/101",
        "(12) https://t.me/portal_demo_room/101",
        "3.https://t.me/portal_demo_room/101",
        "① https://t.me/portal_demo_room/101",
        "- https://t.me/portal_demo_room/101",
        "• t.me/portal_demo_room/101",
        "> https://t.me/portal_demo_room/101",
        "링크: https://t.me/portal_demo_room/101",
        "https://t.me/portal_demo_room/101 (2024-09-01)",
        "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fportal_demo_room%2F101&text=hello",
        "tg://msg_url?url=https://t.me/portal_demo_room/101",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Ft.me%2Fportal_demo_room%2F101&data=05%7C",
        "https://www.google.com/url?q=https://t.me/portal_demo_room/101&sa=D",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Ft.me%2Fportal_demo_room%2F101&h=x",
        "https://urldefense.com/v3/__https://t.me/portal_demo_room/101__;!!abc$",
    ],
    ROOM: [
        "https://t.me/portal_demo_room",
        "t.me/Portal_Demo_Room/",
        "https://t.me/s/portal_demo_room",
        "https://t.me/s/portal_demo_room?before=55",
        "https://portal_demo_room.t.me",
        "https://t.me/portal_demo_room?start=abc",
        "https://t.me/portal_demo_room?boost",
        "https://t.me/boost/portal_demo_room",
        "tg://resolve?domain=portal_demo_room",
        "tg://boost?domain=portal_demo_room",
        "https://web.telegram.org/k/#@portal_demo_room",
        "https://web.telegram.org/a/#?tgaddr=tg%3A%2F%2Fresolve%3Fdomain%3Dportal_demo_room",
    ],
    INVITE: [
        "https://t.me/+AbCdEf123_-xYz",
        "t.me/%2BAbCdEf123_-xYz",
        "https://t.me/joinchat/AbCdEf123_-xYz",
        "https://telegram.me/joinchat/AbCdEf123_-xYz?utm_source=x",
        "tg://join?invite=AbCdEf123_-xYz",
        "hxxps://t[.]me/+AbCdEf123_-xYz",
    ],
    PHONE: [
        "https://t.me/+821012345678",
        "https://t.me/+82-10-1234-5678",
        "https://t.me/+82 10 1234 5678",
        "tg://resolve?phone=821012345678",
        "tg://resolve?phone=%2B821012345678",
    ],
    PRIVATE: [
        "https://t.me/c/1234567890/55",
        "https://t.me/c/1234567890/3/55?thread=3",
        "https://t.me/c/-1001234567890/55",
        "t.me/C/1234567890/055?single",
        "tg://privatepost?channel=1234567890&post=55",
    ],
    ("private_room", "1234567890", "https://t.me/c/1234567890"): [
        "https://t.me/c/1234567890",
        "https://t.me/c/1234567890?boost",
        "https://t.me/boost?c=1234567890",
        "tg://boost?channel=1234567890",
        "https://web.telegram.org/a/#-1001234567890",
    ],
    ("comment", "portal_demo_room/101/5", "https://t.me/portal_demo_room/101?comment=5"): [
        "https://t.me/portal_demo_room/101?comment=5",
        "https://t.me/Portal_Demo_Room/101?single&comment=05",
        "tg://resolve?domain=portal_demo_room&post=101&comment=5",
    ],
    ("private_comment", "1234567890/55/6", "https://t.me/c/1234567890/55?comment=6"): [
        "https://t.me/c/1234567890/55?comment=6",
        "tg://privatepost?channel=1234567890&post=55&comment=6",
    ],
    ("story", "portal_demo_room/4", "https://t.me/portal_demo_room/s/4"): [
        "https://t.me/portal_demo_room/s/4",
        "tg://resolve?domain=portal_demo_room&story=4",
    ],
    ("story_album", "portal_demo_room/4", "https://t.me/portal_demo_room/a/4"): ["https://t.me/portal_demo_room/a/4"],
    ("app", "portal_demo_bot/Gallery", "https://t.me/portal_demo_bot/Gallery"): [
        "https://t.me/portal_demo_bot/Gallery?startapp=x",
        "tg://resolve?domain=Portal_Demo_Bot&appname=Gallery",
    ],
    ("folder", "AbCd", "https://t.me/addlist/AbCd"): ["https://t.me/addlist/AbCd", "tg://addlist?slug=AbCd"],
    ("stickers", "Demo_Set", "https://t.me/addstickers/Demo_Set"): [
        "https://t.me/addstickers/Demo_Set",
        "https://t.me/addemoji/Demo_Set",
        "tg://addstickers?set=Demo_Set",
    ],
}


@pytest.mark.parametrize(
    ("raw", "place"),
    [(raw, place) for place, raws in FORMS.items() for raw in raws],
    ids=lambda value: ascii(value)[:70],
)
def test_one_content_one_place(raw, place):
    found = parse(raw)
    assert (found.platform, found.kind, found.key, found.url) == ("telegram", *place)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("t.me/portal_demo_room/101", "t.me/portal_demo_room/102"),
        ("t.me/portal_demo_room/101", "t.me/portal_demo_rooms/101"),
        ("t.me/portal_demo_room/101", "t.me/portal_demo_room/1010"),
        ("t.me/portal_demo_room/101", "t.me/portal_demo_room/101?comment=5"),
        ("t.me/portal_demo_room/101?comment=4", "t.me/portal_demo_room/101?comment=5"),
        ("t.me/portal_demo_room/11?comment=1", "t.me/portal_demo_room/1?comment=11"),
        ("t.me/portal_demo_room/101", "t.me/portal_demo_room"),
        ("t.me/portal_demo_room/4", "t.me/portal_demo_room/s/4"),
        ("t.me/portal_demo_room/s/4", "t.me/portal_demo_room/a/4"),
        ("t.me/+AbCdEf123_-xYz", "t.me/+abcdef123_-xyz"),
        ("t.me/+AbCdEf123_-xYz", "t.me/AbCdEf123"),
        ("t.me/addstickers/Demo", "t.me/addlist/Demo"),
        ("t.me/c/1234567890/55", "t.me/c/1234567890/56"),
        ("t.me/c/1234567890/55", "t.me/c/1234567891/55"),
        ("t.me/c/12345/55", "t.me/c/1234/555"),
        ("t.me/+821012345678", "t.me/joinchat/821012345678"),
        ("t.me/portal_demo_bot/Gallery", "t.me/portal_demo_bot/gallery"),
    ],
)
def test_other_content_another_place(one, other):
    first, second = parse(one), parse(other)
    assert (first.platform, first.kind, first.key) != (second.platform, second.kind, second.key)
    assert first.url != second.url


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("https://t.me/", "telegram_no_content"),
        ("t.me", "telegram_no_content"),
        ("https://t.me/login/12345", "telegram_no_content"),
        ("https://t.me/proxy?server=proxy.example.com&port=443", "telegram_no_content"),
        ("https://t.me/socks?server=a", "telegram_no_content"),
        ("https://t.me/addtheme/night", "telegram_no_content"),
        ("https://t.me/setlanguage/ko", "telegram_no_content"),
        ("https://t.me/confirmphone?phone=1&hash=2", "telegram_no_content"),
        ("https://t.me/share/url", "telegram_no_content"),
        ("https://t.me/joinchat", "telegram_no_content"),
        ("https://t.me/joinchat/", "telegram_no_content"),
        ("https://t.me/+", "telegram_no_content"),
        ("https://t.me/+82", "telegram_no_content"),
        ("https://t.me/a/5", "telegram_no_content"),
        ("https://web.t.me/5", "telegram_no_content"),
        ("https://t.me/한글방/5", "telegram_no_content"),
        ("https://t.me/1room", "telegram_no_content"),
        ("https://t.me/portal_demo_room/1/2/3", "telegram_no_content"),
        ("https://t.me/portal_demo_room/101?comment=4&comment=5", "telegram_no_content"),
        ("https://t.me:8443/portal_demo_room/101", "telegram_no_content"),
        ("tg://settings", "telegram_no_content"),
        ("tg://resolve", "telegram_no_content"),
        ("tg://resolve?domain=proxy", "telegram_no_content"),
        ("tg://privatepost?channel=1234567890", "telegram_no_content"),
        ("tg://user?id=5", "telegram_no_content"),
        ("https://web.telegram.org/k/", "telegram_no_content"),
        ("https://t.me/portal_demo_room/0", "telegram_number"),
        ("https://t.me/portal_demo_room/-5", "telegram_number"),
        ("https://t.me/portal_demo_room/101-104", "telegram_number"),
        ("https://t.me/portal_demo_room/99999999999", "telegram_number"),
        ("https://t.me/portal_demo_room/topic/5", "telegram_number"),
        ("https://t.me/portal_demo_room/101?comment=x", "telegram_number"),
        ("https://t.me/c/room/5", "telegram_number"),
        ("https://t.me/share/url?url=javascript%3Aalert(1)", "scheme"),
        ("https://t.me/portal_demo_room/1 https://t.me/portal_demo_room/2", "several_links"),
        ("https://t.me@example.com/portal_demo_room/1", "credentials"),
    ],
)
def test_no_content(raw, code):
    with pytest.raises(LinkError) as error:
        parse(raw)
    assert error.value.code == code
