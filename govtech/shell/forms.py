"""How every form looks: label, help and error above the input, tied to it for a screen reader.

Also the inputs that the city's forms share: a day, an instant, an amount of euros.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from govtech.shell.counting import count_words
from govtech.shell.kept import remembered
from govtech.shell.words import number

# Where the text, and the number of its words, come in a piece that was made for all texts. No text has such characters.
TYPED, COUNTED = "\0typed\0", "\0counted\0"
_BARE = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class PortalBoundField(forms.BoundField):
    """A field that knows its look. Options are attributes of the widget:

    `data-max-words` shows a word counter; `data-max-bytes` checks a file's size before it travels.
    """

    _mark: str | None = None

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

    def value(self) -> Any:
        """Return what it holds; while its piece of the page is made, what stands for that."""
        return super().value() if self._mark is None else self._mark

    def as_field_group(self) -> SafeString:
        """Render it. The piece of a text is made once, whatever the text: what is typed is put in afterwards.

        So nothing that anybody wrote stays in memory; nor chose, unless the form says that it may (`keeps_choices`).
        """
        widget = self.field.widget
        if type(widget) not in (forms.Textarea, forms.TextInput, forms.Select) or self.errors:
            return super().as_field_group()  # type: ignore[misc]
        if isinstance(widget, forms.Select) and not getattr(self.form, "keeps_choices", False):
            return super().as_field_group()  # type: ignore[misc]
        value = self.value()
        typed = "" if value is None else value
        look = [type(self.form), type(widget), self.html_name, self.auto_id, self.label, self.help_text]
        look += [self.field.required, self.field.disabled, self.form.use_required_attribute, widget.attrs]
        if isinstance(widget, forms.Select):
            look += [str(typed), [(str(key), str(label)) for key, label in self.field.choices]]  # type: ignore[attr-defined]
            return remembered(PortalBoundField, look, super().as_field_group)  # type: ignore[misc]
        if not isinstance(typed, str):
            return super().as_field_group()  # type: ignore[misc]
        words, self._mark = self.word_count, TYPED if typed else ""
        try:
            made = remembered(PortalBoundField, [*look, bool(typed)], super().as_field_group)  # type: ignore[misc]
        finally:
            self._mark = None
        return SafeString(made.replace(COUNTED, str(words)).replace(TYPED, conditional_escape(typed)))

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
    def word_count(self) -> int | str:
        """How many words the text has now."""
        return COUNTED if self._mark is not None else count_words(str(self.value() or ""))


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
