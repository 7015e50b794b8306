"""A real Exim on loopback: it queues, retries, greylists, and writes its own delivery reports.

telegram.test goes to a server that the test names, but for nouser@ (refused for good), full@ (put off) and
greylisted@ (put off at RCPT until the test lets it in); our own domain goes to our door by LMTP.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mailroom.processes import free_port
from tests.waiting import until

PROGRAM = shutil.which("exim4", path="/usr/sbin:/usr/bin")
USER = "Debian-exim"  # Debian's binary insists on it

CONFIG = r"""
primary_hostname = mx.portal.test
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
deliver_drop_privilege = true
never_users =
trusted_users = {user}
keep_environment =
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
delay_warning = 1s
delay_warning_condition = yes
queue_run_in_order = true
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
begin acl
acl_rcpt:
  defer message = 4.7.1 greylisted, come back later
        local_parts = greylisted
        condition = ${{if exists{{{folder}/let_in}}{{no}}{{yes}}}}
  accept hosts = 127.0.0.1
acl_data:
  accept
begin routers
nouser:
  driver = redirect
  domains = telegram.test
  local_parts = nouser
  allow_fail
  data = :fail: 550 5.1.1 The e-mail account that you tried to reach does not exist
full:
  driver = redirect
  domains = telegram.test
  local_parts = full
  allow_defer
  data = :defer: 452 4.2.2 mailbox full
ours:
  driver = manualroute
  domains = portal.test
  transport = door
  route_list = * 127.0.0.1
  self = send
platform:
  driver = manualroute
  domains = telegram.test
  transport = platform
  route_list = * 127.0.0.1
  self = send
begin transports
door:
  driver = smtp
  protocol = lmtp
  port = {door}
  allow_localhost
  hosts_try_fastopen =
platform:
  driver = smtp
  port = {platform}
  allow_localhost
  hosts_try_fastopen =
begin retry
*  *  F,10m,1s
"""


class Exim:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    def let_greylisted_in(self) -> None:
        (self.folder / "let_in").touch()

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                return line.recv(3) == b"220"
        except OSError:
            return False


def why_not() -> str:
    """Why Exim cannot be run here; empty when it can."""
    if PROGRAM is None:
        return "Exim is not here (Debian's exim4-daemon-light)"
    if os.getuid() != 0 and pwd.getpwuid(os.getuid()).pw_name != USER:
        return f"Debian's Exim runs as {USER} only, and only root can start it so"
    return ""


@contextmanager
def running(*, door: int, platform: int) -> Iterator[Exim]:
    """Until the block ends. The binary is copied, so that it starts without its set-uid bit."""
    assert PROGRAM
    person = pwd.getpwnam(USER)
    with tempfile.TemporaryDirectory(prefix="exim-") as name:
        folder = Path(name)
        server = Exim(folder)
        (folder / "spool").mkdir()
        shutil.copyfile(PROGRAM, folder / "exim")
        (folder / "exim").chmod(0o755)
        config = folder / "exim.conf"
        config.write_text(CONFIG.format(folder=folder, port=server.port, door=door, platform=platform, user=USER))
        for path in (folder, *folder.rglob("*")):
            os.chown(path, person.pw_uid, person.pw_gid)
        os.chown(config, 0, 0)
        process = subprocess.Popen(
            [str(folder / "exim"), "-C", str(config), "-bdf", "-q1s"],
            user=person.pw_uid,
            group=person.pw_gid,
            extra_groups=[],
        )
        try:
            until(server.answers, what="Exim to answer")
            yield server
        finally:
            process.terminate()
            process.wait(20)
