"""Forms of notifications, publications and reviews."""

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput
from pilots.forms.pilot import long_text
from pilots.models import ReviewOutcome


class ServedForm(forms.Form):
    """When a letter was formally notified."""

    served_on = forms.DateField(
        label=_("Formally notified on"), widget=DayInput(), help_text=_("The terms to appeal run from the day after.")
    )
    served_reference = forms.CharField(
        label=_("Reference of the notification"),
        max_length=80,
        required=False,
        help_text=_("Its number in the system that notifies."),
    )


class PublicationForm(forms.Form):
    """Where the resolution was formally published."""

    reference = forms.CharField(label=_("Reference of the publication"), max_length=80)
    url = forms.URLField(label=_("Its address in the buyer profile"), required=False, assume_scheme="https")
    published_on = forms.DateField(label=_("Published on"), widget=DayInput())


class ReviewForm(forms.Form):
    """What an organisation asks to be looked at again."""

    text = long_text(
        _("What you ask for, and why"), rows=8, help_text=_("Say which part you disagree with and what it rests on.")
    )
    upload = forms.FileField(label=_("File that supports it"), required=False)


class AnswerForm(forms.Form):
    """The answer of the director."""

    outcome = forms.ChoiceField(label=_("How it ends"), choices=ReviewOutcome.choices, widget=forms.RadioSelect())
    answer = long_text(_("Reasons of the answer"), rows=8, help_text=_("The organisation reads them."))
