"""The spending of a challenge: lines, amounts, certificate, publication."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.shell.forms import EurosField, InstantInput
from govtech.shell.words import euros
from pilots.calculations.money import ZERO
from pilots.models import BudgetLine

SPARE, MOST = 1, 6


def line_key(line: BudgetLine) -> str:
    """Return what names a line in a form: its year and code."""
    return f"{line.budget_year.year}-{line.code}"


def line_label(line: BudgetLine) -> str:
    """Return a line in words, with what is available on it."""
    return f"{line.budget_year.year} · {line.code} {line.name} · " + _("%(amount)s available") % {
        "amount": euros(line.available)
    }


class SpendingForm(forms.Form):
    """Rows of line and amount, filled with the split that is proposed. `cleaned_data["lines"]` is what is prepared."""

    rc_certificate = forms.CharField(
        label=gettext_lazy("RC certificate number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The number of the retention in the city's accounts."),
    )
    publish_at = forms.DateTimeField(
        label=gettext_lazy("Publish on"),
        required=False,
        widget=InstantInput,
        help_text=gettext_lazy("Leave it empty to publish as soon as it is approved."),
    )

    def __init__(self, *args: Any, lines: Sequence[BudgetLine], proposed: Sequence[Any], needed: Decimal, **kw: Any):
        super().__init__(*args, **kw)
        self.lines = {line_key(line): line for line in lines}
        self.needed = needed
        self.rows = min(max(len(proposed) + SPARE, 2), MOST)
        choices = [("", "—"), *((key, line_label(line)) for key, line in self.lines.items())]
        for place in range(self.rows):
            part = proposed[place] if place < len(proposed) else None
            words = {"number": place + 1}
            self.fields[f"line_{place}"] = forms.ChoiceField(
                label=_("Line %(number)s") % words,
                choices=choices,
                required=False,
                initial=line_key(part["line"]) if part and part["line"] else "",
            )
            self.fields[f"amount_{place}"] = EurosField(
                label=_("Amount on line %(number)s, VAT included") % words,
                required=False,
                initial=part["amount"] if part else None,
            )
        self.order_fields([name for name in self.fields if name not in ("rc_certificate", "publish_at")])

    def clean(self) -> dict[str, Any]:
        """Gather the rows; each has a line and an amount, and together they are the reserve."""
        data = super().clean() or self.cleaned_data
        found: dict[str, Decimal] = {}
        for place in range(self.rows):
            key, amount = data.get(f"line_{place}"), data.get(f"amount_{place}")
            if key and amount and key in found:
                self.add_error(f"line_{place}", _("This line is there already: write its amount once."))
            elif key and amount:
                found[key] = amount
            elif key and f"amount_{place}" not in self.errors:
                self.add_error(f"amount_{place}", _("Write the amount on this line, or leave the row empty."))
            elif amount:
                self.add_error(f"line_{place}", _("Choose the line that bears this amount."))
        total = sum(found.values(), ZERO)
        if not self.errors and total != self.needed:
            raise forms.ValidationError(
                _("The lines add up to %(total)s and the challenge reserves %(needed)s: they must be equal.")
                % {"total": euros(total), "needed": euros(self.needed)}
            )
        data["lines"] = [{"line": self.lines[key].pk, "amount": f"{amount:.2f}"} for key, amount in found.items()]
        return data


class CancellationForm(forms.Form):
    """Why a published call is cancelled."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is published on the page of the challenge and sent to everybody concerned."),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
