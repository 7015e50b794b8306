from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.states import Action
from cases.forms.reports import MomentField


class TrailForm(forms.Form):
    """Filters of the audit trail."""

    case = forms.CharField(label=_("Case"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    action = forms.ChoiceField(label=_("Act"), required=False)
    person = forms.CharField(label=_("Person (name or user name)"), required=False)
    since = MomentField(label=pgettext_lazy("date", "From"), required=False)
    until = MomentField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = self.fields["action"]
        assert isinstance(action, forms.ChoiceField)
        action.choices = [("", _("All")), *Action.choices]

    def wanted(self) -> dict[str, Any]:
        """The filters that hold. What is not understood narrows nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
