"""Forms of what is measured."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput, EurosField
from pilots.forms.pilot import long_text
from pilots.models import Indicator


class FigureField(EurosField):
    """A measured figure, written as the language does; it may be negative."""

    widget = forms.TextInput
    default_error_messages = {  # noqa: RUF012 - the framework's shape
        "invalid": _("Write a figure, for instance 17 or 17.2."),
        "max_decimal_places": _("Write at most two decimals."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": None, "max_digits": 14, **kwargs})
        self.widget.attrs["inputmode"] = "decimal"

    def prepare_value(self, value: Any) -> Any:
        """Show a figure without the noise of its zeros."""
        return value.normalize() if isinstance(value, Decimal) else value


class IndicatorForm(forms.ModelForm):
    """What is measured, from which figure to which."""

    baseline = FigureField(label=_("Today's figure"))
    target = FigureField(label=_("Target"))

    class Meta:
        model = Indicator
        fields = ["name", "name_en", "unit", "direction", "baseline", "target", "source"]
        widgets = {"direction": forms.RadioSelect()}
        help_texts = {
            "unit": _("As it is read after the figure: %, minutes, people."),
            "source": _("Who counts it and how."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["direction"].choices = Indicator._meta.get_field("direction").choices  # noqa: SLF001 - documented


class ValueForm(forms.Form):
    """A measured value."""

    measured_on = forms.DateField(label=_("Day it was measured"), widget=DayInput())
    value = FigureField(label=_("Value"))
    evidence = long_text(
        _("What proves it"), help_text=_("Where the figure comes from and how it was counted."), rows=3
    )
    file = forms.FileField(label=_("File"), required=False)
