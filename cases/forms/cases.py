"""What is typed and chosen on the pages of a case."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.reports import ANY, MomentField
from cases.rules import OUTCOME_STANDINGS
from cases.states import CaseStatus, OutcomeKind, SightingKind, Standing
from platforms.states import CannotVerify, CheckOutcome


class CaseFilterForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Number, title, link, room, institution")}
        ),
    )
    status = forms.ChoiceField(label=gettext_lazy("State"), choices=[ANY, *CaseStatus.choices], required=False)
    mine = forms.ChoiceField(
        label=gettext_lazy("Owner"),
        choices=[("", gettext_lazy("Everybody")), ("1", gettext_lazy("Only mine"))],
        required=False,
    )

    def wanted(self) -> dict[str, Any]:
        """The filters that hold. What is not understood narrows nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class CloseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Remark for the file"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CheckForm(forms.Form):
    """A look by a person, with the fields of any other check."""

    outcome = forms.ChoiceField(label=gettext_lazy("What you found"), choices=CheckOutcome, widget=forms.RadioSelect)
    why_not = forms.ChoiceField(
        label=gettext_lazy("Why it could not be verified"),
        choices=[("", "–"), *CannotVerify.choices],
        required=False,
    )
    checked_at = MomentField(label=gettext_lazy("When you looked"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("How you looked. Nothing about the person concerned."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (checked_at := given.get("checked_at")) and checked_at > timezone.now():
            self.add_error("checked_at", _("This lies in the future."))
        unsure = given.get("outcome") == CheckOutcome.CANNOT_VERIFY
        if unsure and not given.get("why_not"):
            self.add_error("why_not", _("Say why it could not be verified."))
        if not unsure:
            given["why_not"] = ""
        return given


class SightingForm(forms.Form):
    """The content was seen again by a person."""

    kind = forms.ChoiceField(label=gettext_lazy("Where it was seen"), choices=SightingKind, widget=forms.RadioSelect)
    seen_at = MomentField(label=gettext_lazy("When it was seen"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("How it was noticed. Nothing about the person concerned."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_seen_at(self) -> datetime:
        seen_at: datetime = self.cleaned_data["seen_at"]
        if seen_at > timezone.now():
            raise forms.ValidationError(_("This lies in the future."))
        return seen_at


class OutcomeForm(forms.Form):
    """A decision how an item ends without a removal that is confirmed."""

    kind = forms.ChoiceField(label=gettext_lazy("How it ends"), choices=OutcomeKind, widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def offer_for(self, standing: str) -> "OutcomeForm":
        """Offer only the ends that the rules allow at this standing."""
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        allowed = [k for k in OutcomeKind if Standing(standing) in OUTCOME_STANDINGS[k]]
        kind.choices = [(k.value, k.label) for k in allowed]
        self.offers_anything = bool(allowed)
        if len(allowed) == 1 and not self.is_bound:
            self.initial["kind"] = allowed[0].value
        return self
