"""What can happen to letters on their way out. Each scenario breaks something, lets it mend, and counts.

Sizes can be made smaller for the test suite; `make faults` runs them whole.
"""

import random
import signal
import threading
from collections.abc import Callable, Sequence
from functools import partial

from tests.fakes.relay import DROP, FORGET, Taken
from tests.faults.post import Born, Killable, Nursery, Post, Row, ask, post
from tests.mailroom.clock import set_clock
from tests.servers import empty

SEED = 20240903
STEPS = ["connect", "ehlo", "mail", "rcpt platform", "rcpt archive", "data", "content"]


def fresh() -> None:
    for alias in ("default", "keys"):
        ask(partial(empty, alias))


# kill -9


def killed_at(nursery: Nursery, step: str, times: int = 10) -> Row:
    """The relay holds the dialogue at one word; the sender dies there; after the last one a sender is left alone."""
    fresh()
    with post(nursery) as office:
        office.write(times)
        for _ in range(times):
            _kill_when(office, step)
        with office.running("send_letters"):
            office.settle()
        return office.row(f"kill -9 at “{step}” x {times}")


def _kill_when(office: Post, step: str) -> None:
    heard, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        heard.set()
        go_on.wait(20)

    office.relay.before = {step: hold}
    sender = office.start("send_letters")
    office.wait(heard.is_set, 20, f"a sender that comes to {step}")
    sender.kill()
    office.relay.before = {}
    go_on.set()


def killed_with_the_answer_on_its_way(nursery: Nursery, times: int = 10) -> Row:
    """The relay has said yes, and the sender never hears it: stopped before the answer, killed after it."""
    fresh()
    with post(nursery) as office:
        office.write(times)
        for _ in range(times):
            _kill_after_the_answer(office)
        with office.running("send_letters"):
            office.settle()
        return office.row(f"kill -9 with the answer on its way x {times}")


def _kill_after_the_answer(office: Post) -> None:
    answered = threading.Event()
    sender: list[Born] = []
    office.relay.before = {"content": lambda: sender[0].signal(signal.SIGSTOP)}
    office.relay.after = {"content": answered.set}
    sender.append(office.start("send_letters"))
    office.wait(answered.is_set, 20, "an answer to the letter")
    sender[0].kill()
    office.relay.before = office.relay.after = {}


def killed_at_random(nursery: Nursery, letters: int = 300) -> Row:
    """Two senders; every so often one of them is killed and another one begins."""
    fresh()
    dice = random.Random(SEED)
    killed = 0
    with post(nursery) as office:
        office.relay.before = dict.fromkeys(["mail", "data", "content"], lambda: pause(dice.uniform(0, 0.02)))
        senders = [office.start("send_letters") for _ in range(2)]
        office.write(letters)
        done = 0
        while done < letters:
            due = min(letters, done + dice.randint(1, 8))
            if not office.wait_for(due):
                break
            done = due
            pause(dice.uniform(0, 0.05))
            victim = dice.randrange(2)
            senders[victim].kill()
            killed += 1
            senders[victim] = office.start("send_letters")
        office.settle(60)
        return office.row(f"{letters} letters, {killed} random kills of two senders")


# The line and the relay


def cut_after_data(nursery: Nursery, letters: int = 200) -> Row:
    """Of each ten connections one breaks once the letter is spoken; half the time the relay has taken it."""
    fresh()
    with post(nursery) as office:
        office.relay.answers = {"content": _cut(random.Random(SEED), 0.1)}
        office.write(letters)
        with office.running("send_letters"):
            office.wait_for(letters)
            office.relay.answers = {}
            office.settle()
        return office.row("10 % of connections cut after DATA")


def _cut(dice: random.Random, share: float) -> Callable[[], str]:
    def answer() -> str:
        if dice.random() >= share:
            return "250 2.0.0 queued"
        return dice.choice([DROP, FORGET])

    return answer


def slow_relay(nursery: Nursery, letters: int = 5, *, seconds: float, says: str) -> Row:
    """It takes the letter and answers late; the senders' patience is two seconds."""
    fresh()
    with post(nursery) as office:
        office.relay.before = {"content": lambda: pause(seconds)}
        office.write(letters)
        with office.running("send_letters"), office.running("send_letters"):
            office.settle(60)
        return office.row(f"a relay that takes {says}")


def not_now(nursery: Nursery, letters: int = 60) -> Row:
    """Three of ten commands are answered with 4xx."""
    fresh()
    dice = random.Random(SEED)

    def or_later(answer: str) -> Callable[[], str]:
        return lambda: "451 4.3.0 not now" if dice.random() < 0.1 else answer

    with post(nursery) as office:
        office.relay.answers = {
            "mail": or_later("250 ok"),
            "rcpt platform": or_later("250 ok"),
            "data": or_later("354 go ahead"),
            "content": or_later("250 queued"),
        }
        office.write(letters)
        with office.running("send_letters"):
            office.settle(60)
        return office.row("4xx at any command, 1 of 10 each")


def never(nursery: Nursery, letters: int = 60) -> Row:
    """One in five is refused for good, at the recipient or after the content: each is a task for a person."""
    fresh()
    dice = random.Random(SEED)

    def or_never(answer: str) -> Callable[[], str]:
        return lambda: "550 5.7.1 refused" if dice.random() < 0.1 else answer

    with post(nursery) as office:
        office.relay.answers = {"rcpt platform": or_never("250 ok"), "content": or_never("250 queued")}
        office.write(letters)
        with office.running("send_letters"):
            office.settle(60)
        return office.row("5xx at recipient or content, 1 of 10 each")


