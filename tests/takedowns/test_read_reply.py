"""`manage.py read_reply`: the reader from the command line, with no server and no environment."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.parts import ROOT
from tests.servers import without_servers

SENT = "Removal request\n\nItems\n" + "".join(f"{n}. https://t.me/portal_demo_room/{100 + n}\n" for n in range(1, 8))
HEAD = (
    "From: desk@platform.test\r\nTo: takedown@portal.test\r\nSubject: Re: request\r\nMessage-ID: <1@platform.test>\r\n"
)


@pytest.fixture
def read_reply(tmp_path: Path) -> Any:
    def run(mail: bytes) -> dict[str, Any]:
        (tmp_path / "mail.eml").write_bytes(mail)
        (tmp_path / "sent.txt").write_text(SENT)
        command = [sys.executable, str(ROOT / "manage.py"), "read_reply", "mail.eml", "--sent", "sent.txt"]
        done = subprocess.run(command, env=without_servers(), capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


def test_a_reply_is_read_item_by_item(read_reply: Any) -> None:
    words = "1-5번 삭제 완료, 6번 검토 중, 7번은 삭제 불가입니다."
    found = read_reply(f"{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode())
    assert {label: each["claim"] for label, each in found["outcomes"].items()} == {
        **dict.fromkeys("12345", "removed"),
        "6": "in_progress",
        "7": "refused",
    }
    assert "삭제 불가" in found["outcomes"]["7"]["quote"]
    assert found["abstained"] is False


def test_html_alone_keeps_its_rows(read_reply: Any) -> None:
    page = "<p>1-6 removed.</p><p>7: we could not find this post.</p>"
    found = read_reply(f"{HEAD}Content-Type: text/html\r\n\r\n{page}".encode())
    claims = {label: each["claim"] for label, each in found["outcomes"].items()}
    assert claims == {**dict.fromkeys("123456", "removed"), "7": "not_found"}


def test_the_attached_table_is_read(read_reply: Any) -> None:
    table = "number,link,result\r\n1,https://t.me/portal_demo_room/101,removed\r\n2,,not found\r\n3,,\r\n"
    found = read_reply(
        (
            f'{HEAD}Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\nPlease see the attached file.\r\n'
            f'--x\r\nContent-Type: application/octet-stream; name="items.csv"\r\n'
            f'Content-Disposition: attachment; filename="items.csv"\r\n\r\n{table}\r\n--x--\r\n'
        ).encode()
    )
    assert {label: each["claim"] for label, each in found["outcomes"].items()} == {"1": "removed", "2": "not_found"}


def test_an_automatic_answer_is_not_read(read_reply: Any) -> None:
    found = read_reply(f"{HEAD}Auto-Submitted: auto-replied\r\n\r\n1-7 removed\r\n".encode())
    assert found == {"outcomes": {}, "abstained": True, "reasons": ["auto_reply"]}
