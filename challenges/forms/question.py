"""Asking and answering."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.forms.field import TEXT_ERRORS, Text


class QuestionForm(forms.Form):
    """A company's question."""

    text = Text(
        label=_("Your question"),
        help_text=_("Up to 2,000 characters. Don't write who you are: question and answer are published as they are."),
        max_length=2_000,
        error_messages={**TEXT_ERRORS, "required": _("Write the question.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """The department's answer."""

    text = Text(
        label=pgettext_lazy("noun", "Answer"),
        help_text=_("It is published for everybody as soon as you press the button, and can't be changed afterwards."),
        max_length=10_000,
        error_messages={**TEXT_ERRORS, "required": _("Write the answer.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
