"""How every form looks: label, help and error above the input, tied to it for a screen reader.

Also the inputs that the city's forms share: a day, an instant, an amount of euros.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from govtech.shell.counting import count_words
from govtech.shell.words import number

_BARE = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class PortalBoundField(forms.BoundField):
    """A field that knows its look. Options are attributes of the widget:

    `data-max-words` shows a word counter; `data-max-bytes` checks a file's size before it travels.
    """

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if field.label is None:  # made from the field's name: let the catalogue say it
            self.label = gettext(str(self.label))

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add Bootstrap's class for this kind of input, beside the class the form asked for."""
        shown = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if not shown.is_hidden:
            own = str(attrs.get("class") or shown.attrs.get("class", ""))
            look = _look(shown)
            attrs["class"] = " ".join(part for part in (own, look, "is-invalid" if self.errors else "") if part)
            if isinstance(shown, (forms.EmailInput, forms.PasswordInput)):
                attrs["placeholder"] = False  # it would only repeat the label
        return attrs

    @property
    def is_single_checkbox(self) -> bool:
        """A lone box: its label follows it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choice_list(self) -> bool:
        """Radio buttons or boxes: a group with a legend."""
        return isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))

    @property
    def is_concealed(self) -> bool:
        """A trap for robots: no person sees it, nor hears of it."""
        return "d-none" in self.field.widget.attrs.get("class", "").split()

    @property
    def max_words(self) -> int | None:
        """The most words this text may have, where the widget says so."""
        limit = self.field.widget.attrs.get("data-max-words")
        return int(limit) if limit else None

    @property
    def word_count(self) -> int:
        """How many words the text has now."""
        return count_words(str(self.value() or ""))


def _look(widget: forms.Widget) -> str:
    if isinstance(widget, _BARE):
        return "form-check-input"
    if isinstance(widget, (forms.Select, forms.SelectMultiple)):
        return "form-select"
    return "form-control"


class PortalRenderer(TemplatesSetting):
    """Renders forms with the shell's templates, in every app."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    bound_field_class = PortalBoundField


class DayInput(forms.DateInput):
    """A calendar day, in the browser's own picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class InstantInput(forms.DateTimeInput):
    """A day and a time of the city, in the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class EurosInput(forms.TextInput):
    """An amount as a person writes it; shown grouped as the language does."""

    template_name = "components/widgets/euros.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Write an amount the way `EurosField` reads it back."""
        if isinstance(value, Decimal):
            return number(value, places=0 if value == value.to_integral_value() else 2)
        return super().format_value(value)


class EurosField(forms.DecimalField):
    """Euros with two decimals, from `14500`, `14.500` or `14.500,50` (`14,500.50` in English).

    Refuses less than `min_value` (zero unless said), and thirds of a cent.
    """

    widget = EurosInput
    default_error_messages = {  # noqa: RUF012 - the framework's shape
        "invalid": _("Write an amount in euros, with figures only: for instance 14500 or 14500.50."),
        "max_decimal_places": _("Write at most two decimals: the smallest amount is a cent."),
        "min_value": _("The amount can't be under %(limit_value)s €."),
        "max_digits": _("That amount is too large."),
        "max_whole_digits": _("That amount is too large."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(**{"max_digits": 12, "decimal_places": 2, **kwargs})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # the stubs call it a whole number
        """Read the amount in the language's way of writing it; a lone point or comma with cents is a decimal mark."""
        if isinstance(value, str):
            value = self._plain(value)
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Add nothing: `min`, `max` and `step` belong to number inputs."""
        return {}

    def _plain(self, text: str) -> str:
        text = re.sub(r"[\s€]", "", text)
        thousands, decimal = (".", ",") if (get_language() or "es").startswith("es") else (",", ".")
        if re.fullmatch(rf"-?\d{{1,3}}(\{thousands}\d{{3}})+(\{decimal}\d*)?", text):
            text = text.replace(thousands, "").replace(decimal, ".")
        elif re.fullmatch(r"-?\d+([.,]\d{1,2})?", text) or re.fullmatch(rf"-?\d+\{decimal}\d+", text):
            text = text.replace(",", ".")
        elif text and not re.fullmatch(r"-?\d+", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text
