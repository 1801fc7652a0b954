"""A declared interest."""

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput
from startups.models import InterestKind


class InterestForm(forms.Form):
    """What ties a person to an organisation."""

    kind = forms.ChoiceField(label=_("What ties you to it"), choices=InterestKind.choices)
    organisation_name = forms.CharField(label=_("Name of the company or organisation"), max_length=160)
    tax_id = forms.CharField(
        label=_("Its tax number"),
        help_text=_("If you know it: a name alone may match by chance."),
        max_length=20,
        required=False,
    )
    until_on = forms.DateField(
        label=_("Until"),
        help_text=_("If it is over. Work counts for two years after its end (Law 40/2015, art. 23.2.e)."),
        widget=DayInput(),
        required=False,
    )
