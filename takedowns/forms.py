"""What people choose and write on the way from a case to a letter and from a reply to claims."""

import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mailroom.states import Decision
from platforms.models import Contact, Organisation
from platforms.states import ContactStatus
from takedowns.models import TakedownItem, TakedownRequest
from takedowns.states import ClaimKind, Measure
from takedowns.tray_rules import fileable


class ContactField(forms.ModelChoiceField):
    """Contacts by their addresses; `lost`: addresses, lower-case, from which letters come back."""

    lost: Collection[str] = ()

    def label_from_instance(self, obj: Model) -> str:
        address = str(obj)
        return str(_("%(address)s (letters come back)") % {"address": address}) if self.is_lost(address) else address

    def is_lost(self, address: str) -> bool:
        return address.lower() in self.lost


class ContactForm(forms.Form):
    """To whom of the addressee a letter goes: an active contact, whom two people have looked at."""

    contact = ContactField(Contact.objects.none(), label=_("Contact"), empty_label=None)

    def __init__(self, *args: Any, addressee: Organisation, lost: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.fields["contact"]
        assert isinstance(contact, ContactField)
        contact.lost = lost
        contact.queryset = addressee.contacts.filter(status=ContactStatus.ACTIVE).order_by("email", "form_url")


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


class MessageForm(forms.Form):
    """A message to the liaison, in the request's language."""

    message = forms.CharField(
        label=_("What you want to say"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("In the language of the request. Name no victim and no reporter."),
    )
    with_list = forms.BooleanField(
        label=_("List the items of the request again, with their numbers"), required=False, initial=True
    )


class ManualDeliveryForm(forms.Form):
    """When a letter was entered in the platform's web form, and under which number."""

    delivered_at = forms.DateTimeField(
        label=_("When it was entered"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ticket = forms.CharField(
        label=_("Ticket number"),
        max_length=100,
        required=False,
        help_text=_("As the form showed it. Mails that name it are then suggested for this request."),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class TicketForm(forms.Form):
    """The right ticket number of a letter that was entered in a web form."""

    ticket = forms.CharField(
        label=_("The right ticket number"),
        max_length=100,
        required=False,
        help_text=_("Leave it empty if the form gave none. The number recorded before stays readable."),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class TakeBackForm(forms.Form):
    """Which accepted answers of a reply are taken back, and why."""

    items = forms.ModelMultipleChoiceField(
        TakedownItem.objects.none(),
        label=_("Items"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one item.")},
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, lines: QuerySet[TakedownItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = self.fields["items"]
        assert isinstance(items, forms.ModelMultipleChoiceField)
        items.queryset = lines


class ReturnForm(forms.Form):
    words = forms.CharField(label=_("What has to change"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class FileMailForm(forms.Form):
    """The requests that a mail belongs to: those ticked among the suggestions, and numbers written down."""

    requests = forms.ModelMultipleChoiceField(TakedownRequest.objects.none(), required=False)
    numbers = forms.CharField(
        label=_("Numbers of other requests"),
        required=False,
        max_length=300,
        help_text=_("For example T2026-000012; several with spaces or commas between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fileable = fileable(user).select_related("case__team")
        requests = self.fields["requests"]
        assert isinstance(requests, forms.ModelMultipleChoiceField)
        requests.queryset = self._fileable

    def clean_numbers(self) -> list[TakedownRequest]:
        named = re.split(r"[\s,;]+", self.cleaned_data["numbers"].upper().strip())
        wanted = [number for number in dict.fromkeys(named) if number]
        if not wanted:
            return []
        found = {request.number: request for request in self._fileable.filter(number__in=wanted)}
        if missing := [number for number in wanted if number not in found]:
            raise forms.ValidationError(
                _("No request of yours with a letter has the number %(numbers)s."),
                params={"numbers": ", ".join(missing)},
            )
        return [found[number] for number in wanted]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [*cleaned.get("requests", ()), *cleaned.get("numbers", ())]
        cleaned["chosen"] = list({request.pk: request for request in chosen}.values())
        if not chosen and not self.errors:
            raise forms.ValidationError(_("Choose at least one request."))
        return cleaned


class MoveReplyForm(FileMailForm):
    reason = forms.CharField(
        label=_("Why it belongs elsewhere"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class SetAsideForm(forms.Form):
    reason = forms.CharField(label=_("Why it is not ours"), max_length=500)


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
