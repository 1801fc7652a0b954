"""Addresses: from the envelope down to every entry."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from pilots.views import spent

urlpatterns = [
    path(pgettext_lazy("url", "budget/compare/"), spent.compare, name="budget_compare"),
    path(pgettext_lazy("url", "budget/spending/<str:public_id>/"), spent.expenditure, name="expenditure"),
    path(pgettext_lazy("url", "budget/suppliers/<str:public_id>/"), spent.supplier, name="supplier"),
    path(pgettext_lazy("url", "budget/<int:year>/lines/<path:code>/"), spent.line, name="budget_line"),
]
