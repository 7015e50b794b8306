"""The platform's DKIM signature (RFC 6376). Its key is made once; its record stands in a file instead of the DNS."""

import os
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from dkim import sign

from .answers import ADDRESS

DOMAIN = ADDRESS.partition("@")[2]
SELECTOR = "robot"
KEY_FILE = "dkim.pem"
BITS = 2048
# Each once more than it occurs: one that is added on the way breaks the signature.
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To")
ALSO = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted")


class Signer:
    """Signs with the key in `folder`, which is made when there is none."""

    def __init__(self, folder: Path) -> None:
        path = folder / KEY_FILE
        if not path.exists():
            _make(path)
        self._key = path.read_bytes()

    def publish(self, zone: Path) -> None:
        """Put the key's record into a zone file, beside those of others: a name, a blank, the text."""
        name = f"{SELECTOR}._domainkey.{DOMAIN}"
        lines = zone.read_text().splitlines() if zone.exists() else []
        kept = [line for line in lines if line.partition(" ")[0] != name]
        making = zone.with_suffix(".making")
        making.write_text("\n".join([*kept, f"{name} {self.record}", ""]))
        making.replace(zone)

    @property
    def record(self) -> str:
        private = load_pem_private_key(self._key, password=None)
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return "v=DKIM1; k=rsa; p=" + "".join(public.decode().splitlines()[1:-1])

    def sign(self, data: bytes) -> bytes:
        """The mail with its signature in front."""
        head = b"\r\n" + data.partition(b"\r\n\r\n")[0].lower()
        there = [name for name in (*ONCE, *ALSO) if b"\r\n" + name.lower().encode() + b":" in head]
        signature: bytes = sign(
            data,
            SELECTOR.encode(),
            DOMAIN.encode(),
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in (*there, *ONCE)],
        )
        return signature + data


def _make(path: Path) -> None:
    """Whole or not at all, and for its owner only."""
    private = rsa.generate_private_key(65537, BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_suffix(".making")
    with open(making, "wb", opener=partial(os.open, mode=0o600)) as file:
        file.write(pem)
    making.replace(path)
