"""What people choose and write on the way from a case to a letter and from a reply to claims."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mailroom.states import Decision
from platforms.models import Contact, Organisation
from platforms.states import ContactStatus
from takedowns.states import ClaimKind, Measure


class ContactForm(forms.Form):
    """To whom of the addressee a letter goes: an active contact, whom two people have looked at."""

    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Contact"), empty_label=None)

    def __init__(self, *args: Any, addressee: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contact.queryset = addressee.contacts.filter(status=ContactStatus.ACTIVE).order_by("email")


class LetterForm(ContactForm):
    """The addressee's contact, the letter's language and deadline, and a paragraph of one's own."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language of the letter"))
    deadline_hours = forms.IntegerField(
        label=_("Deadline in hours"),
        min_value=1,
        max_value=720,
        help_text=_("Counted from the approval, when the letter goes into the outbox."),
    )
    message = forms.CharField(
        label=_("A paragraph of your own"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Stands before the list, in the letter's language. Name no victim and no reporter."),
    )


class MeasureForm(forms.Form):
    """What is asked for. Chosen once, when the request is drafted."""

    measure = forms.ChoiceField(choices=Measure, label=_("Measure"), initial=Measure.DELETE)


class ReturnForm(forms.Form):
    words = forms.CharField(label=_("What has to change"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class UncertainForm(forms.Form):
    """What a person knows about a letter of which nobody is certain whether it arrived."""

    decision = forms.ChoiceField(choices=Decision, label=_("What happened to the letter"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("How you know"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


DECISIONS = [("", _("Later")), ("accept", _("Accept")), ("reject", _("Reject"))]


class GridForm(forms.Form):
    """The claim grid: for each line of the request what the reply says of it, and whether that is taken over.

    Fields are `claim-UUID` and `decision-UUID`, by takedown item. A line without a decision stays as it is.
    """

    do = forms.CharField(required=False)

    def __init__(self, *args: Any, lines: Mapping[UUID, str], **kwargs: Any) -> None:
        """`lines`: takedown item -> the kind that stands there now, "" where nothing does."""
        super().__init__(*args, **kwargs)
        self.lines = lines
        for pk in lines:
            self.fields[f"claim-{pk}"] = forms.ChoiceField(choices=[("", ""), *ClaimKind.choices], required=False)
            self.fields[f"decision-{pk}"] = forms.ChoiceField(choices=DECISIONS, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for pk, stands in self.lines.items():
            kind, decision = cleaned.get(f"claim-{pk}"), cleaned.get(f"decision-{pk}")
            if decision == "accept" and not kind:
                self.add_error(f"claim-{pk}", _("Choose what the platform says before you accept it."))
            elif kind and kind != stands and not decision and not cleaned.get("do"):
                # What was chosen would silently be left out.
                self.add_error(f"claim-{pk}", _("You changed this. Accept it, or put it back."))
        return cleaned
