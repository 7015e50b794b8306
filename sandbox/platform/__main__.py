"""The simulated platform as a process; see the package for its options and its interface."""

import argparse
import asyncio
import logging
import signal
import sys
import threading
from pathlib import Path

from .answers import Relay
from .database import Database
from .mailbox import Mailbox
from .robot.clock import Mode
from .robot.plans import Plans
from .robot.runner import Robot
from .seed import ADDRESSES, seed
from .serving import Server
from .signing import Signer
from .site import Site
from .store import Store


def main() -> int:
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        print(f"sandbox.platform: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    """The mail listener in this loop, the web server in a thread beside it."""
    database = Database(options.data)
    store = Store(database)
    if options.seed:
        seed(store)
    relay = _relay(options)
    robot = Robot(store=store, plans=Plans(database), relay=relay)
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    mailbox = Mailbox(store, options.mailbox or ADDRESSES, arrived=robot.wake)
    mail = await loop.create_server(mailbox.session, *options.mail)
    with Server(options.web, Site(store, robot, relay, options.portal).answer) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        robot.start(mode=Mode.ROBOT if options.robot else None)
        print(f"ready web={_name(web.server_address)} smtp={_name(mail.sockets[0].getsockname())}", flush=True)
        await told.wait()
        web.shutdown()
    mail.close()
    robot.stop()


def _relay(options: argparse.Namespace) -> Relay:
    """With a zone file answers are signed, and the key's record stands there before the first one leaves."""
    host, port = options.relay
    if options.zone is None:
        return Relay(host, port)
    signer = Signer(options.data)
    signer.publish(options.zone)
    return Relay(host, port, sign=signer.sign)


def _name(address: object) -> str:
    assert isinstance(address, tuple)
    return f"{address[0]}:{address[1]}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.platform", description="A simulated platform.")
    parser.add_argument("--web", required=True, type=_address, metavar="HOST:PORT")
    parser.add_argument("--mail", required=True, type=_address, metavar="HOST:PORT")
    parser.add_argument("--relay", required=True, type=_address, metavar="HOST:PORT")
    parser.add_argument("--data", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--zone", type=Path, metavar="FILE", help="sign answers, and put the key's record here")
    parser.add_argument("--portal", default="", metavar="URL", help="where the desk's link back leads")
    parser.add_argument("--mailbox", action="append", default=[], metavar="ADDRESS")
    parser.add_argument("--seed", action="store_true", help="make the neutral rooms that are missing")
    parser.add_argument("--robot", action="store_true", help="let a robot answer, unless the folder says otherwise")
    return parser.parse_args()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise argparse.ArgumentTypeError(f"an address looks like 127.0.0.1:8100, not {text!r}")
    return host, int(port)


if __name__ == "__main__":
    sys.exit(main())
