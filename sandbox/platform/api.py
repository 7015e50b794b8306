"""The desk's interface for scripts: JSON in, JSON out; see the package for the calls."""

import json
import math
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from . import answers
from .answers import Relay
from .correspondence import Opened, answer, open_all, open_letter
from .robot.clock import LONGEST, SHORTEST, Mode
from .robot.plans import Hand
from .robot.runner import Resting, Robot
from .robot.telling import describe
from .seed import CAPTIONS
from .serving import Request, Response
from .store import NotHere, Room, Store


class Refused(Exception):
    """The call makes no sense; the text says why."""


class Api:
    def __init__(self, store: Store, robot: Robot, relay: Relay) -> None:
        self._store = store
        self._robot = robot
        self._relay = relay
        self._calls: dict[tuple[str, str], Callable[[dict[str, Any]], object]] = {
            ("GET", "inbox"): self._inbox,
            ("POST", "remove"): self._remove,
            ("POST", "restore"): self._restore,
            ("POST", "publish"): self._publish,
            ("POST", "answer"): self._answer,
            ("GET", "robot"): self._robot_now,
            ("POST", "robot"): self._choose,
            ("POST", "hurry"): self._hurry,
        }

    def answer(self, request: Request, name: str) -> Response:
        """Errors are one sentence: 400 for a call without sense, 404 for what is not here, 503 for the relay."""
        call = self._calls.get((request.method, name))
        if call is None:
            return _json({"error": f"there is no call {request.method} {name}"}, HTTPStatus.NOT_FOUND)
        try:
            return _json(call(_asked(request) if request.method == "POST" else {}))
        except (Refused, Resting) as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        except NotHere as error:
            return _json({"error": str(error)}, HTTPStatus.NOT_FOUND)
        except (answers.NotSent, answers.Unclear) as error:
            return _json({"error": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE)

    def _inbox(self, _: dict[str, Any]) -> object:
        hands = self._robot.hands()
        return [_letter(opened, hands.get(opened.letter.id)) for opened in open_all(self._store)]

    def _remove(self, asked: dict[str, Any]) -> object:
        return self._change(asked, self._store.remove)

    def _restore(self, asked: dict[str, Any]) -> object:
        return self._change(asked, self._store.restore)

    def _change(self, asked: dict[str, Any], change: Callable[..., list[int]]) -> object:
        room, ids = _text(asked, "room"), _numbers(asked, "ids")
        self._robot.let_go_of([(room, number) for number in ids])
        return {"changed": change(room=room, ids=ids)}

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
        outgoing = answers.compose(letter=letter, text=text)
        self._robot.let_go(letter.id)
        answer(store=self._store, relay=self._relay, outgoing=outgoing, once=secrets.token_hex(16))
        return {"message_id": outgoing.message_id, "to": outgoing.recipient}

    def _robot_now(self, _: dict[str, Any]) -> object:
        clock = self._robot.clock()
        plans = [
            {
                "letter": coming.plan.letter,
                "subject": coming.opened.letter.subject,
                "step": coming.step,
                "words": describe(coming.step, coming.opened, "en"),
                "words_ko": describe(coming.step, coming.opened, "ko"),
                "in_seconds": None if coming.in_seconds is None else round(coming.in_seconds, 3),
            }
            for coming in self._robot.coming()
        ]
        return {"mode": clock.mode, "hour_seconds": clock.hour_seconds, "plans": plans}

    def _choose(self, asked: dict[str, Any]) -> object:
        mode, pace = asked.get("mode"), asked.get("hour_seconds")
        if mode is None and pace is None:
            raise Refused("say mode, or hour_seconds, or both")
        if mode not in (None, *Mode):
            raise Refused("mode is robot or hand")
        self._robot.choose(mode=mode and Mode(mode), hour_seconds=None if pace is None else _pace(pace))
        return self._robot_now({})

    def _hurry(self, _: dict[str, Any]) -> object:
        done = self._robot.hurry()
        return {"letter": done and done.letter, "step": done and done.step}


def _letter(opened: Opened, hand: Hand | None) -> dict[str, object]:
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
        "hand": hand,
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


def _pace(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise Refused("hour_seconds is a number")
    if not SHORTEST <= value <= LONGEST:
        raise Refused(f"hour_seconds is a number from {SHORTEST} to {LONGEST:.0f}")
    return float(value)


def _numbers(asked: dict[str, Any], name: str) -> list[int]:
    values = asked.get(name)
    if not isinstance(values, list) or not values:
        raise Refused(f"{name} is a list of whole numbers that is not empty")
    return [_number(value, f"each of {name}") for value in values]


def _json(value: object, status: int = HTTPStatus.OK) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, "application/json; charset=utf-8", status, {"Cache-Control": "no-store"})
