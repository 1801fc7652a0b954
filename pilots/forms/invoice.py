"""Forms of invoices and payments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.errors import DomainError
from govtech.shell.forms import DayInput, EurosField
from pilots.actions import facturae
from pilots.calculations.facturae import MOST_BYTES

READ = ("number", "issued_on", "base", "vat", "total")


class RejectionForm(forms.Form):
    """An invoice that is sent back, and why."""

    number = forms.CharField(label=_("Invoice number"), max_length=40)
    received_on = forms.DateField(label=_("Received"), widget=DayInput(), help_text=_("As in the invoice register."))
    total = EurosField(label=_("Total"))
    reason = forms.CharField(
        label=_("Why it is rejected"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The company reads it."),
    )  # fmt: skip


class InvoiceForm(forms.Form):
    """What the invoice says, read from its file where there is one. `cleaned_data["electronic"]` are its bytes."""

    electronic = forms.FileField(
        label=_("Electronic invoice (Facturae)"),
        required=False,
        help_text=_("The XML file as it came in. Number, date and amounts are read from it and checked."),
    )
    number = forms.CharField(label=_("Invoice number"), max_length=40, required=False)
    issued_on = forms.DateField(label=_("Date of the invoice"), widget=DayInput(), required=False)
    received_on = forms.DateField(label=_("Received"), widget=DayInput(), help_text=_("As in the invoice register."))
    base = EurosField(label=_("Taxable base"), required=False)
    vat = EurosField(label=_("VAT"), required=False)
    total = EurosField(label=_("Total"), required=False)
    register_number = forms.CharField(label=_("Entry in the invoice register"), max_length=60, required=False)

    def clean_electronic(self) -> bytes | None:
        """Read the file."""
        upload = self.cleaned_data.get("electronic")
        if not upload:
            return None
        data: bytes = upload.read(MOST_BYTES + 1)
        try:
            self.found = facturae.read(data)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return data

    def clean(self) -> dict[str, Any]:
        """Fill what wasn't written from the file; without one all must be written."""
        data = super().clean() or self.cleaned_data
        found = getattr(self, "found", None)
        if found is None and data.get("electronic") is None and "electronic" not in self.errors:
            for name in READ:
                if data.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        if found is not None:
            read = {"number": found.number, "issued_on": found.issued_on, "base": found.base, "vat": found.vat,
                    "total": found.base + found.vat}  # fmt: skip
            data.update({name: read[name] for name in READ if data.get(name) in (None, "")})
        return data


class PaymentForm(forms.Form):
    """When it was ordered and paid."""

    ordered_on = forms.DateField(label=_("Payment ordered"), widget=DayInput())
    paid_on = forms.DateField(label=_("Paid"), widget=DayInput())
