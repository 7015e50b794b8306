from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from accounts.rules import why_not_sign_in
from accounts.services import Grant
from accounts.states import Role

EVERY_TEAM = "*"


class SignInForm(AuthenticationForm):
    """The user name stays after a wrong password, and the cursor goes where the next try has to be typed."""

    # Django's own sentence joins a particle to the field's name, which reads badly in Korean.
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": gettext_lazy("The user name or the password is wrong. Mind capital and small letters.")
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        first = "password" if self.data.get("username") else "username"
        self.fields[first].widget.attrs["autofocus"] = True

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if reason := why_not_sign_in(user):
            raise ValidationError(reason, code="not_here")


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Auditors, administrators and partner bodies hold one role only."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in Team.objects.all()}
        places = [(EVERY_TEAM, _("Every team")), *((key, team.label) for key, team in self.teams.items())]
        self.fields["roles"].choices = [  # type: ignore[attr-defined]
            (label, [(f"{role}:{key}", role.label) for role in Role]) for key, label in places
        ]

    def clean_roles(self) -> list[Grant]:
        grants = (value.split(":") for value in self.cleaned_data["roles"])
        return [(Role(role), self.teams.get(team)) for role, team in grants]


def chosen(person: User) -> list[str]:
    """The person's present roles as the values of RolesForm."""
    return [f"{held.role}:{held.team_id or EVERY_TEAM}" for held in person.held_roles]


class PersonForm(RolesForm):
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        label=gettext_lazy("User name"),
        max_length=64,
        help_text=gettext_lazy("Small letters a-z, digits, dot, dash, underscore."),
        error_messages={
            "invalid": gettext_lazy(
                "Use small letters a-z, digits, dot, dash and underscore only; begin with a letter or digit."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    field_order = ["username", "name", "email", "language", "roles"]


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name in Korean"), max_length=100)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name shown"),
        max_length=100,
        help_text=gettext_lazy("Colleagues see it, and it stands on papers beside what you decide."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise ValidationError(_("This is not your present password."))
        return str(self.cleaned_data["old"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        new = given.get("new")
        if new and given.get("again") and new != given["again"]:
            self.add_error("again", _("The two new passwords differ."))
        if new and new == given.get("old"):
            self.add_error("new", _("Take another password than the present one."))
        if new and "new" not in self.errors:
            try:
                validate_password(new, self.user)
            except ValidationError as error:
                self.add_error("new", error)
        return given
