"""The table that goes out with a letter: made of the approved list, filled in by the platform, read when it is back."""

import csv
import email
import email.policy
import io
from email.message import EmailMessage

import pytest
from django.utils import timezone

from audit.errors import Refused
from cases.models import Locator
from mailroom.services import inbox, outbox
from takedowns import services
from takedowns.models import Letter, Reply
from takedowns.services.filing import sent_text
from takedowns.tables import HEAD
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


def table_in(letter: Letter) -> tuple[str, bytes]:
    """(file name, bytes) of the one attachment of a letter, as it left."""
    mail = email.message_from_bytes(outbox.read_bytes(letter.mail), policy=email.policy.default)
    [part] = [part for part in mail.walk() if part.get_content_disposition() == "attachment"]
    assert part.get_content_type() == "text/csv"
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return str(part.get_filename()), payload


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")  # else Excel takes it for the local code page
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def filled_in(rows: list[list[str]], statuses: dict[str, str], *, delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    for row in rows:
        number, link, status, note = row
        known = statuses.get(number)
        writer.writerow([number, link, known or status, "by Kim, 3 pm" if known else note])
    return out.getvalue()


def send_back(letter: Letter, table: bytes, *, text: str = "Please see the attached table.") -> Reply:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"] = stages.LIAISON, "takedown@portal.test"
    mail["Subject"], mail["Message-ID"] = "Re: removal", f"<{timezone.now().timestamp()}@telegram.test>"
    quoted = "".join(f"> {line}\n" for line in sent_text(letter).splitlines())
    mail.set_content(f"{text}\n\nOn Tue, Nov 3, 2026 at 3:21 PM Commission <takedown@portal.test> wrote:\n{quoted}")
    mail.add_attachment(table, maintype="text", subtype="csv", filename="answer.csv")
    to = f"takedown+r.{letter.mail.token}@portal.test"
    inbox.receive(door="lmtp", envelope_from=stages.LIAISON, envelope_to=[to], data=mail.as_bytes())
    while inbox.parse_next() or services.file_next():
        pass
    return Reply.objects.latest("filed_at")


def kinds(reply: Reply) -> dict[int, str]:
    return dict(reply.claims.values_list("takedown_item__number", "kind"))


def test_every_letter_carries_its_list_as_a_table(cast) -> None:
    request = stages.contradicted(cast, [2])
    name, data = table_in(request.letters.get())
    assert name == f"{request.number}.csv"
    assert rows_of(data) == [
        list(HEAD),
        *([str(n), f"https://t.me/portal_demo_room/{100 + n}", "", ""] for n in (1, 2, 3)),
    ]
    letter = services.follow_up(request=request, items=stages.lines(request, 2), by=cast.analyst)
    assert [row[0] for row in rows_of(table_in(letter)[1])[1:]] == ["2"]


@pytest.mark.parametrize(
    ("statuses", "encoding", "delimiter"),
    [
        ({"1": "removed", "2": "not found", "3": "under review"}, "utf-8-sig", ","),
        ({"1": "삭제 완료", "2": "확인 불가", "3": "검토 중"}, "utf-8-sig", ","),
        ({"1": "삭제", "2": "없음", "3": "처리 중"}, "cp949", ","),  # saved by Excel on a Korean Windows
        ({"1": "Removed", "2": "Not found", "3": "In progress"}, "utf-8", ";"),
    ],
)
def test_filled_in_and_sent_back_it_is_read(cast, statuses, encoding, delimiter) -> None:
    letter = stages.approved(cast).letters.get()
    rows = rows_of(table_in(letter)[1])
    reply = send_back(letter, filled_in(rows, statuses, delimiter=delimiter).encode(encoding))
    assert (kinds(reply), reply.reasons) == ({1: "removed", 2: "not_found", 3: "in_progress"}, [])


def test_rows_that_are_not_filled_in_say_nothing(cast) -> None:
    letter = stages.approved(cast).letters.get()
    rows = rows_of(table_in(letter)[1])
    assert kinds(send_back(letter, filled_in(rows, {"2": "removed"}).encode("utf-8-sig"))) == {2: "removed"}


def test_our_own_table_sent_back_untouched_says_nothing(cast) -> None:
    letter = stages.approved(cast).letters.get()
    assert kinds(send_back(letter, table_in(letter)[1], text="Received, thank you.")) == {}


def test_a_link_that_changed_after_submission_is_not_slipped_in(cast) -> None:
    """The table is made of the list that was approved: where they differ, nothing leaves."""
    request = stages.submitted(cast)
    locator = Locator.objects.get(content_item=request.items.get(number=2).item)
    Locator.objects.filter(pk=locator.pk).update(url="https://t.me/portal_demo_room/999")
    with pytest.raises(Refused, match="link of an item has changed"):
        services.approve(request=request, digest=request.revisions.get().body_sha256, by=cast.supervisor)
    assert not Letter.objects.exists()
