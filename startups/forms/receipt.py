"""What is asked about receipts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from startups.policies.receipt import LONGEST


class CodeForm(forms.Form):
    """The code of a receipt."""

    code = forms.CharField(
        label=_("Check code"),
        max_length=40,
        help_text=_("It stands at the foot of the receipt: 20 letters and figures."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )


class ExternalEntryForm(forms.Form):
    """The number that a receipt has in the official register."""

    number = forms.CharField(
        label=_("Number of the entry"),
        max_length=LONGEST,
        help_text=_("As it stands in the official register's receipt, for instance 2026/0123456."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
