"""Forms of a proposal's files."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.files.checks import CONTENT_TYPES, MAX_BYTES, MAX_NAME
from startups.actions.attachment import LONGEST_REASON
from startups.models import Envelope


class MarkingForm(forms.Form):
    """Where a file belongs and whether it is confidential."""

    envelope = forms.ChoiceField(
        label=_("Part it belongs to"),
        choices=[
            (Envelope.TECHNICAL.value, _("Technical: the panel reads it when judging")),
            (Envelope.ECONOMIC.value, _("Economic: nobody reads it until the panel has closed its scores")),
        ],
        initial=Envelope.TECHNICAL.value,
        widget=forms.RadioSelect,
        help_text=_("Anything that shows a price goes in the economic part."),
    )
    is_confidential = forms.BooleanField(
        label=_("This file is confidential"),
        required=False,
        help_text=_("The panel and the Office read it all the same. Other participants and the public never do."),
    )
    confidential_reason = forms.CharField(
        label=_("Why it is confidential"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance: trade secret, know-how, personal data. Only if you have ticked the box."),
    )

    def clean(self) -> dict[str, Any]:
        """Confidential takes a reason; without the mark there is none."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("is_confidential"):
            data["confidential_reason"] = ""
        elif not data.get("confidential_reason", "").strip() and "confidential_reason" not in self.errors:
            self.add_error("confidential_reason", _("Say why this file is confidential: the law asks for a reason."))
        return data


class AttachmentForm(MarkingForm):
    """A file to add."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(
            attrs={"data-max-bytes": MAX_BYTES, "accept": ",".join(f".{name}" for name in CONTENT_TYPES)}
        ),
        help_text=_("PDF, Word, Excel, PowerPoint, LibreOffice, PNG, JPG, CSV or TXT, 20 MB at most."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another.")},
    )
    field_order = ["file", "envelope", "is_confidential", "confidential_reason"]


class UploadForm(MarkingForm):
    """A file that will come piece by piece: what the page's script says of it."""

    name = forms.CharField(max_length=4 * MAX_NAME)
    size = forms.IntegerField(min_value=0)
    modified = forms.IntegerField()
