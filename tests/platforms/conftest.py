"""A web server of the test's own, reached as the real sites are: through the guard, by a pin."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A real HTTP server on loopback; `answers` maps a path to what it does, `asked` is what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []  # path, Host, headers
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.close_connection = True
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers.get("host", ""), headers))
                site.answers.get(self.path.split("?")[0], text("", status=404))(self)

            def log_message(self, *args: object) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the other side hung up, as it should
                    super().handle()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def text(body: str, *, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        sent = body.encode()
        handler.send_response(status)
        fields = {"Content-Type": kind, "Content-Length": str(len(sent))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        for name, value in fields.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(sent)

    return answer


def moved(to: str, status: int = 302) -> Answer:
    return text("", status=status, Location=to)


@pytest.fixture
def site(settings) -> Iterator[Site]:
    """Stands for t.me and example.com."""
    one = Site()
    settings.CHECK_PINS = {"t.me": one.origin, "example.com": one.origin, "www.example.com": one.origin}
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture
def no_names(monkeypatch) -> list[str]:
    """Names whose look-up was tried; none succeeds."""
    tried: list[str] = []

    def refuse(host, *args, **kwargs):
        tried.append(host)
        raise socket.gaierror("no names here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried
