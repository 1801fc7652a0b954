"""Every component on one page, for those who build and for those who check."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.shell.forms import DayInput, EurosField, InstantInput
from govtech.shell.registry import DeskItem


class SampleForm(forms.Form):
    """One field of each kind."""

    place = forms.CharField(
        label=gettext_lazy("Where would it be tried?"),
        help_text=gettext_lazy("Districts, centres or streets. The more exact, the easier to measure."),
        widget=forms.Textarea(attrs={"rows": 3, "data-max-words": 600}),
    )
    amount = EurosField(label=gettext_lazy("Maximum amount, without VAT"))
    route = forms.ChoiceField(
        label=gettext_lazy("Procurement route"), choices=[("minor", gettext_lazy("Minor contract"))], required=False
    )
    closes_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput)
    closes_at = forms.DateTimeField(label=gettext_lazy("Closing, Madrid time"), widget=InstantInput, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of organisation"),
        widget=forms.RadioSelect,
        choices=[("startup", gettext_lazy("Startup")), ("university", gettext_lazy("University"))],
    )
    limits = forms.MultipleChoiceField(
        label=gettext_lazy("Limits to respect"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("street", gettext_lazy("Nothing may be installed in the street")),
            ("systems", gettext_lazy("It must work with today's systems")),
        ],
    )
    paper = forms.FileField(
        label=gettext_lazy("Document"),
        required=False,
        help_text=gettext_lazy("PDF, up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"data-max-bytes": 20_000_000}),
    )
    agreed = forms.BooleanField(label=gettext_lazy("I have read the rules of the call"))


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show all components with sample contents. For the city's staff and administrators only."""
    user = request.user
    if not (roles.is_officer(user) or roles.is_director(user) or user.is_superuser):
        raise PermissionDenied(_("Only the Office and administrators see the components page."))
    at = clock.now()
    wrong = SampleForm(
        {"wrong-place": "Berruguete", "wrong-amount": "-3", "wrong-agreed": "on"},
        prefix="wrong",
    )
    sample = {
        "at": at,
        "soon": at + timedelta(days=3),
        "net": Decimal(14500),
        "form": SampleForm(initial={"place": "Berruguete y Valdeacederas", "amount": Decimal("14500.50")}),
        "wrong": wrong,
        "page": Paginator(range(200), 10).get_page(request.GET.get("page")),
        "phases": {
            "paid": Decimal(38200),
            "invoiced": Decimal(9900),
            "committed": Decimal(41350),
            "reserved": Decimal(14000),
            "available": Decimal(51550),
        },
        "points": [
            (f"{_('month')} {n}", Decimal(value))
            for n, value in enumerate(["17.2", "16.5", "14.1", "11.8", "10.9", "9.6"])
        ],
        "criteria": [
            (_("Impact on the service and on citizens"), 30),
            (_("Degree of innovation"), 25),
            (_("Feasibility of the pilot"), Decimal("22.5")),
        ],
        "steps": [
            (_("Published"), "10 nov", "done"),
            (_("Proposals open"), "12 dic, 14:00", "current"),
            (_("Evaluation"), "16 ene", "todo"),
            (_("Award"), "30 ene", "todo"),
        ],
        "parts": [
            (_("The problem"), "#", _("Complete"), "done"),
            (_("The pilot"), "#", _("Under way"), "current"),
            (_("Criteria"), "#", _("They add up to 95 of 100"), "error"),
            (_("Documents"), "#", _("Optional"), "todo"),
        ],
        "checks": [
            ("ok", _("There is a figure of today and a target")),
            ("stop", _("The criteria add up to 95: 5 points are missing"), "#"),
            ("advice", _("The title names a solution. Try to name the problem.")),
        ],
        "facts": [
            (_("Closing (Madrid time)"), "14:00"),
            (_("Length of the pilot"), "6"),
            (_("Place"), "Carabanchel y Tetuán", _("two districts")),
        ],
        "items": [
            DeskItem(
                at - timedelta(days=1), _("Sample task that is late"), _("Its detail"), "#", _("Do it"), late=True
            ),
            DeskItem(at + timedelta(days=1), _("Sample task"), _("Its detail"), "#", _("Do it")),
        ],
        "prose": "**" + _("Bold") + "**, *" + _("italic") + "*\n\n- 1\n- 2\n",
    }
    return render(request, "shell/components.html", sample)
