"""The relay as a process; see the package for its options."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from .client import Route, parse_route
from .server import SIZE_LIMIT, Relay, Settings
from .spool import Spool, SpoolInUse


def main() -> int:
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command
    try:
        asyncio.run(_serve(options))
    except (OSError, SpoolInUse) as error:
        print(f"sandbox.relay: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    host, _, port = options.listen.rpartition(":")
    settings = Settings(
        routes=dict(options.route),
        hostname=options.hostname,
        size_limit=options.size_limit,
        retry_first=options.retry_first,
        retry_most=options.retry_most,
        timeout=options.timeout,
        give_up_after=options.give_up_after,
    )
    relay = Relay(settings, Spool(options.spool))
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    server = await relay.start(host, int(port))
    print(f"ready smtp={host}:{server.sockets[0].getsockname()[1]}", flush=True)
    await told.wait()
    server.close()
    await relay.stop()
    # A conversation that hangs would keep the interpreter waiting for its thread. Cutting it off is what the queue is
    # made for: whatever is not noted as finished is tried again at the next start.
    os._exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.relay", description="A small mail relay.")
    parser.add_argument("--listen", required=True, metavar="HOST:PORT")
    parser.add_argument("--spool", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--route", action="append", default=[], type=_route, metavar="DOMAIN=smtp|lmtp://HOST:PORT")
    parser.add_argument("--hostname", default="relay.test")
    parser.add_argument("--size-limit", type=int, default=SIZE_LIMIT, metavar="BYTES")
    parser.add_argument("--retry-first", type=float, default=0.5, metavar="SECONDS")
    parser.add_argument("--retry-most", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--give-up-after", type=float, default=5 * 24 * 3600.0, metavar="SECONDS")
    return parser.parse_args()


def _route(text: str) -> tuple[str, Route]:
    try:
        return parse_route(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
