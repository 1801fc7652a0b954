"""The corporate ledger's file, and what is said of a difference."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.shell.forms import DayInput

MOST_BYTES = 5_000_000


class ImportForm(forms.Form):
    """A CSV of the corporate ledger."""

    file = forms.FileField(
        label=_("Movements of the corporate ledger (CSV)"),
        help_text=_("Columns: documento; fecha; fase; importe; línea; texto. It may hold the whole year each time."),
    )

    def clean_file(self) -> bytes:
        """Read the bytes."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too big."))
        return upload.read()


class NoteForm(forms.Form):
    """Who looks into it until when, or why it is."""

    owner = forms.ModelChoiceField(label=_("Who looks into it"), queryset=None, required=False, empty_label="—")
    due_on = forms.DateField(label=_("Until"), widget=DayInput(), required=False)
    explanation = forms.CharField(
        label=_("Why it differs"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Once this is written, the difference leaves the list."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["owner"].queryset = roles.officers().order_by("full_name", "pk")
