"""An outage, as an officer writes it down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.forms.field import TEXT_ERRORS, Text
from govtech.shell.forms import InstantInput


class IncidentForm(forms.Form):
    """From when, until when, and what happened."""

    began_at = forms.DateTimeField(
        label=_("It began"),
        help_text=_("Madrid time, as the monitoring says."),
        widget=InstantInput,
        error_messages={"required": _("Choose the day and time it began."), "invalid": _("Write a day and a time.")},
    )
    ended_at = forms.DateTimeField(
        label=_("It ended"),
        widget=InstantInput,
        error_messages={"required": _("Choose the day and time it ended."), "invalid": _("Write a day and a time.")},
    )
    text = Text(
        label=_("What happened"),
        help_text=_("In plain words: it is published on every call it touched and on the page of incidents."),
        max_length=2_000,
        error_messages={**TEXT_ERRORS, "required": _("Say what happened: it is published.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
