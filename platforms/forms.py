"""What is typed and chosen on the pages of organisations."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from platforms.models import Organisation
from platforms.states import ContactRole, OrganisationKind


class OrganisationFilterForm(forms.Form):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, domain, address")}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *OrganisationKind.choices], required=False)
    contacts = forms.ChoiceField(
        label=_("Contacts"),
        choices=[("", _("All")), ("proposed", _("With a proposed contact")), ("none", _("Without an active contact"))],
        required=False,
    )

    def wanted(self) -> dict[str, Any]:
        """The filters that hold. What is not understood narrows nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ContactForm(forms.Form):
    """A new contact to propose."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    form_url = forms.URLField(
        label=_("Or its web form"),
        max_length=254,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text=_(
            "Where the organisation takes requests through a page of its own only. Letters are entered there by hand."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    roles = forms.MultipleChoiceField(
        label=_("Good for"),
        choices=ContactRole,
        initial=[ContactRole.REMOVAL],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Where it is from"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A page, a telephone call, a letter: what helps the second person to check it."),
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "propose_%s"  # two forms of one page, each with a language
        self.fields["language"].initial = organisation.language


class RecordingForm(forms.Form):
    """Whether certain replies are recorded without a person, and why that changes."""

    on = forms.TypedChoiceField(choices=[("yes", _("On")), ("no", _("Off"))], coerce=lambda word: word == "yes")
    reason = forms.CharField(max_length=500)


class TermsForm(forms.Form):
    """In which language letters to an organisation are written, and how long it has to answer."""

    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    deadline_hours = forms.IntegerField(label=_("Deadline in hours"), min_value=1, max_value=720)
    deadline_source = forms.CharField(
        label=_("Source of the deadline"),
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The law or the agreement that it rests on, with its date."),
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "terms_%s"
        self.initial = {name: getattr(organisation, name) for name in self.fields}
