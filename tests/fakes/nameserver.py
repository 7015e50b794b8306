"""A name server on loopback that knows a few text records, fails for one name, and is silent about another.

It speaks through dnspython, as the resolver that asks it does; what real name servers answer rests on RFC 1035.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SILENT, FAILING = "silent.test.", "failing.test."


@contextlib.contextmanager
def name_server(records: dict[str, str]) -> Iterator[str]:
    """Its "address:port". `records` maps names with their last dot to a TXT record's text."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        serving = threading.Thread(target=_serve, args=(door, records), daemon=True)
        serving.start()
        try:
            yield f"127.0.0.1:{door.getsockname()[1]}"
        finally:
            door.sendto(b"", door.getsockname())
            serving.join()


def _serve(door: socket.socket, records: dict[str, str]) -> None:
    while True:
        query, client = door.recvfrom(4096)
        if not query:
            return
        asked = dns.message.from_wire(query)
        name = asked.question[0].name.to_text()
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        if name == SILENT:
            continue
        if name in records:
            quoted = " ".join(f'"{records[name][n : n + 200]}"' for n in range(0, len(records[name]), 200))
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", quoted))
        else:
            answer.set_rcode(dns.rcode.SERVFAIL if name == FAILING else dns.rcode.NXDOMAIN)
        door.sendto(answer.to_wire(), client)
