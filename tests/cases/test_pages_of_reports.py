"""Recording, looking up, reading, grouping and setting aside reports, through their addresses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog, Event
from cases.models import Case, ContentItem, Report, Victim
from cases.queries.known import what_is_known
from cases.services import group_reports
from cases.states import ReportStatus
from tests.cases.reporting import ROOM, case_with, form_of_a_report, links, others_case, reported

pytestmark = pytest.mark.django_db

NEW = "/reports/new/"


@pytest.fixture
def analyst(cast, client):
    client.force_login(cast.analyst)
    return client


def test_a_report_is_recorded_with_its_good_lines_and_told_of_the_bad_ones(cast, analyst):
    text = f"hxxps://t[.]me/{ROOM}/101\njavascript:alert(1)\nhttp://10.0.0.1/x\nhttps://T.ME/{ROOM.upper()}/102?single"
    page = analyst.post(NEW, form_of_a_report(text, institution="Portal Demo School", words="Somebody told us."))
    report = Report.objects.get()
    assert page.url == reverse("cases:report", args=[report.pk])
    shown = analyst.get(page.url).content.decode().replace("<wbr>", "")
    assert f"t.me/{ROOM}/101" in shown
    assert f"t.me/{ROOM}/102" in shown
    assert "Only links that begin with http, https or tg can be recorded." in shown
    assert "The link leads to a private, local or reserved address" in shown
    assert "Somebody told us." not in shown
    assert "javascript:alert" not in shown
    assert b"Somebody told us." not in bytes(report.words_sealed or b"")
    assert report.victim.pseudonym.startswith("V-")
    assert (report.team, report.recorded_by, report.institution.name) == (
        cast.team,
        cast.analyst,
        "Portal Demo School",
    )


def test_the_same_submission_twice_is_one_report(analyst):
    first = analyst.post(NEW, form_of_a_report(links(2)))
    second = analyst.post(NEW, form_of_a_report(links(2)))
    assert first.url == second.url
    assert Report.objects.count() == 1


def test_ten_thousand_lines_are_one_clear_error_and_the_text_stays(analyst):
    text = links(10_000)
    page = analyst.post(NEW, form_of_a_report(text))
    assert page.status_code == 200
    assert page.context["form"].errors["links"] == [
        "There are 10,000 lines; a report takes 200 at most. Nothing has been saved."
    ]
    assert f"{ROOM}/10100" in page.content.decode()
    assert not Report.objects.exists()
    assert not ContentItem.objects.exists()


def test_a_text_without_any_link_is_refused_line_by_line(analyst):
    page = analyst.post(NEW, form_of_a_report("see above\njavascript:alert(1)", words="kept"))
    assert page.context["form"].errors["links"] == [
        "Line 1: This is not a link.",
        "Line 2: Only links that begin with http, https or tg can be recorded.",
    ]
    assert "see above" in page.content.decode()
    assert "kept" in page.content.decode()
    assert not Report.objects.exists()


def moment(hours: float) -> str:
    return (timezone.localtime() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"received_at": moment(1)}, "received_at"),
        ({"occurred_at": moment(1)}, "occurred_at"),
        ({"received_at": moment(-3), "occurred_at": moment(-2)}, "occurred_at"),
        ({"source": "nobody"}, "source"),
        ({"victim": "existing", "pseudonym": "V-XX000000"}, "pseudonym"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(analyst, given, field):
    page = analyst.post(NEW, form_of_a_report(links(1), **given))
    assert list(page.context["form"].errors) == [field]
    assert not Report.objects.exists()


def test_moments_are_korean_time(analyst):
    analyst.post(NEW, form_of_a_report(links(1), received_at="2024-09-03T09:30"))
    assert Report.objects.get().received_at.isoformat() == "2024-09-03T00:30:00+00:00"


def test_a_known_pseudonym_is_taken_again_and_nobody_is_nobody(cast, analyst):
    first = reported(cast)
    key = "00000000-0000-4000-8000-00000000000"
    analyst.post(
        NEW, form_of_a_report(links(1), victim="existing", pseudonym=first.victim.pseudonym, submission_key=f"{key}2")
    )
    analyst.post(NEW, form_of_a_report(links(1), victim="none", submission_key=f"{key}3"))
    assert Victim.objects.count() == 1
    assert Report.objects.filter(victim=first.victim).count() == 2
    assert Report.objects.filter(victim=None).count() == 1


def test_what_is_known_tells_ones_own_and_only_the_name_of_another_team(cast, analyst):
    case = case_with(cast, 2)
    others_case(cast, first=900)
    before = (Report.objects.count(), ContentItem.objects.count(), Event.objects.count())
    text = f"{links(1)}\n{links(1, first=900)}\n{links(1, first=5000)}\nnot a link\nhxxps://t[.]me/{ROOM}/101"
    page = analyst.post("/reports/known/", form_of_a_report(text, words="still here"))
    own, other, new, bad, again = page.context["known"]
    assert ([c.number for c in own.cases], own.reports, own.elsewhere) == ([case.number], 1, [])
    assert own.standing == "open"
    assert (other.cases, other.reports, other.standing, list(other.elsewhere)) == ([], 0, None, ["Inquiry Team"])
    assert not new.is_known
    assert bad.error == "This is not a link."
    assert again.repeats == 1
    shown = page.content.decode()
    assert reverse("cases:case", args=[case.pk]) in shown
    assert "known, team Inquiry Team" in shown
    assert "C2" in shown
    assert Case.objects.get(team=cast.other_team).number not in shown
    assert "still here" in shown, "what was typed stays"
    assert (Report.objects.count(), ContentItem.objects.count(), Event.objects.count()) == before


def test_what_is_known_of_too_many_or_of_nothing_is_told(analyst):
    assert "10,000 lines" in analyst.post("/reports/known/", {"links": links(10_000)}).content.decode()
    assert "Paste at least one link." in analyst.post("/reports/known/", {"links": ""}).content.decode()
    assert "This is not a link." in analyst.post("/reports/known/", {"links": "x\ny"}).content.decode()


def test_what_is_known_takes_the_same_number_of_queries_for_200_lines(cast, django_assert_max_num_queries):
    case_with(cast, 200)
    with django_assert_max_num_queries(5):
        assert len(what_is_known(cast.analyst, links(200))) == 200


def test_sealed_words_are_shown_once_for_a_reason_and_the_look_is_logged(cast, analyst):
    report = reported(cast, f"{links(1)}\nnot a link at all", words="The room's name is a school's.")
    page = analyst.post(f"/reports/{report.pk}/words/", {"reason": "To group it."})
    shown = page.content.decode()
    assert "The room&#x27;s name is a school&#x27;s." in shown
    assert "not a link at all" in shown
    assert "no-store" in page.headers["Cache-Control"]
    look = AccessLog.objects.get()
    assert (look.actor, look.object_id, look.reason) == (cast.analyst.pk, report.pk, "To group it.")


def test_without_a_reason_nothing_is_opened(cast, analyst):
    report = reported(cast, words="The room's name is a school's.")
    page = analyst.post(f"/reports/{report.pk}/words/", {"reason": " "})
    assert "The room&#x27;s name" not in page.content.decode()
    assert "reason" in page.context["words_form"].errors
    assert not AccessLog.objects.exists()


def test_chosen_reports_become_a_case_and_join_an_open_one(cast, analyst):
    first, second, third = reported(cast), reported(cast, links(2, first=300)), reported(cast, links(2, first=400))
    page = analyst.post("/reports/group/", {"reports": [first.pk, second.pk], "title": "Demo room", "case": ""})
    case = Case.objects.get()
    assert page.url == reverse("cases:case", args=[case.pk])
    assert (case.title, case.owner, case.items.count()) == ("Demo room", cast.analyst, 5)
    analyst.post("/reports/group/", {"reports": [third.pk], "case": case.number.lower()})
    assert case.items.count() == 7
    assert set(Report.objects.values_list("status", flat=True)) == {ReportStatus.TRIAGED}


def test_a_refused_grouping_comes_back_with_what_was_typed(cast, analyst):
    group_reports(by=cast.analyst, reports=[report := reported(cast)], title="First")
    page = analyst.post("/reports/group/", {"reports": [report.pk], "title": "A second time"})
    assert "cannot become" in page.content.decode()
    assert "A second time" in page.content.decode()
    page = analyst.post("/reports/group/", {"title": "None chosen"})
    assert "Choose at least one report." in page.content.decode()
    page = analyst.post("/reports/group/", {"reports": [report.pk], "case": others_case(cast).number})
    assert "There is no such case." in page.content.decode()
    assert Case.objects.filter(team=cast.team).count() == 1


def test_a_report_is_set_aside_and_taken_back(cast, analyst):
    first, second = reported(cast), reported(cast)
    url = f"/reports/{second.pk}/set-aside/"
    refused = analyst.post(url, {"status": "out_of_scope", "reason": ""})
    assert "Say why the report is out of scope." in refused.content.decode()
    analyst.post(url, {"status": "out_of_scope", "reason": "A parody."})
    second.refresh_from_db()
    assert (second.status, second.set_aside_reason) == ("out_of_scope", "A parody.")
    analyst.post(url, {"status": "received"})
    refused = analyst.post(url, {"status": "duplicate", "duplicate_of": ""})
    assert "Name the report that this one repeats." in refused.content.decode()
    analyst.post(url, {"status": "duplicate", "duplicate_of": first.number})
    second.refresh_from_db()
    assert (second.status, second.duplicate_of) == ("duplicate", first)
    assert first.number in analyst.get(f"/reports/{second.pk}/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=received", 2),
        ("status=triaged", 1),
        ("severity=urgent", 1),
        ("source=monitoring", 1),
        ("institution=demo+school", 1),
        ("q=riverside", 1),
        (f"q=hxxps://t[.]me/{ROOM}/101", 1),
        ("q=R2", 3),
        ("q=nothing-like-it", 0),
        ("status=nonsense", 3),
    ],
)
def test_the_list_is_narrowed(cast, analyst, query, found):
    case_with(cast, 3)
    reported(cast, links(1, first=700), severity="urgent", institution="Portal Demo School")
    reported(cast, links(1, room="riverside_park_room"), source="monitoring")
    others_case(cast)
    assert analyst.get(f"/reports/?{query}").context["page"].paginator.count == found
