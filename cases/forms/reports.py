"""What is typed when a report is recorded, triaged or read."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from accounts.permissions import Permission
from accounts.rules import teams_where
from cases.models import Case, Report, Victim
from cases.rules import why_not_links
from cases.states import ReportStatus, Severity, Source

NEW, NONE, EXISTING = "new", "none", "existing"
VICTIMS = [
    (NEW, gettext_lazy("A new pseudonym, made by the portal")),
    (EXISTING, gettext_lazy("A pseudonym that we have already")),
    (NONE, gettext_lazy("Nobody is known")),
]
ANY = ("", gettext_lazy("All"))


class MomentField(forms.DateTimeField):
    """A moment in Korean time, to the minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def check_moments(occurred_at: datetime | None, received_at: datetime | None) -> dict[str, str]:
    """What is wrong with the two moments, by field."""
    wrong = {}
    now = timezone.now()
    if received_at and received_at > now:
        wrong["received_at"] = _("This lies in the future.")
    if occurred_at and occurred_at > now:
        wrong["occurred_at"] = _("This lies in the future.")
    elif occurred_at and received_at and occurred_at > received_at:
        wrong["occurred_at"] = _("It cannot have happened after the report came in.")
    return wrong


class ReportForm(forms.Form):
    """One report. Its fields are handed to `record_report` as they are, through `recording()`."""

    links = forms.CharField(
        label=gettext_lazy("Links"),
        help_text=gettext_lazy("One link a line, up to 200. Paste them as they came; hxxps://t[.]me/… is understood."),
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "spellcheck": "false", "autocapitalize": "none"}),
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"), empty_label=None)
    # No preset: whoever does not look would record the first of the list.
    source = forms.ChoiceField(
        label=gettext_lazy("Where it comes from"), choices=[("", gettext_lazy("Please choose")), *Source.choices]
    )
    source_reference = forms.CharField(
        label=gettext_lazy("Their reference"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The number under which the sender keeps it. No names."),
    )
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=Severity, initial=Severity.NORMAL)
    institution = forms.CharField(
        label=gettext_lazy("School, university or employer"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "institutions", "autocomplete": "off"}),
    )
    received_at = MomentField(label=gettext_lazy("When it came in"))
    occurred_at = MomentField(label=gettext_lazy("When it happened"), required=False)
    words = forms.CharField(
        label=gettext_lazy("What the reporter said"),
        max_length=20_000,
        required=False,
        help_text=gettext_lazy(
            "Is kept sealed. Only the team can open it, giving a reason, and each look is recorded."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    victim = forms.ChoiceField(
        label=gettext_lazy("The person concerned"), choices=VICTIMS, initial=NEW, widget=forms.RadioSelect
    )
    pseudonym = forms.CharField(
        label=gettext_lazy("Which pseudonym"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Such as V-AB123456. Never a name."),
        widget=forms.TextInput(attrs={"list": "pseudonyms", "autocomplete": "off"}),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = list(teams_where(user, Permission.RECORD_REPORT))
        if len(self.teams) > 1:
            team = self.fields["team"]
            assert isinstance(team, forms.ModelChoiceField)
            team.queryset = Team.objects.filter(pk__in=[t.pk for t in self.teams])
        else:
            del self.fields["team"]

    @staticmethod
    def fresh() -> dict[str, Any]:
        """What an empty form begins with; the key makes a double click one report."""
        return {"received_at": timezone.now().replace(second=0, microsecond=0), "submission_key": uuid.uuid4()}

    def clean_links(self) -> str:
        text = str(self.cleaned_data["links"])
        if problems := why_not_links(text):
            raise ValidationError(problems)
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, problem in check_moments(given.get("occurred_at"), given.get("received_at")).items():
            self.add_error(name, problem)
        if given.get("victim") == EXISTING:
            given["known_victim"] = self._victim(given)
        return given

    def _team(self, given: dict[str, Any]) -> Team | None:
        return given.get("team") or (self.teams[0] if len(self.teams) == 1 else None)

    def _victim(self, given: dict[str, Any]) -> Victim | None:
        wanted = given.get("pseudonym", "").strip()
        if not wanted:
            self.add_error("pseudonym", _("Give the pseudonym, or choose a new one."))
            return None
        victim = Victim.objects.filter(pseudonym__iexact=wanted, team=self._team(given)).first()
        if victim is None:
            self.add_error("pseudonym", _("This team has no such pseudonym."))
        return victim

    def recording(self) -> dict[str, Any]:
        """The arguments of `record_report`, but for `by`."""
        given = self.cleaned_data
        return {
            "team": self._team(given),
            "text": given["links"],
            "source": Source(given["source"]),
            "source_reference": given["source_reference"],
            "severity": Severity(given["severity"]),
            "institution": given["institution"],
            "received_at": given["received_at"],
            "occurred_at": given["occurred_at"],
            "words": given["words"],
            "victim": given.get("known_victim"),
            "new_victim": given["victim"] == NEW,
            "submission_key": given["submission_key"],
        }


class ReportFilterForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Number, link, room, institution, pseudonym")}
        ),
    )
    status = forms.ChoiceField(label=gettext_lazy("State"), choices=[ANY, *ReportStatus.choices], required=False)
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=[ANY, *Source.choices], required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=[ANY, *Severity.choices], required=False)
    institution = forms.CharField(
        label=gettext_lazy("Institution"),
        required=False,
        widget=forms.TextInput(attrs={"list": "institutions", "autocomplete": "off"}),
    )

    def wanted(self) -> dict[str, Any]:
        """The filters that hold. What is not understood narrows nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class GroupForm(forms.Form):
    """Where the chosen reports go: a case that is named by its number, or (empty) a new one."""

    case = forms.CharField(
        label=gettext_lazy("Into the case"),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"list": "open-cases", "autocomplete": "off", "placeholder": gettext_lazy("empty: a new case")}
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Title of a new case"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Room or institution, never a person’s name")}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_case(self) -> Case | None:
        number = self.cleaned_data["case"].strip()
        if not number:
            return None
        case = Case.objects.visible_to(self.user).filter(number__iexact=number).select_related("team").first()
        if case is None:
            raise ValidationError(_("There is no such case."))
        return case


class SetAsideForm(forms.Form):
    """Out of scope with a reason, or a duplicate of a report that is named by its number."""

    status = forms.ChoiceField(
        label=gettext_lazy("Set aside as"),
        choices=[
            (ReportStatus.DUPLICATE.value, ReportStatus.DUPLICATE.label),
            (ReportStatus.OUT_OF_SCOPE.value, ReportStatus.OUT_OF_SCOPE.label),
        ],
        widget=forms.RadioSelect,
    )
    duplicate_of = forms.CharField(
        label=gettext_lazy("Repeats the report"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Its number, such as R2024-000001."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["auto_id"] = "aside_%s"  # its page has another form with a reason
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_duplicate_of(self) -> Report | None:
        number = self.cleaned_data["duplicate_of"].strip()
        if not number or self.data.get("status") != ReportStatus.DUPLICATE:
            return None
        report = Report.objects.visible_to(self.user).filter(number__iexact=number).first()
        if report is None:
            raise ValidationError(_("There is no such report."))
        return report


class ReasonForm(forms.Form):
    """Why somebody looks at what is sealed, reopens a case, and the like."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


def chosen_ids(values: Iterable[str]) -> list[UUID]:
    """The UUIDs among posted values; what is none was not sent by our page."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
