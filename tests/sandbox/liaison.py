"""The simulated platform's house in tests: its pages, its desk and its mailbox, and letters to put into it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from sandbox.platform.letters import read
from tests.sandbox.processes import Mailbox, Program, send

ITEMS = range(101, 126)
LETTER_ID = "<a1b2c3@portal.test>"
REPLY_TO = "takedown+r.abcdefghjkmnpqrs@portal.test"


@dataclass
class Answered:
    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class House:
    """The platform, and the portal's side of the mail: what its relay takes is kept here."""

    platform: Program
    relay: Mailbox

    def get(self, path: str, host: str = "", method: str = "GET", **headers: str) -> Answered:
        return self._call(method, path, None, {"Host": host or self.host, **headers})

    def call(self, name: str, asked: object) -> Answered:
        body = json.dumps(asked).encode()
        return self._call("POST", f"/liaison/api/{name}", body, {"Content-Type": "application/json"})

    def submit(self, path: str, fields: dict[str, str | list[str]], **headers: str) -> Answered:
        """As a browser posts a form of the desk."""
        body = urlencode(fields, doseq=True).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        return self._call("POST", path, body, form | headers)

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answered:
        connection = HTTPConnection("127.0.0.1", self.platform.port("web"), timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answered(response.status, response.headers, response.read())
        finally:
            connection.close()

    @property
    def host(self) -> str:
        return self.platform.ready["web"]

    def post(self, raw: bytes, to: str = "dmca@telegram.test") -> int:
        """Deliver a letter; its number on the desk."""
        code, _ = send(self.platform.port("smtp"), "bounce+v.abc@portal.test", [to], raw)
        assert code == 250
        return self.get("/liaison/api/inbox").json[0]["id"]

    def states(self, letter: int) -> dict[int, str]:
        (found,) = [one for one in self.get("/liaison/api/inbox").json if one["id"] == letter]
        return {link["number"]: link["state"] for link in found["links"]}


def letter(
    lines: list[str] | None = None, subject: str = "[요청 2026-0001] 디지털성범죄정보 삭제 요청 (25건)"
) -> bytes:
    links = [f"https://t.me/portal_demo_room/{n}" for n in ITEMS] if lines is None else lines
    message = EmailMessage()
    message["From"] = "방송통신심의위원회 <takedown@portal.test>"
    message["To"] = "dmca@telegram.test"
    message["Reply-To"] = REPLY_TO
    message["Subject"] = subject
    message["Date"] = datetime(2026, 9, 3, 10, 5, tzinfo=UTC)
    message["Message-ID"] = LETTER_ID
    numbered = "\n".join(f"{n}. {link}" for n, link in enumerate(links, 1))
    message.set_content(f"안녕하십니까.\n문서번호: 1\n\n목록\n{numbered}\n\n회신 주소: {REPLY_TO}\n")
    return message.as_bytes().replace(b"\n", b"\r\n")


def subject_of(message: Message) -> str:
    return read(number=1, raw=message.as_bytes(), received_at=datetime.now(UTC)).subject


def body_of(message: Message) -> str:
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")
