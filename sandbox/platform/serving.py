"""HTTP, thinly: a request and a response as plain objects, and the standard library's server around a function."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LARGEST_BODY = 2**20


@dataclass(frozen=True)
class Request:
    """`path` is decoded and without its query; header names are lower-case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (pair.strip().partition("=") for pair in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs}


@dataclass(frozen=True)
class Response:
    body: bytes
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def redirect(to: str, **headers: str) -> Response:
    """After a POST: the browser fetches the page, so that loading it again posts nothing."""
    return Response(b"", status=HTTPStatus.SEE_OTHER, headers={"Location": to, **headers})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Callable[[Request], Response]) -> None:
        self.answer = answer
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle is no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1  # one write a response: unbuffered, headers and body wait for each other's acknowledgement

    def do_GET(self) -> None:
        self._respond()

    do_HEAD = do_POST = do_GET

    def _respond(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._send(Response(b"The request is too large.", "text/plain", HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        parts = urlsplit(self.path)
        request = Request(
            method="GET" if self.command == "HEAD" else self.command,
            path=unquote(parts.path),
            query={name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )
        self._send(self.server.answer(request))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def version_string(self) -> str:
        return "sandbox"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Quiet: addresses of reported links have no business in a log."""
