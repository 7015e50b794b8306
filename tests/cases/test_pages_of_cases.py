"""The case, its items, its end and its paper, through their addresses."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from audit.services import record
from audit.states import Action
from cases.models import Check, CheckOrder, Outcome
from cases.services import group_reports, record_check, record_outcome
from cases.states import OutcomeKind, Standing
from takedowns import services as takedowns
from takedowns.models import Reply, TakedownRequest
from takedowns.states import ClaimKind
from tests.cases.reporting import case_with, reported
from tests.takedowns import stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(cast, client):
    client.force_login(cast.analyst)
    return client


def answered(cast, *kinds: str) -> TakedownRequest:
    """A request whose letter left, and what the platform answered of each item, taken over by a person."""
    request = stages.approved(cast, items=len(kinds))
    stages.mark_left(request)
    stages.answer(request, "Thank you for your message.")
    assert takedowns.file_next()
    reply = Reply.objects.get(request=request)
    for line, kind in zip(request.items.order_by("number"), kinds, strict=True):
        takedowns.set_claim(reply=reply, takedown_item=line, kind=ClaimKind(kind), by=cast.analyst)
    CheckOrder.objects.all().delete()
    return request


def next_of(page) -> str:
    return page.context["next"].step.value


def test_the_next_step_leads_through_the_whole_case(cast, analyst):
    case = stages.case_of(cast, items=2)
    url = f"/cases/{case.pk}/"
    assert next_of(analyst.get(url)) == "ask"
    request = stages.drafted(cast, case=case)
    assert next_of(analyst.get(url)) == "finish"
    takedowns.submit(request=request, by=cast.analyst)
    assert next_of(analyst.get(url)) == "approval"
    takedowns.approve(request=request, digest=request.revisions.get().body_sha256, by=cast.supervisor)
    assert next_of(analyst.get(url)) == "wait"
    stages.mark_left(request)
    stages.answer(request, "1-2 have been removed.")
    assert takedowns.file_next()
    assert next_of(analyst.get(url)) == "read"
    reply = Reply.objects.get()
    takedowns.accept_claims(reply=reply, claims=list(reply.claims.all()), by=cast.analyst)
    assert next_of(analyst.get(url)) == "checking"
    CheckOrder.objects.all().delete()
    assert next_of(analyst.get(url)) == "check"
    stages.found(request, "gone")
    page = analyst.get(url)
    assert next_of(page) == "confirm"
    assert page.context["next"].target == request.pk
    takedowns.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    page = analyst.get(url)
    assert next_of(page) == "close"
    assert page.context["why_not_close"] is None
    assert analyst.post(f"{url}close/", {"reason": "All gone."}).url == f"{url}outcome/"
    page = analyst.get(url)
    assert next_of(page) == "closed"
    titles = [entry.title for entry in page.context["history"]]
    for words in ("Case opened", "Submitted for approval", "Request approved", "Reply filed", "Removals confirmed"):
        assert words in titles


def test_a_case_with_open_items_is_not_closed_and_the_remark_is_not_lost(cast, analyst):
    case = case_with(cast, 2)
    page = analyst.post(f"/cases/{case.pk}/close/", {"reason": "Too early."})
    assert "Items still unsettled: Open 2." in page.content.decode()
    case.refresh_from_db()
    assert case.status == "open"


def test_a_closed_case_is_opened_again_with_a_reason(cast, analyst):
    request = answered(cast, "removed")
    stages.found(request, "gone")
    takedowns.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    url = f"/cases/{request.case_id}/"
    analyst.post(f"{url}close/")
    assert "reason" in analyst.post(f"{url}reopen/", {"reason": ""}).context["reopen_form"].errors
    assert analyst.post(f"{url}reopen/", {"reason": "A new report."}).url == url
    assert analyst.get(url).context["case"].status == "open"


def test_checks_are_ordered_for_the_chosen_for_all_and_for_a_standing(cast, analyst):
    request = answered(cast, "removed", "refused", "removed")
    url = f"/cases/{request.case_id}/check/"
    one = request.items.get(number=2).item
    analyst.post(url, {"items": [one.pk]})
    assert list(CheckOrder.objects.values_list("item", flat=True)) == [one.pk]
    analyst.post(url, {"standing": "claimed"})
    assert CheckOrder.objects.count() == 3
    analyst.post(url, {"all": "1"})
    assert CheckOrder.objects.count() == 3, "one that waits is not doubled"
    answer = analyst.post(url, {"items": ["nonsense"]}, follow=True)
    assert "Choose at least one item." in answer.content.decode()


def test_items_of_another_case_cannot_be_ordered_here(cast, analyst):
    case, other = case_with(cast, 1), stages.case_of(cast, items=1, room="riverside_park_room")
    analyst.post(f"/cases/{case.pk}/check/", {"items": [other.items.get().pk]})
    assert not CheckOrder.objects.exists()
    assert analyst.get(f"/cases/{case.pk}/items/{other.items.get().pk}/").status_code == 404


def test_each_fact_of_an_item_stands_apart(cast, analyst):
    request = answered(cast, "removed")
    stages.found(request, "live")
    item = request.items.get().item
    page = analyst.get(f"/cases/{request.case_id}/items/{item.pk}/")
    shown = page.content.decode()
    row = page.context["row"]
    assert (row.claim.kind, row.check.outcome, row.standing) == ("removed", "live", Standing.CONTRADICTED)
    assert "Claimed removed, still there" in shown
    assert request.number in shown


def test_a_check_by_hand_is_recorded_and_settles_the_item(cast, analyst):
    case = case_with(cast, 1)
    item = case.items.get()
    url = f"/cases/{case.pk}/items/{item.pk}/"
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    page = analyst.post(f"{url}check/", {"outcome": "gone", "checked_at": now, "note": "Looked from a phone."})
    assert page.url == url
    check = Check.objects.get()
    assert (check.outcome, check.method, check.by, check.note) == (
        "gone",
        "by_hand",
        cast.analyst,
        "Looked from a phone.",
    )
    item.refresh_from_db()
    assert item.standing == Standing.REMOVED


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": "cannot_verify"}, "why_not"),
        ({"outcome": "gone", "checked_at": "2999-01-01T00:00"}, "checked_at"),
        ({"outcome": "nonsense"}, "outcome"),
    ],
)
def test_a_wrong_check_comes_back_with_its_words(cast, analyst, given, field):
    case = case_with(cast, 1)
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    posted = {"checked_at": now, "note": "kept words"} | given
    page = analyst.post(f"/cases/{case.pk}/items/{case.items.get().pk}/check/", posted)
    assert field in page.context["check_form"].errors
    assert "kept words" in page.content.decode()
    assert not Check.objects.exists()


def test_only_fitting_outcomes_are_offered_and_taken(cast, analyst):
    request = answered(cast, "refused")
    item = request.items.get().item
    url = f"/cases/{request.case_id}/items/{item.pk}/outcome/"
    refused = analyst.post(url, {"kind": "blocked_only", "reason": "No."})
    assert "cannot end as" in refused.content.decode()
    analyst.post(url, {"kind": "refused_accepted", "reason": "Lawful satire."})
    assert Outcome.objects.get().reason == "Lawful satire."
    assert next_of(analyst.get(f"/cases/{request.case_id}/")) == "close"


def test_an_item_that_was_gone_before_any_letter_can_end(cast, analyst):
    case = case_with(cast, 1)
    item = case.items.get()
    record_check(item=item, outcome="gone", method="http", at=timezone.now())
    assert next_of(analyst.get(f"/cases/{case.pk}/")) == "decide"
    page = analyst.post(
        f"/cases/{case.pk}/items/{item.pk}/outcome/", {"kind": "gone_unasked", "reason": "Taken down by its sender."}
    )
    assert page.status_code == 302
    assert next_of(analyst.get(f"/cases/{case.pk}/")) == "close"


def test_the_outcome_page_words_a_statement_otherwise_than_a_removal(cast, analyst):
    request = answered(cast, "removed", "removed", "refused")
    stages.found(request, "gone", numbers=[1])
    stages.found(request, "cannot_verify", numbers=[2])
    lines = list(request.items.order_by("number"))
    takedowns.confirm_removals(request=request, items=lines[:1], by=cast.analyst)
    takedowns.confirm_on_statement(takedown_item=lines[1], by=cast.analyst, reason="The room is private.")
    page = analyst.get(f"/cases/{request.case_id}/outcome/")
    assert page.context["sums"] == {
        "items": 3,
        "claim_and_check": 1,
        "check_alone": 0,
        "statement_only": 1,
        "otherwise": 0,
        "overtaken": 0,
        "open": 1,
    }
    first, second, third = (row for row, _note in page.context["lines"])
    assert (first.line.number, second.line.number, third.line.number) == (1, 2, 3)
    shown = page.content.decode()
    assert shown.count("<strong>Removal confirmed</strong>") == 1
    assert shown.count("Not a verified removal") == 1
    report = request.case.reports.get()
    assert report.victim.pseudonym not in shown


def test_what_another_team_was_told_of_an_item_is_not_quoted(cast, client):
    """Both teams hold the item. The other's answer counts for the standing; its words and mail are not shown."""
    request = answered(cast, "refused")
    line = request.items.get()
    record_outcome(
        case=request.case, item=line.item, by=cast.analyst, kind=OutcomeKind.REFUSED_ACCEPTED, reason="Our own words."
    )
    report = reported(cast, line.item.link, by=cast.outsider, team=cast.other_team)
    case = group_reports(by=cast.outsider, reports=[report], title="The same room")
    client.force_login(cast.outsider)
    for url in (f"/cases/{case.pk}/", f"/cases/{case.pk}/items/{line.item_id}/", f"/cases/{case.pk}/outcome/"):
        shown = client.get(url).content.decode()
        assert "Refused" in shown, url
        for hidden in (request.number, str(request.pk), str(Reply.objects.get().pk), "Our own words."):
            assert hidden not in shown, (url, hidden)


