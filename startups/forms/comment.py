"""A comment among members."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from startups.actions.comment import MAX_CHARACTERS


class CommentForm(forms.Form):
    """What is said, and on which part."""

    part = forms.ChoiceField(label=_("About"), required=False)
    text = forms.CharField(
        label=_("Comment"),
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only members of your organisation read it. It isn't handed in."),
        error_messages={"required": _("Write the comment.")},
    )

    def __init__(self, *args: Any, parts: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", _("The whole proposal")), *parts]  # type: ignore[attr-defined]
        self.fields["text"].widget.attrs.pop("maxlength", None)  # a long paste is refused in words, not cut in silence
