"""What people type about themselves, and officers about delegates."""

from typing import Any

from allauth.account.forms import SignupForm as BaseSignupForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from govtech.accounts.models import User
from govtech.reference.models import Department


class DayField(forms.DateField):
    """A calendar day, in the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class PersonField(forms.CharField):
    """A person of the portal, by e-mail address. Nobody's list of people is shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            help_text=kwargs.pop("help_text", _("The e-mail address of an account of the portal.")),
            **kwargs,
        )

    def clean(self, value: Any) -> User | None:
        """Return the person with that address, None for a blank."""
        email = super().clean(value)
        if not email:
            return None
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                _("Nobody has an account with that address. Ask the person to sign up first."), code="unknown"
            )
        return user


class SignupForm(BaseSignupForm):
    """Sign-up with a name. The trap for robots is hidden by a class: the page has no inline style."""

    full_name = forms.CharField(
        label=_("Name and surname"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["full_name", "email", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trap = self.fields.get(settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD)
        if trap is not None:
            trap.label = _("Leave this blank")
            trap.widget.attrs.pop("style", None)
            trap.widget.attrs.update({"class": "d-none", "aria-hidden": "true", "autocomplete": "off"})

    def clean_full_name(self) -> str:
        """Return the name with single spaces. It must hold a letter."""
        name = " ".join(self.cleaned_data["full_name"].split())
        if not any(character.isalpha() for character in name):
            raise forms.ValidationError(_("Write your name with letters."))
        return name


class ProfileForm(forms.ModelForm):
    """How a person is named and in which language they are written to."""

    class Meta:
        model = User
        fields = ["full_name", "post", "language"]
        widgets = {"full_name": forms.TextInput(attrs={"autocomplete": "name"})}

    def clean_full_name(self) -> str:
        """Return the name with single spaces. It must hold a letter."""
        return SignupForm.clean_full_name(self)  # type: ignore[arg-type] # the same rule for the same field


class AppointmentForm(forms.Form):
    """Whom the Office names digital delegate of a department, and for how long."""

    user = PersonField(label=_("Delegate"), max_length=254)
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none())
    substitute = PersonField(
        label=_("Substitute"), max_length=254, required=False, help_text=_("May do the same things on the same days.")
    )
    from_on = DayField(label=_("From"))
    until_on = DayField(
        label=_("Until"),
        required=False,
        help_text=_("Leave it blank for an appointment without end."),
    )

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department = self.fields["department"]
        assert isinstance(department, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        department.queryset = Department.objects.in_force(today).by_name()
        self.fields["from_on"].initial = today


class EndForm(forms.Form):
    """The last day of an appointment."""

    until_on = DayField(label=_("Last day"))


class SubstitutionForm(forms.Form):
    """Who approves in a director's place, on which days and why."""

    substitute = PersonField(label=_("Who approves in your place"), max_length=254)
    from_on = DayField(label=_("From"))
    until_on = DayField(label=_("Until"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Absence, or the matter in which you have a conflict of interest."),
    )


class EraseForm(forms.Form):
    """The person's own word that the account is to be erased."""

    email = forms.CharField(
        label=_("Your e-mail address, to confirm"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("It can't be undone: nobody can bring the account back."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        """Return the address. It must be the person's."""
        email: str = self.cleaned_data["email"].strip()
        if email.casefold() != self.person.email.casefold():
            raise forms.ValidationError(_("That isn't the address of this account."))
        return email


class HoldForm(forms.Form):
    """Why something stays beyond its time."""

    reason = forms.CharField(
        label=_("Why it must stay"),
        max_length=300,
        help_text=_("For instance: appeal 12/2027 is not decided. It is part of the record: name nobody."),
    )