def test_a_reappeared_item_opens_the_closed_case(cast, analyst):
    request = answered(cast, "removed")
    stages.found(request, "gone")
    takedowns.confirm_removals(request=request, items=list(request.items.all()), by=cast.analyst)
    analyst.post(f"/cases/{request.case_id}/close/")
    record_check(item=request.items.get().item, outcome="live", method="http", at=timezone.now() + timedelta(seconds=1))
    page = analyst.get(f"/cases/{request.case_id}/")
    assert page.context["case"].status == "open"
    assert "Came back" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("status=closed", 0), ("status=open", 2), ("mine=1", 1), ("q=riverside", 1), ("q=C2", 2), ("q=T2", 0)],
)
def test_the_list_of_cases_is_narrowed(cast, analyst, query, found):
    case_with(cast, 2)
    case_with(cast, 1, title="Riverside", by=cast.second_analyst)
    assert analyst.get(f"/cases/?{query}").context["page"].paginator.count == found


def test_the_history_tells_a_letter_as_put_into_the_outbox_before_it_left(cast, analyst):
    request = stages.approved(cast)
    letter = request.letters.get()
    with transaction.atomic():
        record(action=Action.MAIL_ACCEPTED, by=None, obj=letter.mail, case_id=request.case_id)
    history = analyst.get(f"/cases/{request.case_id}/").context["history"]
    told = [entry.action for entry in reversed(history)]
    acts = [Action.REQUEST_APPROVED, Action.MAIL_ENQUEUED, Action.MAIL_ACCEPTED]
    assert [act for act in told if act in acts] == acts
