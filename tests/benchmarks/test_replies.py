"""Replies a second through the whole pipeline, beside the commonest peer taking the same mails on the same PostgreSQL.

Ours: stored and sealed, read in the limited child, matched, trust looked into, read item by item, filed with proposals;
once one mail at a time in one process, like the peer, and once with the processes that the house runs.
The peer is django-helpdesk 2.6 in a virtual environment of its own, fed by its own code through the script
`helpdesk_bench.py` beside the shared data; where that script is absent, only our figures are told.
"""

import importlib.util
import io
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import connections

from mailroom.addresses import TOKEN_LENGTH, reply_address
from mailroom.models import Pulse
from mailroom.services import inbox
from mailroom.states import Part
from sandbox.parts import ROOT
from sandbox.secret_values import load
from takedowns.models import Claim, Letter, Reply
from takedowns.services import file_next
from tests.benchmarks.report import report
from tests.mailroom.processes import manage
from tests.servers import connect
from tests.takedowns.stages import LIAISON, approved, case_of
from tests.waiting import until

MAILS = 500
READERS = 2  # as docker-compose.yml has it
FULL = 10_001  # number of the first request of the many
MANY = int(os.environ.get("BENCH_MANY", "100000"))
PEER = Path(os.environ.get("PORTAL_SHARED_DATA") or ROOT.parent / "shared" / "data").parent / "peers/helpdesk_bench.py"
PEER_HOME = ROOT / "var" / "bench" / "helpdesk"
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"

# A request with its letter, copied n times: the rows of each table with new keys, all else as in the first.
COPY = """
INSERT INTO {table} ({columns}) SELECT {made}
FROM {table} x CROSS JOIN generate_series(%(first)s::int, %(last)s::int) AS n(n)
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, to_jsonb(x) || {changes}) AS made
WHERE x.{key} = %(of)s
"""
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_name = %s AND is_generated = 'NEVER'
"""


def keyed(prefix: str) -> str:
    """The SQL of a UUID made of a digit for the table and the number of the copy."""
    return f"('{prefix}0000000-0000-4000-8000-' || lpad(n.n::text, 12, '0'))"


def token(n: int) -> str:
    digits = ""
    for _ in range(TOKEN_LENGTH):
        n, digit = divmod(n, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def copies(cast: Any, *, first: int, last: int) -> None:
    """Requests number `first` to `last`, each with one item and one letter that left. Rows only, by SQL."""
    request = approved(cast, case=case_of(cast, items=1, room=f"bench_room_{first}"))
    letter = Letter.objects.get(request=request)
    line = letter.items.get()
    numbers = f"jsonb_build_object('number', 'B' || n.n || '-{first}'"
    tables: list[tuple[str, str, str, Any]] = [
        ("cases_contentitem", "id", f"jsonb_build_object('id', {keyed('1')})", line.takedown_item.item_id),
        ("takedowns_takedownrequest", "id", f"{numbers}, 'id', {keyed('2')})", request.pk),
        (
            "takedowns_takedownitem",
            "id",
            f"jsonb_build_object('id', {keyed('3')}, 'request_id', {keyed('2')}, 'item_id', {keyed('1')})",
            line.takedown_item_id,
        ),
        (
            "takedowns_revision",
            "id",
            f"jsonb_build_object('id', 10000000 + n.n, 'request_id', {keyed('2')})",
            letter.revision_id,
        ),
        (
            "mailroom_outgoingmail",
            "id",
            f"jsonb_build_object('id', {keyed('4')}, 'token', (SELECT token FROM bench_token t WHERE t.n = n.n), "
            "'idempotency_key', 'bench-' || n.n, "
            "'message_id', '<bench-' || n.n || '@portal.test>', 'state', 'accepted', 'accepted_at', now())",
            letter.mail_id,
        ),
        (
            "takedowns_letter",
            "id",
            f"{numbers}, 'id', {keyed('5')}, 'request_id', {keyed('2')}, 'revision_id', 10000000 + n.n, "
            f"'mail_id', {keyed('4')})",
            letter.pk,
        ),
        (
            "takedowns_letteritem",
            "id",
            f"jsonb_build_object('id', 10000000 + n.n, 'letter_id', {keyed('5')}, 'takedown_item_id', {keyed('3')})",
            line.pk,
        ),
    ]
    with connect(superuser(str(connections["default"].settings_dict["NAME"]))) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMPORARY TABLE bench_token (n int PRIMARY KEY, token text)")
        cursor.copy_from(io.StringIO("".join(f"{n}\t{token(n)}\n" for n in range(first, last + 1))), "bench_token")
        for table, key, changes, of in tables:
            cursor.execute(COLUMNS, [table])
            ((columns,),) = cursor.fetchall()
            made = ", ".join(f"made.{column}" for column in columns.split(", "))
            sql = COPY.format(table=table, key=key, changes=changes, columns=columns, made=made)
            cursor.execute(sql, {"first": first, "last": last, "of": str(of) if isinstance(of, uuid.UUID) else of})
        cursor.execute("ANALYZE")


def superuser(database: str) -> str:
    """The server of this run, as its superuser: rows are copied past the triggers, and the peer makes its databases."""
    secrets = load(Path(os.environ["PORTAL_TEST_FOLDER"]))
    at = connections["default"].settings_dict
    return f"postgresql://postgres:{secrets.postgres_password}@{at['HOST']}:{at['PORT']}/{database}"


def peer_script() -> ModuleType | None:
    """The script's own maker of mails (it needs nothing but the standard library for that)."""
    if not PEER.exists():
        return None
    spec = importlib.util.spec_from_file_location("helpdesk_bench", PEER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("helpdesk_bench", module)
    spec.loader.exec_module(module)
    return module


def replies(maker: ModuleType | None, first: int) -> list[tuple[str, bytes]]:
    """(address, mail) of an answer to each of the letters from number `first` on."""
    mails = []
    for n in range(first, first + MAILS):
        to = reply_address(token(n))
        number = f"<answer-{n}@telegram.test>"
        if maker is None:
            head = f"From: {LIAISON}\r\nTo: {to}\r\nSubject: Re: request\r\nMessage-ID: {number}\r\n"
            data = f"{head}\r\n1. removed\r\n{'> ' * 40}\r\n".encode()
        else:
            data = maker.mail(
                n, number, f"Re: request {n}", sender=LIAISON, to=to, In_Reply_To=f"<bench-{n}@portal.test>"
            )
        mails.append((to, data))
    return mails


def one_by_one(mails: list[tuple[str, bytes]]) -> float:
    """Mails a second from the door's call to the filed reply, in one process: one mail at a time, like the peer."""
    before = Reply.objects.count()
    began = time.perf_counter()
    for to, data in mails:
        inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to], data=data)
        assert inbox.parse_next()
        assert file_next()
    seconds = time.perf_counter() - began
    assert Reply.objects.count() - before == len(mails)
    return len(mails) / seconds


