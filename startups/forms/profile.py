"""Forms of what an organisation says of itself: size and group, emerging company, public profile, logo."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.calculations import maturity
from govtech.reference.models import PolicyArea
from govtech.shell.forms import DayInput, EurosField
from startups.actions.profile import LOGO_BYTES, MOST_ROWS
from startups.calculations.size import counts
from startups.models import Holder, Relation

SIZES = {
    "micro": _("micro-company"),
    "small": _("small company"),
    "medium": _("medium company"),
    "large": _("large company"),
    "": "",
}


class AnswerField(forms.TypedChoiceField):
    """Yes, no, or not said."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", pgettext_lazy("answer", "Not said")), ("yes", _("Yes")), ("no", _("No"))]
        super().__init__(
            choices=choices, required=False, coerce=lambda value: value == "yes", empty_value=None, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Return what the select has for True, False and None."""
        return {True: "yes", False: "no", None: ""}.get(value, value)


class SizeForm(forms.Form):
    """The figures of the last closed year, and who else counts."""

    staff = forms.IntegerField(
        label=_("People who work in it"),
        required=False,
        min_value=0,
        max_value=1_000_000,
    )
    turnover = EurosField(label=_("Turnover of the last year"), required=False, max_digits=14)
    balance = EurosField(label=_("Balance sheet total of the last year"), required=False, max_digits=14)
    in_group = AnswerField(
        label=_("Does a company, fund or other body hold 25 % or more of it, or it of another?"),
        help_text=_("With «no» it is autonomous and its own figures decide. With «yes», list those companies below."),
    )
    is_public_body = AnswerField(
        label=_("Do other public bodies hold 25 % or more of it?"),
        help_text=_(
            "Other than universities, research centres, public investors, development funds and small local "
            "authorities: list those below. With «yes» it isn't small or medium, whatever its figures (art. 3.4)."
        ),
    )
    earlier_staff = forms.IntegerField(
        label=_("People, the year before"), required=False, min_value=0, max_value=1_000_000
    )
    earlier_turnover = EurosField(label=_("Turnover, the year before"), required=False, max_digits=14)
    earlier_balance = EurosField(label=_("Balance sheet total, the year before"), required=False, max_digits=14)
    earlier_size = forms.ChoiceField(
        label=_("Size it had until the last year closed"),
        required=False,
        choices=list({**SIZES, "": pgettext_lazy("answer", "Not said")}.items())[::-1],
        help_text=_("Needed only where the two years are of different sizes. In its second year, that of its first."),
    )
    group_changed = AnswerField(
        label=_("Since the year before, was it bought, sold or merged, or has its group changed?"),
        help_text=_("With «yes», today's figures and group count at once."),
    )


class _Row(forms.Form):
    """A row that doesn't count while nothing is written in it."""

    use_required_attribute = False
    needed: tuple[str, ...] = ()

    def needed_in(self, data: dict[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - others look at it
        """Name what this row needs."""
        return self.needed

    @property
    def is_blank(self) -> bool:
        """Nothing is written in this row."""
        return not any(self.cleaned_data.get(name) not in (None, "") for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Ask for what a row with something in it needs."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if any(value not in (None, "") for value in data.values()):
            for name in self.needed_in(data):
                if data.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("This is needed. To leave the row out, empty all of it."))
        return data


class RelatedForm(_Row):
    """A company that counts for the size."""

    needed = ("name", "relation", "share")

    name = forms.CharField(label=_("Company"), max_length=160, required=False)
    relation = forms.ChoiceField(label=_("How it is tied"), choices=[("", "—"), *Relation.choices], required=False)
    holder = forms.ChoiceField(
        label=_("If it holds part of yours, what it is"),
        choices=[("", _("a company like any other")), *Holder.choices],
        required=False,
        help_text=_("Except the first, none counts with up to 50 % if it doesn't control it, alone or with others."),
    )
    share = forms.DecimalField(
        label=_("Share, in %"), max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False
    )
    staff = forms.IntegerField(label=_("People"), min_value=0, max_value=10_000_000, required=False)
    turnover = EurosField(label=_("Turnover"), required=False, max_digits=14)
    balance = EurosField(label=_("Balance sheet total"), required=False, max_digits=14)

    def needed_in(self, data: dict[str, Any]) -> tuple[str, ...]:
        """Ask for the people of those that count."""
        does_count = counts(data.get("relation", ""), data.get("holder", ""))
        return (*self.needed, "staff") if does_count else self.needed


class WorkForm(_Row):
    """Something done before."""

    needed = ("title", "client", "year")

    title = forms.CharField(label=_("What you did"), max_length=140, required=False)
    client = forms.CharField(label=_("For which organisation"), max_length=140, required=False)
    year = forms.IntegerField(label=pgettext_lazy("work", "Year"), min_value=1950, max_value=2100, required=False)
    summary = forms.CharField(
        label=_("What came of it"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    url = forms.URLField(label=_("Where it can be checked"), required=False, assume_scheme="https")


class BaseRows(forms.BaseFormSet):
    """Rows in order; those left empty are dropped."""

    def rows(self) -> list[dict[str, Any]]:
        """Return what was written."""
        return [form.cleaned_data for form in self.forms if not form.is_blank]


def rows_of(form: type[_Row], extra: int) -> type[BaseRows]:
    """Return the class of a set of rows with `extra` empty ones."""
    return forms.formset_factory(form, formset=BaseRows, extra=extra, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 5)


class EmergingForm(forms.Form):
    """The conditions of an emerging company, as the law asks them."""

    long_sector = AnswerField(
        label=_("Is it in biotechnology, energy, industry or a strategic sector, or was its technology made in Spain?"),
        help_text=_("Then it has seven years instead of five since its registration."),
    )
    is_new = AnswerField(
        label=_("Is it new, and not born of a merger, split or transformation?"),
        help_text=_("Of companies that weren't emerging ones themselves."),
    )
    keeps_profits = AnswerField(label=_("Has it never paid out dividends or returns?"))
    is_unlisted = AnswerField(label=_("Is it off the regulated stock markets?"))
    is_in_spain = AnswerField(label=_("Has it its registered office or a permanent establishment in Spain?"))
    staff_in_spain = AnswerField(
        label=_("Have 60 % of its people a contract in Spain?"),
        help_text=_("In a cooperative, members who work count, too."),
    )
    in_control_group = AnswerField(
        label=_("Is it in a group: does a company control it, or it another?"),
        help_text=_("By art. 42 of the Commercial Code: most votes, or most of the board. An investor's 30 % isn't."),
    )
    group_meets = AnswerField(
        label=_("If it is in a group: does each company of it meet these conditions?"),
    )
    is_innovative = AnswerField(label=_("Is its project innovative and its business model scalable?"))
    certificate = forms.CharField(
        label=_("Number of the ENISA certificate"),
        max_length=60,
        required=False,
        help_text=_("If ENISA has certified it. Without it, the page says that it is declared, not certified."),
    )
    certified_on = forms.DateField(label=_("Date of the certificate"), required=False, widget=DayInput())


class ProfileForm(forms.Form):
    """What the directory shows."""

    is_listed = forms.BooleanField(
        label=_("Show it in the public directory"),
        required=False,
        help_text=_(
            "Name, kind, size, country, what is on this page and, of companies, the tax number; also as open data. "
            "Nobody sees there what you propose, nor whether you do."
        ),
    )
    description = forms.CharField(
        label=_("What it does"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In a few lines, for who doesn't know you."),
    )
    capabilities = forms.CharField(
        label=_("What you are good at"),
        required=False,
        max_length=900,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Up to 15, separated by commas. For instance: computer vision, mediation, open source."),
    )
    trl = forms.TypedChoiceField(
        label=_("How mature what you offer is"),
        required=False,
        choices=[("", "—"), *maturity.CHOICES],
        coerce=int,
        empty_value=None,
    )
    policy_areas = forms.ModelMultipleChoiceField(
        PolicyArea.objects.none(),
        label=_("Policy areas it works in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Challenges are ordered by them and by what you wrote above, if you choose «For you» in the list."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_areas"].queryset = PolicyArea.objects.order_by("order", "pk")  # type: ignore[attr-defined]


class LogoForm(forms.Form):
    """An image."""

    file = forms.FileField(
        label=_("Image"),
        widget=forms.ClearableFileInput(attrs={"data-max-bytes": LOGO_BYTES, "accept": ".png,.jpg,.jpeg"}),
        help_text=_("PNG or JPG, 2 MB at most. It is shown small, on white."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another.")},
    )
