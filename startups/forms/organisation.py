"""Forms of organisations, their members and their verification."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.reference.models import PolicyArea
from govtech.shell.forms import DayInput, EurosField
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
    description = forms.CharField(
        label=_("What it does"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In a few lines, for who doesn't know you. It is shown if you choose to be in the directory."),
    )
    policy_areas = forms.ModelMultipleChoiceField(
        PolicyArea.objects.none(),
        label=_("Policy areas it works in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Challenges are ordered by them and by what you wrote above, if you choose «For you» in the list."),
    )
    founded_on = forms.DateField(label=_("Founded"), required=False, widget=DayInput())
    staff = forms.IntegerField(
        label=_("People who work in it"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=_(
            "Yearly average; of the whole group, if it belongs to one. From this and the next two comes its size."
        ),
    )
    turnover = EurosField(label=_("Turnover of the last year"), required=False, max_digits=14)
    balance = EurosField(label=_("Balance sheet total of the last year"), required=False, max_digits=14)
    in_group = forms.TypedChoiceField(
        label=_("Does it belong to a group of companies?"),
        required=False,
        choices=[("", pgettext_lazy("group", "Not said")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    is_listed = forms.BooleanField(
        label=_("Show it in the public directory"),
        required=False,
        help_text=_("Name, kind, website and what it does. Nobody sees there what you propose, nor whether you do."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_areas"].queryset = PolicyArea.objects.order_by("order", "pk")  # type: ignore[attr-defined]


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


class DirectoryForm(forms.Form):
    """Search in the directory."""

    q = forms.CharField(label=_("Name or what it does"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *OrganisationKind.choices])
