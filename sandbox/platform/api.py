"""The desk's interface for scripts: JSON in, JSON out; see the package for the calls."""

import json
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from . import answers
from .correspondence import Opened, answer, open_all, open_letter
from .seed import CAPTIONS
from .serving import Request, Response
from .store import NotHere, Room, Store


class Refused(Exception):
    """The call makes no sense; the text says why."""


class Api:
    def __init__(self, store: Store, relay: tuple[str, int]) -> None:
        self._store = store
        self._relay = relay
        self._calls: dict[tuple[str, str], Callable[[dict[str, Any]], object]] = {
            ("GET", "inbox"): self._inbox,
            ("POST", "remove"): self._remove,
            ("POST", "restore"): self._restore,
            ("POST", "publish"): self._publish,
            ("POST", "answer"): self._answer,
        }

    def answer(self, request: Request, name: str) -> Response:
        """Errors are one sentence: 400 for a call without sense, 404 for what is not here, 503 for the relay."""
        call = self._calls.get((request.method, name))
        if call is None:
            return _json({"error": f"there is no call {request.method} {name}"}, HTTPStatus.NOT_FOUND)
        try:
            return _json(call(_asked(request) if request.method == "POST" else {}))
        except Refused as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        except NotHere as error:
            return _json({"error": str(error)}, HTTPStatus.NOT_FOUND)
        except answers.NotSent as error:
            return _json({"error": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE)

    def _inbox(self, _: dict[str, Any]) -> object:
        return [_letter(opened) for opened in open_all(self._store)]

    def _remove(self, asked: dict[str, Any]) -> object:
        return {"changed": self._store.remove(room=_text(asked, "room"), ids=_numbers(asked, "ids"))}

    def _restore(self, asked: dict[str, Any]) -> object:
        return {"changed": self._store.restore(room=_text(asked, "room"), ids=_numbers(asked, "ids"))}

    def _publish(self, asked: dict[str, Any]) -> object:
        name = _text(asked, "room")
        room = Room(name, name.replace("_", " ").capitalize(), "Sample videos of abstract shapes.")
        return {"changed": self._store.publish(room=room, ids=_numbers(asked, "ids"), captions=CAPTIONS)}

    def _answer(self, asked: dict[str, Any]) -> object:
        letter = open_letter(self._store, _number(asked.get("letter"), "letter")).letter
        language = asked.get("language", "en")
        if language not in ("en", "ko"):
            raise Refused("language is en or ko")
        text = _text(asked, "text")
        if asked.get("quote", True):
            text = f"{text}\n\n{answers.quoted(letter, language)}"
        sent = answer(store=self._store, relay=self._relay, letter=letter, text=text, once=secrets.token_hex(16))
        return {"message_id": sent.message_id, "to": sent.recipient}


def _letter(opened: Opened) -> dict[str, object]:
    letter = opened.letter
    links = [
        {
            "number": entry.link.number,
            "url": entry.link.url,
            "room": entry.link.room,
            "id": entry.link.id,
            "state": entry.state,
        }
        for entry in opened.entries
    ]
    return {
        "id": letter.id,
        "subject": letter.subject,
        "from": letter.writer,
        "reply_to": letter.reply_to,
        "message_id": letter.message_id,
        "text": letter.text,
        "received_at": letter.received_at.isoformat(),
        "answered": opened.answered,
        "links": links,
    }


def _asked(request: Request) -> dict[str, Any]:
    """The call's object. JSON alone: no page of another site can send that here unasked."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("send JSON with Content-Type: application/json")
    try:
        asked = json.loads(request.body)
    except ValueError as error:
        raise Refused(f"this is not JSON: {error}") from None
    if not isinstance(asked, dict):
        raise Refused("send one JSON object")
    return asked


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(f"{name} is a text that is not empty")
    return value


def _number(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**9:
        raise Refused(f"{name} is a whole number from 1")
    return value


def _numbers(asked: dict[str, Any], name: str) -> list[int]:
    values = asked.get(name)
    if not isinstance(values, list) or not values:
        raise Refused(f"{name} is a list of whole numbers that is not empty")
    return [_number(value, f"each of {name}") for value in values]


def _json(value: object, status: int = HTTPStatus.OK) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, "application/json; charset=utf-8", status, {"Cache-Control": "no-store"})
