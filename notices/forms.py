from typing import Any

from django import forms

from accounts.models import User
from accounts.rules import can
from notices.models import Choice
from notices.states import CONCERNS, DEFAULT_WAY, NewsKind, Way


class ChoicesForm(forms.Form):
    """A way for each kind of news that concerns the person. Fields are the kinds' codes."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = dict(Choice.objects.filter(person=person).values_list("kind", "way"))
        for kind, permission in CONCERNS.items():
            if can(person, permission):
                self.fields[kind.value] = forms.ChoiceField(
                    label=kind.label,
                    choices=Way,
                    initial=chosen.get(kind.value, DEFAULT_WAY),
                    widget=forms.RadioSelect,
                )

    def ways(self) -> dict[NewsKind, Way]:
        """The cleaned choices."""
        return {NewsKind(kind): Way(way) for kind, way in self.cleaned_data.items()}
