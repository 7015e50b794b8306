"""Which part of the platform answers an address: the desk, our own files, or the public pages."""

import re
from http import HTTPStatus
from pathlib import Path

from . import previews
from .answers import Relay
from .desk import Desk
from .pages.frame import HEADERS
from .pictures import picture
from .robot.runner import Robot
from .serving import Request, Response
from .store import Store

HERE = Path(__file__).resolve().parent
FONT = HERE.parents[1] / "static" / "vendor" / "pretendard-gov"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2"}
KEEP = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}


class Site:
    def __init__(self, store: Store, robot: Robot, relay: Relay, portal: str = "") -> None:
        self._store = store
        self._desk = Desk(store, robot, relay, portal)

    def answer(self, request: Request) -> Response:
        if request.path == "/liaison" or request.path.startswith("/liaison/"):
            return self._desk.answer(request)
        if request.method != "GET":
            return Response(b"", "text/plain", HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})
        if request.path.startswith("/_platform/"):
            return self._own(request.path.removeprefix("/_platform/"))
        return previews.page(self._store, request)

    def _own(self, name: str) -> Response:
        """Files of ours live under a name that no room can have: user names never start with an underscore."""
        if name == "health":
            return Response(b"ok\n", "text/plain")
        if name == "desk.png":
            return Response(picture("liaison", 1), "image/png", HTTPStatus.OK, KEEP)
        if found := re.fullmatch(r"media/(\w+)/(\d{1,9})\.png", name):
            return previews.media(self._store, found.group(1), int(found.group(2)))
        if found := re.fullmatch(r"(?:font/)((?:woff2/)?[\w.-]+\.(?:css|woff2))", name):
            return _file(FONT / found.group(1))
        if name in ("desk.css", "desk.js", "preview.css"):
            return _file(HERE / name)
        return Response(b"", "text/plain", HTTPStatus.NOT_FOUND, HEADERS)


def _file(path: Path) -> Response:
    try:
        return Response(path.read_bytes(), TYPES[path.suffix], HTTPStatus.OK, KEEP)
    except FileNotFoundError:
        return Response(b"", "text/plain", HTTPStatus.NOT_FOUND, HEADERS)
