"""The parts of a sandbox: their names, their order, and the command line of each that we do not start as a server."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# In the order of starting. Stopping goes backwards, level by level: nobody loses the server it still writes to.
LEVELS = (
    ("postgres", "valkey"),
    ("relay", "platform"),
    ("web", "door", "sender", "reader", "worker", "beat"),
    ("player",),
)
# Without the player: it is started where somebody watches.
PARTS = tuple(name for level in LEVELS[:-1] for name in level)


@dataclass(frozen=True)
class Surroundings:
    """What a command line is made of: the data folder, the chosen ports, the processes' environment.

    `robot`: the simulated platform answers by itself.
    """

    var: Path
    ports: Mapping[str, int]
    values: Mapping[str, str]
    robot: bool = False


def _relay(around: Surroundings) -> list[str]:
    return [
        *(sys.executable, "-m", "sandbox.relay", "--spool", str(around.var / "relay")),
        *("--listen", f"127.0.0.1:{around.ports['relay']}"),
        *("--route", f"{around.values['MAIL_DOMAIN']}=lmtp://127.0.0.1:{around.ports['door']}"),
        *("--route", f"telegram.test=smtp://127.0.0.1:{around.ports['platform_mail']}"),
    ]


def _platform(around: Surroundings) -> list[str]:
    mail = f"{around.values.get('EMAIL_HOST', '127.0.0.1')}:{around.values.get('EMAIL_PORT', '25')}"
    portal = f"http://127.0.0.1:{around.ports['web']}/"
    return [
        *(sys.executable, "-m", "sandbox.platform", "--data", str(around.var / "platform"), "--seed"),
        *("--web", f"127.0.0.1:{around.ports['platform']}", "--mail", f"127.0.0.1:{around.ports['platform_mail']}"),
        *(
            "--relay",
            mail,
            "--zone",
            str(around.var / "zone.txt"),
            *("--portal", portal),
            *(["--robot"] if around.robot else []),
        ),
    ]


def _manage(command: str) -> Callable[[Surroundings], list[str]]:
    return lambda around: [sys.executable, str(ROOT / "manage.py"), command]


def _worker(around: Surroundings) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--app", "kcsc_portal", "worker", "--pool", "solo", "--loglevel", "INFO"),
        *("--hostname", "sandbox@localhost", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def _beat(around: Surroundings) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--app", "kcsc_portal", "beat", "--loglevel", "INFO", "--pidfile", ""),
        *("--schedule", str(around.var / "beat-schedule")),
    ]


def _web(around: Surroundings) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "kcsc_portal.wsgi", "--bind", f"127.0.0.1:{around.ports['web']}"),
        *("--preload", "--workers", "2", "--threads", "4", "--no-control-socket"),
    ]


def _player(around: Surroundings) -> list[str]:
    return [*_manage("play_story")(around), "--at", f"http://127.0.0.1:{around.ports['web']}"]


COMMANDS: dict[str, Callable[[Surroundings], list[str]]] = {
    "relay": _relay,
    "platform": _platform,
    "web": _web,
    "door": _manage("receive_mail"),
    "sender": _manage("send_letters"),
    "reader": _manage("read_mail"),
    "worker": _worker,
    "beat": _beat,
    "player": _player,
}
