"""The sandbox's platform and the checker read each other as Telegram's pages and the checker should."""

import json
from urllib.request import Request, urlopen

import pytest

from platforms.checkers import check
from platforms.states import CheckOutcome
from tests.sandbox.processes import free_port, program


@pytest.fixture
def web(settings, tmp_path):
    arguments = ["--web", "127.0.0.1:0", "--mail", "127.0.0.1:0", "--relay", f"127.0.0.1:{free_port()}"]
    with program("sandbox.platform", *arguments, "--data", tmp_path, "--seed") as started:
        origin = f"http://{started.ready['web']}"
        settings.CHECK_PINS = {"t.me": origin}
        yield origin
        started.stop()


def look(key):
    return check(checker="telegram", kind="message", key=key, url=f"https://t.me/{key}").outcome


def test_live_gone_and_live_again(web):
    def tell(what):
        body = json.dumps({"room": "portal_demo_room", "ids": [101]}).encode()
        urlopen(Request(f"{web}/liaison/api/{what}", body, {"Content-Type": "application/json"})).close()

    assert look("portal_demo_room/101") == CheckOutcome.LIVE
    tell("remove")
    assert (look("portal_demo_room/101"), look("portal_demo_room/102")) == (CheckOutcome.GONE, CheckOutcome.LIVE)
    tell("restore")
    assert look("portal_demo_room/101") == CheckOutcome.LIVE
    assert look("portal_demo_room/9999") == CheckOutcome.GONE
    assert look("no_such_demo_room/1") == CheckOutcome.CANNOT_VERIFY