@contextmanager
def readers() -> Iterator[None]:
    """The processes `manage.py read_mail`, each with its first sign of life given."""
    alive = Pulse.objects.filter(part=Part.READER)
    Pulse.objects.all().delete()
    with ExitStack() as running:
        for _ in range(READERS):
            running.enter_context(manage("read_mail"))
        until(lambda: alive.count() == READERS, timeout=60, what="the readers run")
        yield


def as_it_runs(mails: list[tuple[str, bytes]]) -> float:
    """The same with the processes of the house: this one is the door, the readers work behind it."""
    before = Reply.objects.count()
    with readers():
        began = time.perf_counter()
        for to, data in mails:
            inbox.receive(door="lmtp", envelope_from=LIAISON, envelope_to=[to], data=data)
        until(lambda: Reply.objects.count() - before == len(mails), timeout=600, what="all filed", every=0.05)
        return len(mails) / (time.perf_counter() - began)


def peers(url: str) -> dict[int, float]:
    """Replies a second of django-helpdesk on an empty base and on a full one."""
    python = PEER_HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER_HOME)], check=True)
        wanted = ["django-helpdesk==2.6.1", "psycopg2-binary"]
        subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True)
    command = [str(python), str(PEER), "--db", url, "--stages", "mail_in", "--sizes", str(MANY), "--rounds", "1"]
    done = subprocess.run([*command, "--n", str(MAILS)], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    told = [line for line in lines if line["figure"] == "mail_in" and line.get("what") == "replies"]
    return {line["background_tickets"]: line["mails_per_s"] for line in told}


@pytest.mark.django_db(transaction=True)
def test_replies_a_second_beside_the_peer(cast: Any) -> None:
    maker = peer_script()
    copies(cast, first=1, last=2 * MAILS)
    middle = FULL + MANY // 2
    empty, empty_running = one_by_one(replies(maker, 1)), as_it_runs(replies(maker, 1 + MAILS))
    copies(cast, first=FULL, last=FULL + MANY)
    full, full_running = one_by_one(replies(maker, middle)), as_it_runs(replies(maker, middle + MAILS))
    figures = {
        "ours, one by one, empty base": empty,
        f"ours, one by one, {MANY} requests": full,
        f"ours, door and {READERS} readers, empty base": empty_running,
        f"ours, door and {READERS} readers, {MANY} requests": full_running,
    }
    ratios = {"growth of ours, one by one": empty / full, "growth of ours, as it runs": empty_running / full_running}
    if maker is not None:
        theirs = peers(superuser("postgres"))
        figures |= {"django-helpdesk, empty base": theirs[0], f"django-helpdesk, {MANY} tickets": theirs[MANY]}
        ratios |= {
            "growth of django-helpdesk": theirs[0] / theirs[MANY],
            "to django-helpdesk, one by one, empty base": empty / theirs[0],
            f"to django-helpdesk, one by one, {MANY}": full / theirs[MANY],
            "to django-helpdesk, as it runs, empty base": empty_running / theirs[0],
            f"to django-helpdesk, as it runs, {MANY}": full_running / theirs[MANY],
        }
    report("replies", figures, "replies/s")
    report("replies-ratios", ratios, "x")
    assert Claim.objects.filter(status="accepted").count() == 0
