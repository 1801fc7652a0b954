"""What is written when a proposal is admitted, left out or sent to be corrected."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput
from startups.policies.admission import END_OF_DAY


class ExcludeForm(forms.Form):
    """Leave a proposal out."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Which condition of the call it doesn't meet. The organisation will read it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4_000,
    )


class CorrectionForm(forms.Form):
    """Ask for a correction."""

    text = forms.CharField(
        label=_("What must be corrected"),
        help_text=_("Say what is missing or unclear and how to mend it. The offer itself can't be changed."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4_000,
    )
    due_at = forms.DateField(
        label=_("Last day to answer"),
        help_text=_("A working day; the term ends at 23:59."),
        widget=DayInput,
    )

    def clean_due_at(self) -> datetime:
        """Return the end of that day in the city's zone."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["due_at"], END_OF_DAY))


class AnswerForm(forms.Form):
    """The organisation's answer."""

    text = forms.CharField(
        label=_("Your answer"),
        help_text=_("You answer once. The price and the offer can't be changed."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4_000,
    )
