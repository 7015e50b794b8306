"""The liaison's desk: who may call it, and what each address of it does."""

import re
import secrets
from collections.abc import Callable, Sequence
from http import HTTPStatus

from . import numbers
from .answers import NotSent, Relay, Unclear, compose
from .api import Api
from .correspondence import Opened, answer, open_all, open_letter
from .letters import place
from .pages import frame
from .pages import letters as letter_pages
from .pages import rooms as room_pages
from .pages import sent as sent_pages
from .pages.view import Notice, View
from .robot.clock import SPEEDS, Mode
from .robot.runner import Resting, Robot
from .serving import Request, Response, redirect
from .store import AlreadySent, NotHere, Store
from .words import LANGUAGES

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


class Mistake(Exception):
    """What was typed can't be done; `key` names the words, `part` the piece that is wrong."""

    def __init__(self, key: str, part: str = "") -> None:
        self.key = key
        self.part = part


class Desk:
    def __init__(self, store: Store, robot: Robot, relay: Relay, portal: str = "") -> None:
        """`portal`: its address, for the link back; none without it."""
        self._store = store
        self._robot = robot
        self._relay = relay
        self._portal = portal
        self._api = Api(store, robot, relay)
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Response]]] = [
            ("GET", re.compile(r"/liaison"), lambda _: redirect("/liaison/")),
            ("GET", re.compile(r"/liaison/"), self._inbox),
            ("GET", re.compile(r"/liaison/letters/(\d{1,9})"), self._letter),
            ("GET", re.compile(r"/liaison/letters/(\d{1,9})/source"), self._source),
            ("POST", re.compile(r"/liaison/letters/(\d{1,9})/videos"), self._change_listed),
            ("POST", re.compile(r"/liaison/letters/(\d{1,9})/answer"), self._answer),
            ("POST", re.compile(r"/liaison/letters/(\d{1,9})/take"), self._take),
            ("GET", re.compile(r"/liaison/rooms/"), self._rooms),
            ("POST", re.compile(r"/liaison/rooms/"), self._change_linked),
            ("GET", re.compile(r"/liaison/rooms/(\w+)"), self._room),
            ("POST", re.compile(r"/liaison/rooms/(\w+)"), self._change_in_room),
            ("GET", re.compile(r"/liaison/sent/"), self._sent),
            ("GET", re.compile(r"/liaison/sent/(\d{1,9})"), self._sent_answer),
            ("POST", re.compile(r"/liaison/language"), self._language),
            ("POST", re.compile(r"/liaison/robot"), self._choose),
            ("POST", re.compile(r"/liaison/hurry"), self._hurry),
        ]

    def answer(self, request: Request) -> Response:
        if refusal := _why_not(request):
            return Response(refusal.encode(), "text/plain; charset=utf-8", HTTPStatus.FORBIDDEN, frame.HEADERS)
        if request.path.startswith("/liaison/api/"):
            return self._api.answer(request, request.path.removeprefix("/liaison/api/"))
        for method, pattern, view in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                try:
                    return view(request, *found.groups())
                except NotHere:
                    break
        return frame.missing(self._view(request))

    def _view(self, request: Request, notice: Notice | None = None) -> View:
        """Everything that the frame shows; without a notice of its own it tells what the step before did."""
        return View(
            language=_language(request),
            clock=self._robot.clock(),
            coming=self._robot.coming(),
            hands=self._robot.hands(),
            notice=notice or _notice(request),
            portal=self._portal,
        )

    # Letters.

    def _inbox(self, request: Request) -> Response:
        """`?language=ko`: whoever comes from the portal goes on in its language."""
        if (wanted := request.query.get("language", "")) in LANGUAGES:
            return redirect("/liaison/", **{"Set-Cookie": _cookie(wanted)})
        return letter_pages.inbox(open_all(self._store), self._view(request))

    def _letter(self, request: Request, number: str) -> Response:
        return self._show(request, open_letter(self._store, int(number)))

    def _show(
        self, request: Request, opened: Opened, notice: Notice | None = None, text: str | None = None
    ) -> Response:
        """A letter's page; with a notice, what was typed and ticked is still there."""
        return letter_pages.letter(
            opened,
            self._view(request, notice),
            text=text,
            ticked=request.form.get("pick", []),
            numbers=request.form.get("numbers", [""])[0],
            quick=(request.query.get("quick", ""), request.query.get("in", "")),
            answers=self._store.answers(opened.letter.id),
            once=secrets.token_hex(16),
        )

    def _source(self, request: Request, number: str) -> Response:
        raw = self._store.letter(int(number)).raw
        return Response(raw, "text/plain; charset=utf-8", HTTPStatus.OK, frame.HEADERS)

    def _change_listed(self, request: Request, number: str) -> Response:
        opened = open_letter(self._store, int(number))
        try:
            targets = _listed(opened, request.form)
        except Mistake as mistake:
            return self._show(request, opened, Notice.of(mistake.key, part=mistake.part))
        return self._change(request, targets, f"/liaison/letters/{number}")

    def _answer(self, request: Request, number: str) -> Response:
        opened = open_letter(self._store, int(number))
        text, once = (request.form.get(name, [""])[0] for name in ("text", "once"))
        if not text.strip():
            return self._show(request, opened, Notice.of("no_text"))
        try:
            outgoing = compose(letter=opened.letter, text=text)
            self._robot.let_go(opened.letter.id)
            answer(store=self._store, relay=self._relay, outgoing=outgoing, once=once)
        except AlreadySent:
            return redirect(f"/liaison/letters/{number}?did=send_before")
        except Unclear:
            return self._show(request, opened, Notice.of("unclear_sent"), text)
        except NotSent:
            return self._show(request, opened, Notice.of("not_sent"), text)
        return redirect(f"/liaison/letters/{number}?did=send")

    def _take(self, request: Request, number: str) -> Response:
        self._robot.let_go(open_letter(self._store, int(number)).letter.id)
        return redirect(f"/liaison/letters/{number}?did=take")

    # Rooms.

    def _rooms(self, request: Request) -> Response:
        return self._show_rooms(request)

    def _show_rooms(self, request: Request, notice: Notice | None = None, links: str = "") -> Response:
        rooms = [(room, self._store.posts(room.name)) for room in self._store.rooms()]
        return room_pages.rooms(rooms, self._view(request, notice), links=links)

    def _change_linked(self, request: Request) -> Response:
        links = request.form.get("links", [""])[0]
        try:
            targets = _linked(self._store, links)
        except Mistake as mistake:
            return self._show_rooms(request, Notice.of(mistake.key, part=mistake.part), links)
        return self._change(request, targets, "/liaison/rooms/")

    def _room(self, request: Request, name: str) -> Response:
        room = self._store.room(name)
        if room is None:
            raise NotHere(name)
        return room_pages.room(room, self._store.posts(name), self._view(request))

    def _change_in_room(self, request: Request, name: str) -> Response:
        picked = [int(value) for value in request.form.get("pick", []) if re.fullmatch(r"\d{1,9}", value)]
        return self._change(request, [(name, number) for number in picked], f"/liaison/rooms/{name}")

    def _change(self, request: Request, targets: Sequence[tuple[str, int]], back: str) -> Response:
        """Remove, or put back, and say how many were changed."""
        restoring = request.form.get("do") == ["restore"]
        change = self._store.restore if restoring else self._store.remove
        rooms = dict.fromkeys(room for room, _ in targets)
        self._robot.let_go_of(targets)
        count = sum(len(change(room=room, ids=[number for name, number in targets if name == room])) for room in rooms)
        did = ("restore" if restoring else "remove") if targets else "nothing"
        return redirect(f"{back}?did={did}&count={count}")

    # Sent answers, language.

    def _sent(self, request: Request) -> Response:
        return sent_pages.sent(self._store.answers(), self._view(request))

    def _sent_answer(self, request: Request, number: str) -> Response:
        found = [answer for answer in self._store.answers() if answer.id == int(number)]
        if not found:
            raise NotHere(number)
        return sent_pages.sent_answer(found[0], self._view(request))

    def _language(self, request: Request) -> Response:
        to = request.form.get("to", [""])[0]
        chosen = to if to in LANGUAGES else "ko"
        return redirect(_back(request), **{"Set-Cookie": _cookie(chosen)})

    # The robot.

    def _choose(self, request: Request) -> Response:
        """Who answers, or how fast the story's hours pass."""
        mode, speed = (request.form.get(name, [""])[0] for name in ("mode", "speed"))
        if mode in set(Mode):
            self._robot.choose(mode=Mode(mode))
        elif speed in SPEEDS:
            self._robot.choose(hour_seconds=SPEEDS[speed])
        else:
            return redirect(_back(request))
        return redirect(f"{_back(request)}?did={mode or 'speed'}")

    def _hurry(self, request: Request) -> Response:
        try:
            did = "hurry" if self._robot.hurry() else "hurry_nothing"
        except Resting:
            did = "hurry_nothing"
        except NotSent:
            did = "hurry_not_sent"
        return redirect(f"{_back(request)}?did={did}")


