"""A real Dovecot on loopback, with a folder of its own and no more rights than it needs: IMAP, and LMTP to fill it."""

import grp
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError as TROUBLE

from tests.mailroom.processes import free_port
from tests.waiting import until

PROGRAM = shutil.which("dovecot", path="/usr/sbin:/usr/bin")
PASSWORD = "secret"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = portal-test
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%n
mail_uid = {uid}
mail_gid = {gid}
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n allow_all_users=yes
}}
passdb {{
  driver = static
  args = password={password}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth {{
  user = {user}
}}
service auth-worker {{
  user = {user}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


class Dovecot:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imap, self.lmtp = free_port(), free_port()

    def url(self, user: str, folder: str = "INBOX") -> str:
        return f"imap://{user}:{PASSWORD}@127.0.0.1:{self.imap}/{folder}"

    def deliver(self, data: bytes, *, to: str, sender: str = "") -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail(sender, [to], data)

    @contextmanager
    def mailbox(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Somebody else's mail program at the same mailbox."""
        with IMAPClient("127.0.0.1", port=self.imap, ssl=False) as client:
            client.login(user, PASSWORD)
            client.select_folder(folder)
            yield client

    def answers(self) -> bool:
        try:
            with smtplib.LMTP("127.0.0.1", self.lmtp, timeout=1), IMAPClient("127.0.0.1", port=self.imap, ssl=False):
                return True
        except (OSError, TROUBLE):
            return False


@contextmanager
def running() -> Iterator[Dovecot]:
    """Until the block ends. Under root it runs as nobody: Dovecot keeps no mail of user 0."""
    assert PROGRAM
    person = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name:
        folder = Path(name)
        server = Dovecot(folder)
        for each in ("run", "state", "mail"):
            (folder / each).mkdir()
        config = folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                folder=folder,
                user=person.pw_name,
                group=grp.getgrgid(person.pw_gid).gr_name,
                uid=person.pw_uid,
                gid=person.pw_gid,
                imap=server.imap,
                lmtp=server.lmtp,
                password=PASSWORD,
            )
        )
        identity: dict[str, Any] = {}
        if os.getuid() == 0:
            identity = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
            for path in (folder, *folder.rglob("*")):
                os.chown(path, person.pw_uid, person.pw_gid)
        process = subprocess.Popen([PROGRAM, "-F", "-c", str(config)], stderr=subprocess.DEVNULL, **identity)
        try:
            until(server.answers, what="Dovecot to answer")
            yield server
        finally:
            process.terminate()
            process.wait(20)
