from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.states import Action
from cases.forms.reports import MomentField
from dashboards.queries import looks

MORE = [(looks.MAIL, _("Replies and other mail")), (looks.ALL, _("Everything that is sealed"))]


class LogForm(forms.Form):
    """Filters of a log: who, and between which moments."""

    person = forms.CharField(label=_("Person (name or user name)"), required=False)
    since = MomentField(label=pgettext_lazy("date", "From"), required=False)
    until = MomentField(label=_("Until"), required=False)

    def wanted(self) -> dict[str, Any]:
        """The filters that hold. What is not understood narrows nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class LooksForm(LogForm):
    """Filters of the looks at what is sealed; without any: the words of reports."""

    given = forms.ChoiceField(label=_("What was opened"), required=False, choices=[("", _("Words of reports")), *MORE])
    field_order = ["given"]

    def wanted(self) -> dict[str, Any]:
        return {"given": looks.WORDS, **super().wanted()}


class TrailForm(LogForm):
    """Filters of the audit trail."""

    case = forms.CharField(label=_("Case"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    action = forms.ChoiceField(label=_("Act"), required=False)
    field_order = ["case", "action"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = self.fields["action"]
        assert isinstance(action, forms.ChoiceField)
        action.choices = [("", _("All")), *Action.choices]