def _why_not(request: Request) -> str | None:
    """There is no log-in, so only this machine's own browser may come: by a loopback name (a page elsewhere can't
    rebind its name to us), and posting from our own pages. Scripts send no Origin; their calls must be JSON."""
    host = request.headers.get("host", "")
    if re.sub(r":\d+$", "", host) not in LOOPBACK:
        return "The liaison's desk answers on this machine's loopback address only."
    origin = request.headers.get("origin")
    is_script = origin is None and request.path.startswith("/liaison/api/")
    if request.method == "POST" and not is_script and origin != f"http://{host}":
        return "This was sent from another page; nothing was changed."
    return None


def _language(request: Request) -> str:
    chosen = request.cookies.get("liaison_language", "")
    return chosen if chosen in LANGUAGES else "ko"


def _cookie(language: str) -> str:
    return f"liaison_language={language}; Path=/liaison; Max-Age=31536000; SameSite=Lax; HttpOnly"


def _back(request: Request) -> str:
    """The desk's page that a form was on."""
    back = request.form.get("back", [""])[0]
    return back if re.fullmatch(r"/liaison/[\w/]*", back) else "/liaison/"


def _notice(request: Request) -> Notice | None:
    """What the step before did, told once more by the address."""
    did, count = request.query.get("did", ""), request.query.get("count", "0")
    return Notice.after(did, int(count) if re.fullmatch(r"\d{1,4}", count) else 0)


