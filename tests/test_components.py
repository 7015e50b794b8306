"""The pages' components: what they say, and that what is shown is also told to those who do not see it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.test import RequestFactory
from django.utils import timezone, translation
from django_cotton import render_component
from django_cotton.compiler_regex import Tag

from accounts.templatetags import portal
from cases.states import Standing

TEMPLATES = Path(settings.BASE_DIR) / "templates"
NOW = datetime(2024, 9, 5, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def show(rf: RequestFactory) -> Any:
    """Renders one component for an anonymous request."""

    def render(name: str, **attrs: Any) -> str:
        return str(render_component(rf.get("/"), name, attrs))

    return render


class Links(forms.Form):
    links = forms.CharField(label="Links", help_text="One a line.", widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "First"), ("b", "Second")], widget=forms.RadioSelect)
    minor = forms.BooleanField(label="A minor", required=False)


@pytest.mark.parametrize("standing", Standing)
def test_a_standing_has_its_word_and_its_shape(show: Any, standing: Standing) -> None:
    html = show("badge-standing", value=standing.value, label=standing.label)
    assert str(standing.label) in html
    assert f"icons.svg#{standing.value}" in html
    assert 'aria-hidden="true"' in html


def test_a_silent_removal_says_so(show: Any) -> None:
    assert "no word from the platform" in show("badge-standing", value="removed", label="Removed", silent=True)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-59, "just now"),
        (59, "in a moment"),
        (60, "in 1 min"),
        (-40 * 60, "40 min ago"),
        (12 * 3600 - 5, "in 12 h"),
        (3 * 3600, "in 3 h"),
        (-(119 * 60 + 29), "119 min ago"),
        (-(119 * 60 + 30), "2 h ago"),
        (47 * 3600 + 1800, "in 2 days"),
        (-47 * 3600, "47 h ago"),
        (48 * 3600, "in 2 days"),
        (-10 * 86400, "10 days ago"),
    ],
)
def test_a_moment_in_words(seconds: int, words: str) -> None:
    assert portal.relative(NOW + timedelta(seconds=seconds)) == words


def test_a_moment_says_both_how_far_and_when_in_korean_time(show: Any) -> None:
    with time_machine.travel(NOW, tick=False), timezone.override("Asia/Seoul"):
        html = show("moment", at=NOW + timedelta(hours=3))
    assert "in 3 h" in html
    assert "2024-09-05 15:00" in html
    assert 'datetime="2024-09-05T15:00:00+09:00"' in html
    assert "late" not in html


def test_a_deadline_that_has_passed_is_marked_with_a_word(show: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        html = show("moment", at=NOW - timedelta(hours=5), deadline=True)
    assert "overdue by 5 h" in html
    assert "late" in html


def test_a_moment_that_is_not_set_shows_a_dash(show: Any) -> None:
    assert "–" in show("moment", at=None)
    assert portal.relative(None) == ""
    assert not portal.is_past(None)


def test_a_field_ties_label_help_and_error_together(show: Any) -> None:
    html = show("field", field=Links({})["links"], lines="200")
    assert '<label class="field-label" for="id_links">' in html
    assert 'aria-describedby="id_links_helptext id_links_error"' in html
    assert 'id="id_links_helptext"' in html
    assert 'id="id_links_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'data-lines-of="id_links"' in html


def test_radio_buttons_stand_in_a_fieldset_with_a_legend(show: Any) -> None:
    html = show("field", field=Links()["kind"])
    assert "<fieldset" in html
    assert "<legend" in html
    assert "krds-input" not in html


def test_a_single_box_has_its_label_behind_it(show: Any) -> None:
    html = show("field", field=Links()["minor"])
    assert html.index("<input") < html.index("A minor")


def test_a_button_that_cannot_be_pressed_says_why(show: Any) -> None:
    html = show("reason-disabled", label="Close", reason="Two items are open.", id="close")
    assert "<button" not in html
    assert 'aria-describedby="close-reason"' in html
    assert "Two items are open." in html
    assert "<button" in show("reason-disabled", label="Close", reason=None)


def test_what_people_wrote_is_never_markup(show: Any) -> None:
    html = show("mail", direction="in", who="<b>x</b>", subject="<script>x")
    assert "<b>" not in html
    assert "<script>" not in html


def test_the_bar_is_full_and_leaves_nothing_empty() -> None:
    spans = portal.spans([("open", "Open", 3), ("claimed", "Claimed", 0), ("removed", "Removed", 1)])
    assert [(s.value, s.x, s.width) for s in spans] == [("open", 0, 750), ("removed", 750, 250)]
    assert portal.spans([]) == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_bar_is_drawn_with_points_in_every_language(show: Any, language: str) -> None:
    with translation.override(language):
        html = show("standing-bar", counts=[("open", "Open", 1), ("removed", "Removed", 2)], label="Items")
    assert 'width="333.33"' in html
    assert "<strong>2</strong>" in html


def test_the_pager_leaves_out_the_middle(show: Any) -> None:
    pages = Paginator(range(400), 20)
    assert portal.page_range(pages, 10) == [1, None, 8, 9, 10, 11, 12, None, 20]
    html = show("pager", page=pages.page(10), query="state=open&")
    assert "?state=open&amp;page=11" in html
    assert 'aria-current="page"' in html
    assert "page-link" not in show("pager", page=Paginator(range(3), 20).page(1))


def attributes(markup: str) -> set[str]:
    return {match[1].lstrip(":") for match in Tag.attr_pattern.finditer(markup)}


def declared(name: str) -> set[str]:
    """The attributes and slots that a component takes; raises FileNotFoundError where there is no such component."""
    text = (TEMPLATES / f"components/{name.replace('-', '_').replace('.', '/')}.html").read_text()
    variables = re.search(r"<c-vars\s([^>]*?)/?>", text)
    return attributes(variables[1]) if variables else set()


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.relative_to(TEMPLATES).as_posix())
def test_pages_give_components_only_what_they_take(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text())
    for match in Tag.tag_pattern.finditer(text):
        name = match[2]
        if not match[1] and name not in {"vars", "slot"}:
            unknown = attributes(match[3] or "") - declared(name)
            assert not unknown, f"<c-{name}> takes no {sorted(unknown)}"
