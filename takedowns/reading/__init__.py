"""The reader of replies: what a platform's mail claims of each item of the letter that it answers.

Pure Python over text; no database, no Django. It abstains rather than guesses: one status word or number that cannot
be placed leaves the whole reply to a person. A false "removed" is the worst fault it can have, so "removed" is read
only where every word of the clause is known to change nothing (words/*.txt, [harmless]).

How: our own words are cut by comparing with what we sent (`quoting`), lines that were only wrapped are joined
(`sentences`), links, numbers and statuses are marked (`numbers`, `english`, `korean`), statuses are tied to items
within a sentence (`clauses`, `statements`), then across headings, rows, answers under quoted items, "all" and "the
rest" (`verdict`). Text and HTML must agree; a filled-in table may add, not contradict (`filled_csv`).

What maps to what:
- removed: deleted, taken down, gone, down, access disabled worldwide; "done", "조치 완료" only beside named items.
- not_found: not found, 404, no longer available, "already removed", removed by the uploader, 이미 삭제, 확인 불가.
- geo_blocked: withheld or blocked in Korea, also where no rule was broken, 국내 차단, 접속차단 (the term for blocking
  by Korean providers).
- refused: refused, no violation, cannot or will not remove, "not removed" with no better reason, 반려, 삭제 불가.
- need_info: asks for documents, timestamps, links, an order. A rejection that gives this as its reason is refused.
- in_progress: under review, will be removed, not yet removed, 삭제 예정, 검토 중.
- no claim of any kind, left to a person: blinded, hidden, private, temporary (블라인드, 비공개, 임시조치), accounts
  closed, "action taken", blocking without saying where, delisting, "removed in Korea" in Korean (deleted or blocked?).
- nothing: receipts (접수), promises to answer, laws and ticket numbers, questions and conditions without items.
"""

from takedowns.reading.letter import letter_items
from takedowns.reading.reader import MAX_SENT, read
from takedowns.reading.shapes import CLAIMS, REASONS, Claim, ItemRef, Outcome, Reading

__all__ = ["CLAIMS", "MAX_SENT", "REASONS", "Claim", "ItemRef", "Outcome", "Reading", "letter_items", "read"]