def _listed(opened: Opened, form: dict[str, list[str]]) -> list[tuple[str, int]]:
    """Room and number of the letter's items that were ticked or typed. Raises Mistake."""
    posts = {entry.link.number: entry.post for entry in opened.entries}
    if form.get("do") == ["remove_all"]:
        wanted = [number for number, post in posts.items() if post]
    else:
        wanted = _wanted(form.get("pick", []), form.get("numbers", [""])[0])
    targets = []
    for number in wanted:
        post = posts.get(number)
        if post is None:
            raise Mistake("not_listed" if number not in posts else "bad_links", str(number))
        targets.append((post.room, post.id))
    return targets


def _wanted(ticked: list[str], typed: str) -> list[int]:
    both = " ".join([*ticked, typed]).strip()
    try:
        return numbers.parse(both) if both else []
    except ValueError as error:
        raise Mistake("bad_numbers", str(error)) from None


def _linked(store: Store, links: str) -> list[tuple[str, int]]:
    """Room and number of each pasted link. Raises Mistake at the first that leads nowhere here."""
    targets = []
    for line in filter(None, map(str.strip, links.splitlines())):
        room, number = place(line)
        post = store.post(room, number) if room is not None and number is not None else None
        if post is None:
            raise Mistake("bad_links", line)
        targets.append((post.room, post.id))
    return targets
