"""`manage.py locate` for scripts: JSON in order, nothing else on standard output, no environment needed."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def locate(*links, cwd=ROOT):
    run = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "locate", *links], env={}, cwd=cwd, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.decode())


def test_without_environment_and_in_order(tmp_path):
    found = locate("t.me/portal_demo_room/101", "nonsense", "https://예시.kr/경로", cwd=tmp_path)
    assert found[0] == {
        "raw": "t.me/portal_demo_room/101",
        "locator": {
            "platform": "telegram",
            "kind": "message",
            "key": "portal_demo_room/101",
            "url": "https://t.me/portal_demo_room/101",
        },
        "error": None,
    }
    assert found[1] == {"raw": "nonsense", "locator": None, "error": "This is not a link."}
    assert found[2]["raw"] == "https://예시.kr/경로"
    assert found[2]["locator"]["platform"].endswith(".kr")


def test_words_that_begin_with_a_dash_and_broken_bytes():
    found = locate("-x", "https://example.com/a", "--also", "", b"https://example.com/\xff")
    assert [item["raw"] for item in found] == [
        "-x",
        "https://example.com/a",
        "--also",
        "",
        "https://example.com/\udcff",
    ]
    assert [bool(item["locator"]) for item in found] == [False, True, False, False, False]
    assert locate("--", "- https://example.com/a")[0]["locator"]["key"] == "example.com/a"


def test_text_stays_readable():
    out = StringIO()
    call_command("locate", "예시", stdout=out)
    assert "예시" in out.getvalue()
