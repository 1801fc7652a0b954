"""Forms of invoices and payments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput, EurosField


class InvoiceForm(forms.Form):
    """What the invoice says."""

    number = forms.CharField(label=_("Invoice number"), max_length=40)
    issued_on = forms.DateField(label=_("Date of the invoice"), widget=DayInput())
    received_on = forms.DateField(label=_("Received"), widget=DayInput(), help_text=_("As in the invoice register."))
    base = EurosField(label=_("Taxable base"))
    vat = EurosField(label=_("VAT"))
    total = EurosField(label=_("Total"))
    register_number = forms.CharField(label=_("Entry in the invoice register"), max_length=60, required=False)


class PaymentForm(forms.Form):
    """When it was ordered and paid."""

    ordered_on = forms.DateField(label=_("Payment ordered"), widget=DayInput())
    paid_on = forms.DateField(label=_("Paid"), widget=DayInput())
