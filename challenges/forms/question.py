"""Asking and answering."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.forms.field import TEXT_ERRORS, Text, published_reason


class QuestionForm(forms.Form):
    """A company's question."""

    text = Text(
        label=_("Your question"),
        help_text=_("Up to 2,000 characters. Don't write who you are: question and answer are published as they are."),
        max_length=2_000,
        error_messages={**TEXT_ERRORS, "required": _("Write the question.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, acting: Sequence[tuple[str, str]] = (), first: str = "", **kwargs: Any) -> None:
        """With several in `acting`, the person says for whom the question is; nothing is supposed."""
        super().__init__(*args, **kwargs)
        if len(acting) > 1:
            self.fields["acting"] = forms.ChoiceField(
                label=_("For which organisation do you ask?"),
                choices=acting,
                initial=first,
                widget=forms.RadioSelect,
                help_text=_("Only you see this: question and answer are published without it."),
                error_messages={"required": _("Choose the organisation.")},
            )


class AnswerCorrectionForm(forms.Form):
    """A published answer as it must read, and why."""

    text = Text(
        label=_("New answer"),
        help_text=_("The whole answer as it must read. The old one stays beside it."),
        max_length=10_000,
        error_messages={**TEXT_ERRORS, "required": _("Write the answer.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    reason = published_reason()


class PrivateForm(forms.Form):
    """Why a question isn't for everybody."""

    reason = Text(
        label=_("Reason"),
        help_text=_("Who asked reads it, and it stays on record."),
        max_length=2_000,
        error_messages={**TEXT_ERRORS, "required": _("Give the reason: who asked will read it.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, was_public: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if was_public:
            self.fields["reason"].help_text = _(
                "It is published in the place of the question and its answer. Don't write what is private."
            )


class AnswerForm(forms.Form):
    """The department's answer."""

    text = Text(
        label=pgettext_lazy("noun", "Answer"),
        help_text=_(
            "Published for everybody as soon as you press the button. Afterwards it changes only by a correction."
        ),
        max_length=10_000,
        error_messages={**TEXT_ERRORS, "required": _("Write the answer.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
