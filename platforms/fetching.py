"""The one way out to the web: a guarded GET.

Every hop is asked anew: http or https at ports 80 and 443 only, no credentials, no proxy, a host that resolves to
plainly public addresses only (ssrfguard, which connects to the address it vetted and to no other). No cookies, no
scripts, nothing decompressed, nothing rendered; at most three redirects; a cap on the body's bytes and one on the
whole time, which a server cannot stretch by dripping bytes. (Only the system's name lookup has no limit of its own:
it ends by the time-outs in resolv.conf.)

`settings.CHECK_PINS` sends a host to a loopback server instead, its name kept in the Host header. The sandbox and
tests set it; `check --deploy` fails if it is set.
"""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import ada_url
import httpcore
from django.conf import settings
from django.core.checks import CheckMessage, Error
from ssrfguard import Policy
from ssrfguard.errors import SSRFGuardError
from ssrfguard.httpx import SafeBackend

MAX_SECONDS = 20.0  # for everything: names, redirects, body
MAX_BYTES = 2 * 2**20
MAX_REDIRECTS = 3
_STEP_SECONDS = 10.0  # for one connect, one read, one write
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Encoding": "identity",
    "Accept-Language": "en",
    "Connection": "close",
    "User-Agent": "Mozilla/5.0 (compatible)",
}


@dataclass(frozen=True)
class Fetched:
    """An answer, whatever its status. Header names are in lower case; `final_url` is the address that gave it."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes
    final_url: str


class FetchRefused(Exception):
    """We don't go there: no public web address, or a redirect to one that is none."""


class FetchFailed(Exception):
    """We went and got no usable answer; `code` says why: timeout, too_big, no_connection, redirects, encoded."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fetch(url: str, *, max_seconds: float = MAX_SECONDS, max_bytes: int = MAX_BYTES) -> Fetched:
    """GET `url` through the guard, following redirects through it again. Raises FetchRefused, FetchFailed."""
    deadline = time.monotonic() + max_seconds
    for _hop in range(MAX_REDIRECTS + 1):
        answer = _one(url, deadline=deadline, max_bytes=max_bytes)
        if answer.status not in _REDIRECTS or "location" not in answer.headers:
            return answer
        url = _next(url, answer.headers["location"])
    raise FetchFailed("redirects")


def refuse_pins_in_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """For `check --deploy`: a pin would have our checks look at another server than the platform's."""
    if not settings.CHECK_PINS:
        return []
    return [Error("CHECK_PINS is set: checks would not look at the real sites.", id="platforms.E001")]


def _one(url: str, *, deadline: float, max_bytes: int) -> Fetched:
    origin, target, host = _target(url)
    backend: httpcore.NetworkBackend = SafeBackend(policy=_policy()) if origin == "" else httpcore.SyncBackend()
    try:
        with httpcore.ConnectionPool(
            ssl_context=_tls(), max_connections=1, network_backend=_DeadlineBackend(backend, deadline)
        ) as pool:
            timeout = dict.fromkeys(("connect", "read", "write", "pool"), _STEP_SECONDS)
            headers = [("Host", host), *_HEADERS.items()]
            with pool.stream(
                "GET", (origin or "") + target, headers=headers, extensions={"timeout": timeout}
            ) as answer:
                return _read(answer, url, max_bytes=max_bytes)
    except SSRFGuardError as refused:
        raise FetchRefused(str(refused)) from refused
    except httpcore.TimeoutException as late:
        raise FetchFailed("timeout") from late
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError) as broken:
        raise FetchFailed("no_connection") from broken


def _read(answer: httpcore.Response, url: str, *, max_bytes: int) -> Fetched:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        raise FetchFailed("encoded")
    body = bytearray()
    if answer.status not in _REDIRECTS:
        for chunk in answer.iter_stream():
            body += chunk
            if len(body) > max_bytes:
                raise FetchFailed("too_big")
    reason = answer.extensions.get("reason_phrase", b"").decode("latin-1")
    return Fetched(answer.status, reason, headers, bytes(body), url)


def _target(url: str) -> tuple[str, str, str]:
    """(pinned origin or "", what to ask for, Host header). Raises FetchRefused."""
    try:
        parts = ada_url.parse_url(url)
    except ValueError:
        raise FetchRefused("This is not an address.") from None
    pin = settings.CHECK_PINS.get(parts["hostname"]) if parts["protocol"] in ("http:", "https:") else None
    if pin and not parts["port"] and not parts["username"] and not parts["password"]:
        return _loopback(pin), parts["pathname"] + parts["search"], parts["host"]
    asked = f"{parts['protocol']}//{parts['host']}{parts['pathname']}{parts['search']}"
    try:
        # Twice: the guard reads the address as it was given, too, since its spelling may already be a trick.
        _policy().check_url(url)
        _policy().check_url(asked)
    except SSRFGuardError as refused:
        raise FetchRefused(str(refused)) from refused
    return "", asked, parts["host"]


def _loopback(pin: str) -> str:
    parts = urlsplit(pin)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "::1") or not parts.port:
        raise FetchRefused("A pin leads to a loopback server and nowhere else.")
    return f"http://{parts.netloc}"


def _next(url: str, location: str) -> str:
    try:
        return ada_url.join_url(url, location)
    except ValueError:
        raise FetchFailed("redirects") from None


@cache
def _policy() -> Policy:
    return Policy(allowed_schemes=frozenset({"http", "https"}), allowed_ports=frozenset({80, 443}))


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _DeadlineBackend(httpcore.NetworkBackend):
    """A backend whose every wait ends at one moment; a time limit for each read alone could be stretched for ever."""

    def __init__(self, inner: httpcore.NetworkBackend, deadline: float) -> None:
        self._inner, self._deadline = inner, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        stream = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return _DeadlineStream(stream, self._deadline)


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline, timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


def _left(deadline: float, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("The time for this fetch is over.")
    return min(left, _STEP_SECONDS if timeout is None else timeout)
