"""Forms of organisations, their members and their verification."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput
from startups.models import OrganisationKind, OrganisationRole

COUNTRIES = [
    ("ES", _("Spain")),
    ("DE", _("Germany")),
    ("AT", _("Austria")),
    ("BE", _("Belgium")),
    ("BG", _("Bulgaria")),
    ("CZ", _("Czechia")),
    ("CY", _("Cyprus")),
    ("HR", _("Croatia")),
    ("DK", _("Denmark")),
    ("SK", _("Slovakia")),
    ("SI", _("Slovenia")),
    ("EE", _("Estonia")),
    ("FI", _("Finland")),
    ("FR", _("France")),
    ("GR", _("Greece")),
    ("HU", _("Hungary")),
    ("IE", _("Ireland")),
    ("IT", _("Italy")),
    ("LV", _("Latvia")),
    ("LT", _("Lithuania")),
    ("LU", _("Luxembourg")),
    ("MT", _("Malta")),
    ("NL", _("Netherlands")),
    ("PL", _("Poland")),
    ("PT", _("Portugal")),
    ("RO", _("Romania")),
    ("SE", _("Sweden")),
    ("IS", _("Iceland")),
    ("LI", _("Liechtenstein")),
    ("NO", _("Norway")),
    ("GB", _("United Kingdom")),
    ("CH", _("Switzerland")),
]


class DetailsForm(forms.Form):
    """What an organisation says of itself."""

    name = forms.CharField(label=_("Legal name"), max_length=160, help_text=_("As it stands in the register."))
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[("", "—"), *OrganisationKind.choices],
        help_text=_("Any kind may take part: nobody is left out for being large or small."),
    )
    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    founded_on = forms.DateField(
        label=_("Founded"),
        required=False,
        widget=DayInput(),
        help_text=_("The day it was entered in the company register, or began."),
    )


class OrganisationForm(DetailsForm):
    """A new organisation."""

    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES, initial="ES")
    tax_id = forms.CharField(
        label=_("Tax number"),
        max_length=24,
        help_text=_("In Spain the NIF, NIE or CIF, for instance B12345674. Elsewhere in the EU, the VAT number."),
    )
    field_order = ("name", "kind", "country", "tax_id")


class InvitationForm(forms.Form):
    """Whom to invite, and for what."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("They get a link for 14 days. They join only with an account of that address."),
    )
    role = forms.ChoiceField(label=_("What the person may do"), choices=(), initial=OrganisationRole.EDITOR.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = ROLE_CHOICES


ROLE_CHOICES = [
    (OrganisationRole.EDITOR.value, _("Editor: writes proposals")),
    (OrganisationRole.READER.value, _("Reader: only reads them")),
    (OrganisationRole.OWNER.value, _("Owner: also hands in, withdraws and invites")),
]


class JoinRequestForm(forms.Form):
    """Whom to ask to be let in, by tax number."""

    country = forms.ChoiceField(choices=COUNTRIES, widget=forms.HiddenInput)
    tax_id = forms.CharField(max_length=24, widget=forms.HiddenInput)
    message = forms.CharField(
        label=_("Who you are, for its owners"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance what you work on there. They see your name and your address, too."),
    )


class JoinAnswerForm(forms.Form):
    """What somebody who asks to join may do."""

    role = forms.ChoiceField(label=_("What the person may do"), choices=(), initial=OrganisationRole.READER.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = ROLE_CHOICES


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(label=_("Role"), choices=OrganisationRole.choices)