# The archive


def archive_away(nursery: Nursery, letters: int = 60) -> Row:
    """Our door is closed while letters leave and lines break; the relay keeps the copies and comes back."""
    fresh()
    with post(nursery, door=False) as office:
        office.relay.answers = {"content": _cut(random.Random(SEED), 0.3)}
        office.write(letters)
        with office.running("send_letters"):
            office.wait_for(letters)
            office.relay.answers = {}
            pause(4)  # longer than an uncertain letter has to wait where the door is open
            with office.running("receive_mail"):
                office.settle()
        return office.row("archive unavailable, 30 % cut after DATA")


def archive_refused(nursery: Nursery, letters: int = 30) -> Row:
    """The relay refuses the archive's address: no copy can come, so nobody but a person can say."""
    fresh()
    with post(nursery) as office:
        office.relay.answers = {
            "rcpt archive": "550 5.1.1 no such user",
            "content": _cut(random.Random(SEED), 0.3),
        }
        office.write(letters)
        with office.running("send_letters"):
            office.wait_for(letters)
            pause(4)
            office.settle()
        return office.row("archive refused, 30 % cut after DATA")


def archive_late(nursery: Nursery, letters: int = 60, *, most: float, says: str) -> Row:
    """Copies come late and out of order; mails to ourselves are not delayed, so that they overtake them all."""
    fresh()
    dice = random.Random(SEED)

    def late(taken: Taken) -> float:
        return dice.uniform(0, most) if len(taken.recipients) > 1 else 0.0

    with post(nursery) as office:
        office.carrier.delay = late
        office.relay.answers = {"content": _cut(random.Random(SEED), 0.3)}
        office.write(letters)
        with office.running("send_letters"):
            office.wait_for(letters)
            office.relay.answers = {}
            office.settle(2 * most + 30)
        return office.row(f"archive late and out of order, {says}, 30 % cut")


# The house's own machines


def broker_flushed(nursery: Nursery, flush: Callable[[], object], letters: int = 60) -> Row:
    fresh()
    with post(nursery) as office, office.running("send_letters"):
        for part in range(3):
            office.write(letters // 3)
            office.wait_for(part * letters // 3)
            flush()
        office.settle()
        return office.row("broker flushed three times")


def database_restarted(nursery: Nursery, restarts: Sequence[Callable[[], None]], letters: int = 150) -> Row:
    """While letters leave and lines break. Whatever was answered meanwhile is written down when it is back."""
    fresh()
    dice = random.Random(SEED)
    with post(nursery) as office:
        office.relay.answers = {"content": _cut(dice, 0.05)}
        office.relay.before = {"content": lambda: pause(0.03)}
        office.write(letters)
        with office.running("send_letters"), office.running("send_letters"):
            for part, restart in enumerate(restarts, 1):
                office.wait_for(part * letters // (len(restarts) + 2))
                restart()
            office.wait_for(letters)
            office.relay.answers = {}
            office.settle(100)  # a mail that the reader had in hand is taken up again after a minute
        return office.row(f"PostgreSQL restarted {len(restarts)} times")


def clocks_of_processes(nursery: Nursery, letters: int = 60) -> Row:
    """One sender lives an hour ago, another three hours ahead; the door is ahead as well."""
    fresh()
    with post(nursery, door=False) as office:
        office.relay.answers = {"content": _cut(random.Random(SEED), 0.2)}
        office.write(letters)
        with (
            office.running("receive_mail", clock=3 * 3600),
            office.running("send_letters", clock=-3600),
            office.running("send_letters", clock=3 * 3600),
        ):
            office.wait_for(letters)
            office.relay.answers = {}
            office.settle()
        return office.row("processes' clocks 1 h back and 3 h ahead, 20 % cut")


def clock_of_database(nursery: Nursery, letters: int = 60) -> Row:
    """Set three hours ahead and then an hour back, in the middle of it, with copies late; and put right at last."""
    fresh()
    dice = random.Random(SEED)
    with post(nursery) as office:
        office.carrier.delay = lambda taken: dice.uniform(0, 2)
        office.relay.answers = {"content": _cut(dice, 0.2)}
        office.relay.before = {"content": lambda: pause(0.02)}
        office.write(letters)
        with office.running("send_letters"), office.running("send_letters"):
            for part, ahead in enumerate([3 * 3600, -4 * 3600], 1):
                office.wait_for(part * letters // 3)
                set_clock(ahead)
            pause(1)
            set_clock(3600)
            office.wait_for(letters)
            office.relay.answers = {}
            office.settle()
        return office.row("database's clock 3 h ahead, then 1 h back, 20 % cut")


def two_of_each(nursery: Nursery, beats: Callable[[], Sequence[Killable]], letters: int = 100) -> Row:
    fresh()
    with post(nursery) as office:
        office.relay.answers = {"content": _cut(random.Random(SEED), 0.1)}
        office.born += beats()
        office.write(letters)
        with office.running("send_letters"), office.running("send_letters"):
            office.wait_for(letters)
            office.relay.answers = {}
            office.settle()
        return office.row("two senders and two beats, 10 % cut")


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)
