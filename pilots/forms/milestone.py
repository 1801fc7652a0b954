"""Forms of deliveries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilots.forms.pilot import long_text

MOST_FILES = 10


class FilesInput(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, as a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Check each file."""
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most %(n)d files at a time.") % {"n": MOST_FILES})
        return [super(FilesField, self).clean(one, initial) for one in given]


class DeliverForm(forms.Form):
    """What is delivered."""

    note = long_text(_("What you deliver"), help_text=_("How it meets each of the acceptance criteria."))
    files = FilesField(label=_("Files"), required=False, help_text=_("Reports, photos or data. Up to ten."))


class GiveBackForm(forms.Form):
    """What is missing."""

    reason = long_text(_("What is missing"), help_text=_("So that the company knows what to mend."))
