"""Returning what was prepared."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnForm(forms.Form):
    """The comment that goes back with it."""

    comment = forms.CharField(
        label=_("Comment"),
        help_text=_("Whoever prepared it reads this."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
