"""Kinds of visitors to whom the programme explains itself, each with a page."""

from django.utils.translation import gettext_lazy as _

VISITORS = {
    "participate": _("Companies"),
    "participate_research": _("Universities and research"),
    "participate_departments": _("Municipal departments"),
    "participate_experts": _("Experts on panels"),
    "participate_everybody": _("Neighbours and press"),
}
