"""What a page proves, and how much more it does not. Pages as t.me's widget serves them, with neutral content."""

import hashlib

import pytest

from platforms.checkers import check
from platforms.states import CannotVerify, CheckOutcome
from tests.platforms.conftest import moved, text

LIVE = """<!DOCTYPE html><html><head><title>Telegram Widget</title></head><body class="widget_frame_base tgme_widget">
<div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{post}" data-view="eyJjIjox">
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>
</div></div><script src="//telegram.org/js/widget-frame.js"></script></body></html>"""
GONE = """<!DOCTYPE html><html><head><title>Telegram Widget</title></head><body class="widget_frame_base tgme_widget">
<div class="tgme_widget_message_error">{text}</div></body></html>"""
POST = "/portal_demo_room/101"


def look(key="portal_demo_room/101", kind="message", url=None):
    return check(checker="telegram", kind=kind, key=key, url=url or f"https://t.me/{key}")


def live(post="portal_demo_room/101", words="Sample footage"):
    return LIVE.format(post=post, text=words)


def gone(words="Post not found"):
    return GONE.format(text=words)


@pytest.mark.parametrize(
    "page",
    [
        live(),
        live(post="Portal_Demo_Room/101"),
        live(words="Post not found"),
        live(words='<a href="https://t.me/portal_demo_room/99">Post not found</a>'),
    ],
)
def test_live_on_a_positive_sign_for_this_post(site, page):
    site.answers[POST] = text(page)
    result = look()
    assert (result.outcome, result.reason, result.method) == (CheckOutcome.LIVE, "", "telegram_preview")
    assert result.status_line == "200 OK"
    assert result.digest == hashlib.sha256(page.encode()).hexdigest()
    assert site.asked[0][0] == "/portal_demo_room/101?embed=1&single=1"
    assert site.asked[0][1] == "t.me"


@pytest.mark.parametrize(
    "words", ["Post not found", " Post \n not found. ", "<b>Post</b> not<br> found", "post NOT found"]
)
def test_gone_on_a_positive_sign(site, words):
    site.answers[POST] = text(gone(words))
    result = look()
    assert (result.outcome, result.reason) == (CheckOutcome.GONE, "")
    assert result.digest


@pytest.mark.parametrize(
    "answer",
    [
        text(""),
        text("<html><body>Something went wrong</body></html>"),
        text("<p>Post not found</p>"),
        text("<!-- " + gone() + " -->"),
        text("<script>var page = '<div class=\"tgme_widget_message_error\">Post not found</div>';</script>"),
        text(gone("Channel with username <b>@portal_demo_room</b> not found")),
        text(gone("This message couldn't be displayed on your device")),
        text(gone("Post not found in this list of posts")),
        text(gone() + gone("Too many requests")),
        text(gone("")),
        text(live(post="portal_demo_room/102")),
        text(live(post="portal_demo_room/1010")),
        text(live(post="other_demo_room/101")),
        text(live(post="")),
        text(live() + live(post="portal_demo_room/102")),
        text(live() + gone()),
        text('<div data-post="portal_demo_room/101">' + gone() + "</div>"),
        text('<div data-post="portal_demo_room/101">no message</div>'),
        text('<div class="tgme_widget_message_text" data-post="portal_demo_room/101">no message</div>'),
        text(live(), kind="text/plain"),
        text(live(), kind="application/octet-stream"),
        text(gone(), status=404),
        text(gone(), status=500),
        text(gone(), status=429),
        text(live(), status=403),
        moved("https://t.me/portal_demo_room"),
        moved("https://example.com/login"),
        text("x" * (3 * 2**20)),
        lambda handler: handler.wfile.write(b"nonsense"),
    ],
)
def test_anything_else_proves_nothing(site, answer):
    site.answers[POST] = answer
    site.answers["/portal_demo_room"] = text(gone())
    site.answers["/login"] = text(gone())
    result = look()
    assert (result.outcome, result.reason) == (CheckOutcome.CANNOT_VERIFY, CannotVerify.ERROR)
    assert result.method == "telegram_preview"


def test_no_server_proves_nothing(settings):
    settings.CHECK_PINS = {"t.me": "http://127.0.0.1:9"}
    result = look()
    assert (result.outcome, result.reason) == (CheckOutcome.CANNOT_VERIFY, CannotVerify.ERROR)
    assert (result.status_line, result.digest) == ("no_connection", "")


@pytest.mark.parametrize(
    ("kind", "key", "reason"),
    [
        ("private_message", "1234567890/55", CannotVerify.PRIVATE_ROOM),
        ("private_comment", "1234567890/55/6", CannotVerify.PRIVATE_ROOM),
        ("private_room", "1234567890", CannotVerify.PRIVATE_ROOM),
        ("invite", "AbCdEf123", CannotVerify.PRIVATE_ROOM),
        ("phone", "+821012345678", CannotVerify.NEEDS_ACCOUNT),
        ("comment", "portal_demo_room/101/5", CannotVerify.NEEDS_ACCOUNT),
        ("room", "portal_demo_room", CannotVerify.NEEDS_ACCOUNT),
        ("story", "portal_demo_room/4", CannotVerify.NEEDS_ACCOUNT),
    ],
)
def test_what_has_no_public_page_is_not_asked_for(site, kind, key, reason):
    result = look(key=key, kind=kind)
    assert (result.outcome, result.reason, result.method) == (CheckOutcome.CANNOT_VERIFY, reason, "none")
    assert site.asked == []


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (text("", status=404), CheckOutcome.GONE, ""),
        (text("", status=410), CheckOutcome.GONE, ""),
        (text("", status=451), CheckOutcome.BLOCKED_HERE, ""),
        (text("still here"), CheckOutcome.CANNOT_VERIFY, "error"),
        (text("", status=401), CheckOutcome.CANNOT_VERIFY, "needs_account"),
        (text("", status=403), CheckOutcome.CANNOT_VERIFY, "error"),
        (text("", status=503), CheckOutcome.CANNOT_VERIFY, "error"),
        (moved("/elsewhere"), CheckOutcome.CANNOT_VERIFY, "error"),
        (moved("http://169.254.169.254/"), CheckOutcome.CANNOT_VERIFY, "error"),
    ],
)
def test_any_other_site(site, answer, outcome, reason):
    site.answers["/a"] = answer
    result = check(checker="generic", kind="url", key="example.com/a", url="https://example.com/a")
    assert (result.outcome, result.reason, result.method) == (outcome, reason, "http")


def test_the_same_page_at_www_counts(site):
    site.answers["/a"] = lambda handler: (
        moved("https://www.example.com/a")(handler)
        if handler.headers["Host"] == "example.com"
        else text("", status=410)(handler)
    )
    result = check(checker="generic", kind="url", key="example.com/a", url="https://example.com/a")
    assert result.outcome == CheckOutcome.GONE


def test_private_addresses_are_refused_and_an_unknown_checker_proves_nothing(settings):
    settings.CHECK_PINS = {}
    result = check(checker="generic", kind="url", key="10.0.0.1/", url="http://10.0.0.1/")
    assert (result.outcome, result.reason, result.status_line) == ("cannot_verify", "error", "refused")
    assert check(checker="unknown", kind="url", key="a", url="https://example.com/").outcome == "cannot_verify"
