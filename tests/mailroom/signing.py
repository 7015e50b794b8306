"""Signed mails and the zone that holds their keys. A signer's key is made once for all tests."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dkim import sign

HEADERS = (
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
    "content-transfer-encoding",
)  # fmt: skip


@cache
def key(bits: int = 2048) -> tuple[bytes, str]:
    """(PEM, the p= of its record)."""
    private = rsa.generate_private_key(65537, bits)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    spki = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem, "".join(spki.decode().splitlines()[1:-1])


@dataclass
class Zone:
    """A zone file. Asking for a name that it does not hold finds nothing."""

    path: Path
    lines: list[str] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        self.lines.append(f"{name} {text}")
        self.path.write_text("\n".join(self.lines))

    def add_key(self, domain: str, *, selector: str = "s1", extra: str = "", bits: int = 2048) -> None:
        self.add(f"{selector}._domainkey.{domain}", f"v=DKIM1; k=rsa; {extra}p={key(bits)[1]}")


def signed(
    data: bytes,
    *,
    domain: str = "telegram.test",
    selector: str = "s1",
    headers: tuple[str, ...] = HEADERS,
    cut: bool = False,
    bits: int = 2048,
    algorithm: bytes = b"rsa-sha256",
) -> bytes:
    """The mail under a DKIM signature over those of the headers that it has, twice over From."""
    head = data.partition(b"\r\n\r\n")[0].lower()
    present = [name.encode() for name in headers if f"\n{name}:".encode() in b"\n" + head]
    line = sign(
        data,
        selector.encode(),
        domain.encode(),
        key(bits)[0],
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[*present, b"from"],
        length=cut,
        signature_algorithm=algorithm,
    )
    return line.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + data
