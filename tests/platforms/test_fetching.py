"""The guard: where it goes, where it never goes, and when it has had enough. Against real sockets on loopback."""

import gzip
import socket
import time

import pytest
from django.core.checks import run_checks

from platforms import fetching
from platforms.fetching import FetchFailed, FetchRefused, fetch
from tests.platforms.conftest import moved, text
from tests.platforms.test_web_links import PRIVATE


def test_an_answer_with_its_host_and_neutral_headers(site):
    site.answers["/a"] = text("hello", Set_Cookie="x=1")
    answer = fetch("https://example.com/a?b=1")
    assert (answer.status, answer.reason, answer.body) == (200, "OK", b"hello")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.final_url == "https://example.com/a?b=1"
    path, host, headers = site.asked[0]
    assert (path, host) == ("/a?b=1", "example.com")
    assert not {"cookie", "referer", "authorization"} & headers.keys()
    assert headers["user-agent"] == "Mozilla/5.0 (compatible)"


def test_no_cookie_comes_back(site):
    site.answers["/a"] = moved("/b")
    site.answers["/b"] = text("hello")
    site.answers["/a"] = text("", status=302, Location="/b", Set_Cookie="x=1")
    fetch("https://example.com/a")
    assert [("cookie" in headers) for _path, _host, headers in site.asked] == [False, False]


def test_redirects_go_through_the_guard_again(site):
    site.answers["/a"] = moved("https://www.example.com/b", 301)
    site.answers["/b"] = moved("c", 307)
    site.answers["/c"] = text("end")
    answer = fetch("http://example.com/a")
    assert (answer.body, answer.final_url) == (b"end", "https://www.example.com/c")
    assert [host for _path, host, _headers in site.asked] == ["example.com", "www.example.com", "www.example.com"]


def test_three_redirects_and_no_more(site):
    for n in range(5):
        site.answers[f"/{n}"] = moved(f"/{n + 1}")
    with pytest.raises(FetchFailed) as error:
        fetch("https://example.com/0")
    assert error.value.code == "redirects"
    assert len(site.asked) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:5432/",
        "http://[::ffff:169.254.169.254]/",
        "http://2130706433/",
        "https://user:pass@example.com/",
        "https://example.com:8443/",
        "ftp://example.com/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "gopher://example.com/",
    ],
)
def test_redirects_to_where_we_never_go(site, target):
    site.answers["/a"] = moved(target)
    with pytest.raises(FetchRefused):
        fetch("https://example.com/a")
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "raw", [raw for raw in PRIVATE if raw.startswith("http") and "." + "local" not in raw], ids=ascii
)
def test_private_addresses_in_every_spelling(raw, settings, monkeypatch):
    """Names among them are looked up in a directory that gives loopback for each, as an attacker's would."""
    settings.CHECK_PINS = {}
    loopback = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: loopback)
    with pytest.raises(FetchRefused):
        fetch(raw)


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["93.184.216.34", "127.0.0.1"], ["100.64.1.1"]],
    ids=lambda value: "+".join(value),
)
def test_names_that_resolve_to_private_addresses(addresses, settings, monkeypatch):
    settings.CHECK_PINS = {}
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(FetchRefused):
        fetch("https://rebinding.example.com/")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com:8443/",
        "http://example.com:22/",
        "https://user@example.com/",
        "ftp://example.com/",
        "not an address",
        "",
        "//example.com/",
        "https://t.me:8443/portal_demo_room/1",
        "https://x:y@t.me/portal_demo_room/1",
    ],
)
def test_refused_before_any_name_is_looked_up(url, site, no_names):
    with pytest.raises(FetchRefused):
        fetch(url)
    assert (site.asked, no_names) == ([], [])


def test_a_pin_leads_to_loopback_only(settings):
    settings.CHECK_PINS = {"t.me": "http://10.0.0.1:80"}
    with pytest.raises(FetchRefused):
        fetch("https://t.me/portal_demo_room/1")


def test_a_name_that_is_not_found(settings, no_names):
    settings.CHECK_PINS = {}
    with pytest.raises(FetchFailed) as error:
        fetch("https://nowhere.example.com/")
    assert error.value.code == "no_connection"
    assert no_names


def test_a_server_that_is_gone(settings):
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    settings.CHECK_PINS = {"t.me": f"http://127.0.0.1:{port}"}
    with pytest.raises(FetchFailed) as error:
        fetch("https://t.me/portal_demo_room/1")
    assert error.value.code == "no_connection"


def test_a_body_without_end_is_cut(site):
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)
            sent.append(65536)

    site.answers["/a"] = endless
    with pytest.raises(FetchFailed) as error:
        fetch("https://example.com/a", max_bytes=500_000)
    assert error.value.code == "too_big"
    assert sum(sent) < 50_000_000


def test_a_body_that_says_it_is_small_and_is_exactly_at_the_limit(site):
    site.answers["/a"] = text("x" * 1000)
    assert len(fetch("https://example.com/a", max_bytes=1000).body) == 1000
    with pytest.raises(FetchFailed):
        fetch("https://example.com/a", max_bytes=999)


def drip_body(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def drip_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def no_word(handler):
    handler.connection.settimeout(5)
    handler.connection.recv(1)


@pytest.mark.parametrize("slowly", [drip_body, drip_headers, no_word])
def test_a_server_cannot_stretch_the_time(site, slowly):
    site.answers["/a"] = slowly
    began = time.monotonic()
    with pytest.raises(FetchFailed) as error:
        fetch("https://example.com/a", max_seconds=0.5)
    assert error.value.code == "timeout"
    assert time.monotonic() - began < 4


def test_the_time_is_one_for_all_redirects(site):
    def slow_redirect(handler):
        time.sleep(0.3)
        moved("/a")(handler)

    site.answers["/a"] = slow_redirect
    with pytest.raises(FetchFailed) as error:
        fetch("https://example.com/a", max_seconds=0.5)
    assert error.value.code == "timeout"
    assert len(site.asked) == 2


def test_compressed_answers_are_not_unpacked(site):
    packed = gzip.compress(b"x" * 100_000_000)

    def bomb(handler):
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)

    site.answers["/a"] = bomb
    with pytest.raises(FetchFailed) as error:
        fetch("https://example.com/a")
    assert error.value.code == "encoded"


@pytest.mark.parametrize(
    "said", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", b"\x00" * 50]
)
def test_answers_that_are_no_http(site, said):
    site.answers["/a"] = lambda handler: handler.wfile.write(said)
    with pytest.raises(FetchFailed) as error:
        fetch("https://example.com/a")
    assert error.value.code == "no_connection"


def test_a_proxy_in_the_environment_is_not_used(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    site.answers["/a"] = text("hello")
    assert fetch("https://example.com/a").body == b"hello"


def test_the_deployment_check_refuses_pins(settings):
    def found():
        return [m.id for m in run_checks(tags=["security"], include_deployment_checks=True) if m.id == "platforms.E001"]

    settings.CHECK_PINS = {"t.me": "http://127.0.0.1:1"}
    assert found() == ["platforms.E001"]
    assert fetching.refuse_pins_in_production(None) != []
    settings.CHECK_PINS = {}
    assert found() == []
