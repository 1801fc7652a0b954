"""Challenging a member, answering, deciding."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.shell.forms import DayInput
from startups.models import Ground, PanelMember


class RecuseForm(forms.Form):
    """Whom, on which ground, why."""

    member = forms.ChoiceField(label=_("Person"), widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What makes you say so"),
        help_text=_("Facts, dates, and how you know. The person and the director read it."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4_000,
    )
    known_on = forms.DateField(
        label=_("When you came to know of it"),
        help_text=_("Only if you challenged this person on this ground before: new facts, known after that decision."),
        widget=DayInput,
        required=False,
        error_messages={"invalid": _("Write a day.")},
    )

    def __init__(self, *args: Any, members: Iterable[PanelMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [  # type: ignore[attr-defined]
            (each.public_id, " · ".join(filter(None, [each.user.full_name, each.post]))) for each in members
        ]


class AnswerForm(forms.Form):
    """Whether it is so."""

    admits = forms.TypedChoiceField(
        label=_("Is it so?"),
        choices=[("yes", _("Yes: I should abstain.")), ("no", _("No: the ground doesn't hold."))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4_000)


class DecideForm(forms.Form):
    """Upheld or not, and why."""

    is_upheld = forms.TypedChoiceField(
        label=pgettext_lazy("of a challenge of a member", "Decision"),
        choices=[("yes", _("Uphold: the person leaves the panel.")), ("no", _("Turn down: the person stays."))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Reasons of the decision"),
        help_text=_("The organisation and the person read them."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4_000,
    )
