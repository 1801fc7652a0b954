"""What is written when a proposal is admitted, left out or sent to be corrected."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput
from startups.policies.admission import ADMISSION_RULES, END_OF_DAY


class UploadsInput(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class UploadsField(forms.FileField):
    """Several files at once; its value is a list."""

    widget = UploadsInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, each checked not to be empty."""
        return [super(UploadsField, self).clean(each, initial) for each in data or []]


class ExcludeForm(forms.Form):
    """Leave a proposal out."""

    rule = forms.ChoiceField(
        label=_("Rule it breaks"),
        choices=[("", _("Choose")), *((rule.value, rule.label) for rule in ADMISSION_RULES)],
        error_messages={"required": _("Choose the rule that the proposal breaks.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What in the proposal breaks it. The organisation will read it."),
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


class ClarificationForm(CorrectionForm):
    """Ask to explain something."""

    text = forms.CharField(
        label=_("What must be explained"),
        help_text=_("In words that suit all where it concerns all. The offer itself can't be changed."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4_000,
    )
    concerns_all = forms.BooleanField(
        label=_("It concerns all: ask every organisation the same, word for word"), required=False
    )


class AnswerForm(forms.Form):
    """The organisation's answer."""

    text = forms.CharField(
        label=_("Your answer"),
        help_text=_("You answer once. The price and the offer can't be changed."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4_000,
    )


class CorrectionAnswerForm(AnswerForm):
    """The organisation's answer to a correction, with files."""

    files = UploadsField(
        label=_("Files"),
        required=False,
        help_text=_("If a document was missing. Up to 5, of 20 MB each; they are kept encrypted."),
    )
