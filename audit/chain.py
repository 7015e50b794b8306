"""Is the audit trail whole? Asked in one SQL statement, so that a million rows need no memory here."""

from dataclasses import dataclass

from django.db import connection

# The canonical text of a link, the same as in migration 0002 (a test holds them together). It is spelled out here
# again on purpose: whoever could change the database's own function must not thereby change the verdict.
CHECKED = r"""
WITH link AS (
    SELECT seq, event_id, at, previous_hash, hash,
           lag(seq, 1, 0::bigint) OVER by_seq AS seq_before,
           lag(hash, 1, repeat('0', 64)::varchar) OVER by_seq AS hash_before
    FROM public.audit_chainlink
    WINDOW by_seq AS (ORDER BY seq)
), checked AS (
    SELECT link.seq, coalesce(link.event_id, e.id) AS event_id,
           CASE
               WHEN link.seq IS NULL THEN 'unlinked'
               WHEN link.seq <> link.seq_before + 1 THEN 'gap'
               WHEN e.id IS NULL THEN 'missing'
               WHEN link.previous_hash <> link.hash_before THEN 'order'
               WHEN link.hash <> encode(sha256(convert_to(concat_ws(E'\n',
                   link.seq, (extract(epoch FROM link.at) * 1000000)::bigint, link.previous_hash,
                   e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.action, coalesce(e.actor::text, '-'),
                   e.object_type, e.object_id, coalesce(e.case_id::text, '-'), e.detail::text
               ), 'UTF8')), 'hex') THEN 'changed'
           END AS fault
    FROM link FULL JOIN public.audit_event e ON e.id = link.event_id
)
"""

SUMMARY = f"""{CHECKED}
SELECT count(*), coalesce((SELECT hash FROM public.audit_chainlink ORDER BY seq DESC LIMIT 1), repeat('0', 64)),
       count(fault)
FROM checked
"""  # noqa: S608 - made of constants

FIRST = f"""{CHECKED}
SELECT seq, event_id, fault FROM checked WHERE fault IS NOT NULL ORDER BY seq NULLS LAST LIMIT 1
"""  # noqa: S608

FAULTS = {
    "unlinked": "the event stands in no link of the chain",
    "gap": "the sequence has a gap before this link",
    "missing": "the link's event is missing",
    "order": "the link does not carry the hash of the link before it",
    "changed": "the event or its link was changed after it was written",
}


@dataclass(frozen=True)
class Fault:
    seq: int | None  # None: an event without a link
    event_id: str
    why: str


@dataclass(frozen=True)
class Verdict:
    events: int
    last_hash: str  # 64 hex digits; all zero for an empty chain
    faults: int
    first: Fault | None

    @property
    def whole(self) -> bool:
        return self.faults == 0


def verify() -> Verdict:
    """Recompute the chain against the events, as of one moment. Reads only."""
    with connection.cursor() as cursor:
        cursor.execute(SUMMARY)
        events, last_hash, faults = cursor.fetchone()
        if not faults:
            return Verdict(events, last_hash, 0, None)
        cursor.execute(FIRST)
        seq, event_id, fault = cursor.fetchone()
        return Verdict(events, last_hash, faults, Fault(seq, str(event_id), FAULTS[fault]))
