"""What the page components need beyond Django's own tags: moments in words, form widgets, the bar of standings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms, template
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
# Up to the limit (in the unit) the unit is used: 119 minutes still say "119 min", two days say "2 days", not "48 h".
UNITS = ((119, MINUTE, "minutes"), (47, HOUR, "hours"))

BAR_WIDTH = 1000


@dataclass(frozen=True)
class Span:
    """One part of a bar: `x` and `width` in thousandths of the whole."""

    value: str
    label: str
    count: int
    x: float
    width: float


def amount(seconds: float) -> str:
    """A length of time in one unit, to the nearest whole one: "under 1 min", "40 min", "3 h", "5 days"."""
    if seconds < MINUTE:
        return _("under 1 min")
    rounded = ((int(seconds / size + 0.5), limit, name) for limit, size, name in UNITS)
    count, unit = next(
        ((count, name) for count, limit, name in rounded if count <= limit), (int(seconds / DAY + 0.5), "days")
    )
    words = {
        "minutes": ngettext("%(count)d min", "%(count)d min", count),
        "hours": ngettext("%(count)d h", "%(count)d h", count),
        "days": ngettext("%(count)d day", "%(count)d days", count),
    }
    return words[unit] % {"count": count}


@register.filter
def relative(at: datetime | None) -> str:
    """How far a moment lies from now: "in 3 h", "40 min ago", "just now" and "in a moment"; empty for None."""
    if at is None:
        return ""
    seconds = (at - timezone.now()).total_seconds()
    if abs(seconds) < MINUTE:
        return _("just now") if seconds <= 0 else _("in a moment")
    if seconds < 0:
        return _("%(amount)s ago") % {"amount": amount(-seconds)}
    return _("in %(amount)s") % {"amount": amount(seconds)}


@register.filter
def is_past(at: datetime | None) -> bool:
    """Whether the moment lies before now; a moment that is not set is not past."""
    return at is not None and at < timezone.now()


@register.filter
def overdue(at: datetime) -> str:
    """How long a deadline has been over: "overdue by 3 h"."""
    seconds = max(0.0, (timezone.now() - at).total_seconds())
    return _("overdue by %(amount)s") % {"amount": amount(seconds)}


@register.filter
def foldable(link: str) -> SafeString:
    """A link that may break behind its slashes, before anything breaks inside a word of it."""
    return format_html_join(mark_safe("/<wbr>"), "{}", ([part] for part in link.split("/")))


@register.simple_tag
def widget(field: forms.BoundField, autofocus: bool = False) -> SafeString:
    """A form field's widget in the design system's dress; Django adds aria-describedby and aria-invalid itself."""
    kind = field.field.widget
    attrs: dict[str, Any] = {"autofocus": True} if autofocus else {}
    if isinstance(kind, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.CheckboxInput):
        return field.as_widget(attrs=attrs)
    dress = "krds-form-select small" if isinstance(kind, forms.Select) else "krds-input small"
    attrs["class"] = f"{kind.attrs.get('class', '')} {dress}{' is-error' if field.errors else ''}".strip()
    return field.as_widget(attrs=attrs)


@register.filter
def mistakes(field: forms.BoundField) -> list[str]:
    """What is wrong with a field, in words; those for an empty one say what to do instead of Django's "required"."""
    return [_missing(field) if error.code == "required" else error.messages[0] for error in field.errors.as_data()]


def _missing(field: forms.BoundField) -> str:
    return _("Choose one.") if isinstance(field.field, forms.ChoiceField) else _("Please fill this in.")


@register.filter
def is_choice_group(field: forms.BoundField) -> bool:
    """Whether the field is a set of radio buttons or checkboxes, which want a fieldset and a legend."""
    return field.field.widget.use_fieldset


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    """Whether the field is one single checkbox, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def spans(counts: Iterable[tuple[str, str, int]]) -> list[Span]:
    """(value, label, count) triples as the parts of one bar, empty ones left out."""
    rows = [row for row in counts if row[2]]
    total = sum(row[2] for row in rows)
    found: list[Span] = []
    x = 0.0
    for value, label, count in rows:
        width = BAR_WIDTH * count / total
        found.append(Span(value, label, count, round(x, 2), round(width, 2)))
        x += width
    return found


@register.filter
def page_range(paginator: "Paginator[Any]", number: int) -> list[int | None]:
    """The page numbers to offer around page `number`; None where some are left out."""
    offered = paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)
    return [n if isinstance(n, int) else None for n in offered]
